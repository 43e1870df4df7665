"""Messages that Apprise carries: by a process that can reach nothing but the service, and leaves no trace."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from aioplantops.notifications import TargetRefused
from aioplantops.severity import Severity
from plantops.domain.apprise_services import APPRISE_SERVICES, service_of
from plantops.domain.delivery import Outcome
from plantops.domain.telling import Message
from plantops.services.courier import Courier
from plantops.services.courier_process import Guard

from tests.backend.services.strangers import HERE, hangs_up, says, stranger

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
MESSAGE = Message("Basil is too dry", "Its soil moisture is 12 %, below 20 %.", Severity.WARNING)


async def test_an_ntfy_of_ones_own_is_told_and_its_answers_are_understood() -> None:
    async with (
        stranger(says(200)) as inner,
        stranger(
            says(200, text='{"id": "x"}'),
            says(429, headers={"Retry-After": "9"}),
            says(401),
            says(302, headers={"Location": inner.base}),
            hangs_up,
        ) as other,
    ):
        url = f"ntfy://127.0.0.1:{other.base.rpartition(':')[2]}/garden"
        place = await Courier(HERE).look(url)
        assert (place.service, place.host, place.plain) == ("ntfy", "127.0.0.1", True)
        told = [await Courier(HERE).carry(url, MESSAGE, NOW) for _ in range(5)]
    assert [verdict.outcome for verdict in told] == [
        *(Outcome.DELIVERED, Outcome.LATER, Outcome.REFUSED, Outcome.REFUSED, Outcome.LATER)
    ]
    assert told[1].wait == timedelta(seconds=9)
    assert told[4].words == "ntfy cannot be reached, or does not take our login."
    said = json.loads(other.heard[0].body)
    assert (said["topic"], said["title"], said["message"]) == ("garden", MESSAGE.title, MESSAGE.body)
    assert "X-Icon" not in other.heard[0].headers
    assert inner.heard == [], "redirects are not followed"


async def test_the_courier_reaches_nothing_inside() -> None:
    async with stranger(says(200)) as other:
        port = other.base.rpartition(":")[2]
        urls = (
            f"ntfy://127.0.0.1:{port}/topic",
            f"gotify://localhost:{port}/topic12345678901",
            f"mailto://a:b@example.org:{port}?smtp=127.0.0.1",
        )
        courier = Courier([ip_network("10.0.0.0/8")])
        verdicts = await asyncio.gather(*(courier.carry(url, MESSAGE, NOW) for url in urls))
    assert {verdict.outcome for verdict in verdicts} == {Outcome.REFUSED}
    assert all("lies inside a private network" in verdict.words for verdict in verdicts)
    assert other.heard == []


async def test_no_url_makes_the_courier_tell_a_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"@type": "MessageCard", "text": "sEcReT"}')
    async with stranger(says(202)) as other:
        host = f"127.0.0.1:{other.base.rpartition(':')[2]}"
        url = f"workflows://{host}/{'a' * 32}/{'b' * 32}/?template={secret}"
        verdict = await Courier(HERE).carry(url, MESSAGE, NOW)
    assert verdict.outcome is Outcome.REFUSED
    assert verdict.words.endswith("files of this machine may not be read here.")
    assert not any(b"sEcReT" in heard.body for heard in other.heard)


@pytest.mark.parametrize("schema", ["json", "xml", "form", "file", "syslog", "dbus", "mqtt", "apprise", "windows", ""])
async def test_what_acts_elsewhere_is_no_service(schema: str) -> None:
    assert service_of(f"{schema}://x/y") is None
    with pytest.raises(TargetRefused, match="These can"):
        await Courier().look(f"{schema}://x/y")
    assert (await Courier().carry(f"{schema}://x/y", MESSAGE, NOW)).outcome is Outcome.REFUSED


def test_the_guard_stops_other_programs_other_sockets_and_writing() -> None:
    guard = Guard(HERE, ("/usr/lib/python",))
    for event, facts in (
        ("subprocess.Popen", ("sh", [], None, None)),
        ("os.system", ("id",)),
        ("socket.connect", (None, "/run/docker.sock")),
        ("socket.connect", (None, ("10.0.0.1", 80))),
        ("socket.connect", (None, ("metadata.internal", 80))),
        ("socket.sendto", (None, ("1.1.1.1", 53))),
        ("open", ("/etc/passwd", "r", 0)),
        ("open", ("/usr/lib/python/../../../etc/passwd", "r", 0)),
        ("open", ("/usr/lib/python/x", "w", 0)),
    ):
        with pytest.raises(PermissionError):
            guard(event, facts)
    guard("socket.connect", (None, ("127.0.0.1", 80)))
    guard("socket.connect", (None, ("1.1.1.1", 443)))
    guard("open", ("/usr/lib/python/x", "r", 0))
    assert len(guard.refused) == 9


def test_every_service_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text(encoding="utf-8")
    rows = [f"| {one.name} | `{one.schemas[-1]}://" for one in APPRISE_SERVICES]
    assert [row for row in rows if row not in page] == []
