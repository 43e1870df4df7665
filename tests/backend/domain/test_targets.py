"""Which addresses may be spoken to: none inside, however they are written."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.targets import first_refusal, port_refusal, refusal

INSIDE = (
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("0.0.0.0", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),  # noqa: S104
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:192.168.1.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "64:ff9b::7f00:1"),
    *("2002:7f00:1::", "2002:c0a8:101::1", "::127.0.0.1", "64:ff9b:1::a00:1"),
)


@pytest.mark.parametrize("text", INSIDE)
def test_nothing_inside_may_be_spoken_to(text: str) -> None:
    assert refusal(ip_address(text), ()) is not None


@pytest.mark.parametrize("text", ["1.1.1.1", "162.159.135.232", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_the_internet_may_be_spoken_to(text: str) -> None:
    assert refusal(ip_address(text), ()) is None


@given(st.ip_addresses(v=4))
def test_an_address_in_other_clothes_is_the_same_address(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    inside = refusal(ip_address(number), ()) is not None
    for clothes in (0xFFFF << 32, 0x64FF9B << 96, (0x2002 << 112) | 1):
        wrapped = clothes | (number << 80 if clothes >> 112 == 0x2002 else number)
        assert (refusal(ip_address(wrapped), ()) is not None) >= inside


def test_networks_that_are_named_may_be_spoken_to_and_no_others() -> None:
    allowed = (ip_network("192.168.1.0/24"), ip_network("fd12::/16"))
    assert refusal(ip_address("192.168.1.9"), allowed) is None
    assert refusal(ip_address("::ffff:192.168.1.9"), allowed) is None
    assert refusal(ip_address("fd12::9"), allowed) is None
    assert refusal(ip_address("192.168.2.9"), allowed) is not None
    everything = (ip_network("0.0.0.0/0"),)
    assert refusal(ip_address("224.0.0.1"), everything) is not None


def test_one_bad_address_among_good_ones_is_enough() -> None:
    assert first_refusal(["1.1.1.1", "fe80::1%eth0"], ()) is not None
    assert first_refusal(["1.1.1.1", "2606:4700:4700::1111"], ()) is None


def test_ports_of_other_services_are_no_place_for_http() -> None:
    assert [port for port in (22, 25, 53, 80, 110, 443, 587, 1024, 8443) if port_refusal(port) is None] == [
        *(80, 443, 1024, 8443)
    ]
