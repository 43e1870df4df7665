"""The door to the world outside: who may be spoken to, and how long one listens."""

from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aioplantops.notifications import TargetRefused
from plantops.services.outside import ANSWER_BYTES, Outside, OutsideFailed

from tests.backend.services.strangers import HERE, FickleNames, hangs, hangs_up, never_ends, says, stranger
from tests.servers import free_port


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://2130706433/",
            "https://0x7f.1/",
        ),
        *("https://localhost/", "https://169.254.169.254/latest/meta-data", "http://1.1.1.1/", "https://1.1.1.1:22/"),
        *("ftp://1.1.1.1/", "file:///etc/passwd", "https://user:sEcReT@1.1.1.1/", "https:///x", "https://[::1", ""),
        *("https://1.1.1.1:99999/", "https://1.1.1.1/ x", "gopher://1.1.1.1/", "https://0.0.0.0/", "//1.1.1.1/"),
    ],
)
async def test_what_may_not_be_spoken_to_is_refused_in_words(url: str) -> None:
    outside = Outside()
    with pytest.raises(TargetRefused) as checked:
        await outside.check(url)
    with pytest.raises(TargetRefused) as asked:
        await outside.ask("POST", url, body=b"x")
    assert checked.value.detail == asked.value.detail
    assert "sEcReT" not in checked.value.detail


async def test_a_short_name_does_not_garble_the_words() -> None:
    with pytest.raises(TargetRefused, match=r"^0 may not be spoken to: 0\.0\.0\.0 is no address"):
        await Outside().check("https://0/")


async def test_who_is_named_may_be_spoken_to() -> None:
    async with stranger(says(200, text="hello", headers={"Retry-After": "7"})) as other:
        reply = await Outside(HERE).ask("POST", f"{other.base}/x?y=1", body=b"news", headers={"X-A": "b"})
        with pytest.raises(TargetRefused, match="ALLOW_PRIVATE_TARGETS"):
            await Outside().ask("POST", f"{other.base}/x")
    assert (reply.status, reply.body, reply.whole, reply.retry_after) == (200, b"hello", True, "7")
    (heard,) = other.heard
    assert (heard.method, heard.path, heard.body, heard.headers["X-A"]) == ("POST", "/x?y=1", b"news", "b")


async def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    async with stranger(says(200)) as other:
        port = urlsplit(other.base).port
        outside = Outside(lookup=FickleNames([["1.1.1.1"], ["1.1.1.1"], ["127.0.0.1"]]))
        url = f"https://rebinding.example:{port}/"
        await outside.check(url)
        with pytest.raises(TargetRefused, match=r"127\.0\.0\.1 lies inside"):
            await outside.ask("POST", url)
    assert other.heard == []


async def test_a_name_with_one_address_inside_is_refused() -> None:
    outside = Outside(lookup=FickleNames([["1.1.1.1", "10.0.0.1"]]))
    with pytest.raises(TargetRefused, match=r"10\.0\.0\.1 lies inside"):
        await outside.ask("GET", "https://mixed.example/")


async def test_redirects_are_not_followed() -> None:
    async with stranger(says(200)) as inner, stranger(says(302, headers={"Location": inner.base})) as outer:
        reply = await Outside(HERE).ask("GET", outer.base)
    assert reply.status == 302
    assert inner.heard == []


async def test_an_answer_has_bytes_and_seconds() -> None:
    async with stranger(never_ends) as other:
        reply = await Outside(HERE).ask("GET", other.base)
        assert (len(reply.body), reply.whole) == (ANSWER_BYTES, False)
    async with stranger(hangs) as other:
        with pytest.raises(OutsideFailed, match="did not answer in time"):
            await Outside(HERE, timeout_seconds=0.3).ask("GET", other.base)


async def test_a_compressed_answer_is_not_blown_up() -> None:
    async def respond(_: web.Request) -> web.StreamResponse:
        answer = web.Response(body=b"\x00" * 50_000_000)
        answer.enable_compression(web.ContentCoding.gzip)
        return answer

    async with stranger(respond) as other:
        reply = await Outside(HERE).ask("GET", other.base, headers={"Accept-Encoding": "gzip"})
    assert len(reply.body) < 60_000 or not reply.whole


async def test_who_cannot_be_reached_is_told_in_words() -> None:
    async with stranger(hangs_up) as other:
        with pytest.raises(OutsideFailed, match="closed the connection"):
            await Outside(HERE).ask("GET", other.base + "/sEcReT")
    with pytest.raises(OutsideFailed, match="nobody listens there"):
        await Outside(HERE).ask("GET", f"http://127.0.0.1:{free_port()}/sEcReT")

    async def nobody(_host: str, _port: int) -> list[str]:
        raise OSError("sEcReT")

    with pytest.raises(OutsideFailed, match=r"nobody knows where no\.example is") as unknown:
        await Outside(lookup=nobody).ask("GET", "https://no.example/")
    assert "sEcReT" not in unknown.value.detail
