"""Whom a forwarded address is believed from."""

from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from plantops.api.proxies import client_address, is_https

PROXIES = tuple(ip_network(text) for text in ("10.0.0.0/8", "::1/128", "127.0.0.1/32"))


@pytest.mark.parametrize(
    ("remote", "hops", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("::1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("", ["198.51.100.1"], "unknown"),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_no_proxy(remote: str, hops: list[str], client: str) -> None:
    headers = CIMultiDict([("X-Forwarded-For", hop) for hop in hops])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    assert client_address(request, PROXIES) == client


def test_only_a_proxy_may_say_https() -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-Proto": "https"})
    assert is_https(request.clone(remote="10.0.0.1"), PROXIES)
    assert not is_https(request.clone(remote="203.0.113.9"), PROXIES)
