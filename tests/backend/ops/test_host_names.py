"""The names in a certificate: every one under which this machine is found, and none that no client would accept."""

import socket
from pathlib import Path

import pytest
from plantops.ops.host_names import ALWAYS, addresses, checked_name, host_names

FIB_TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
     +-- 192.168.1.0/24 2 0 2
           |-- 192.168.1.0
              /24 link UNICAST
           |-- 192.168.1.23
              /32 host LOCAL
        |-- 192.168.1.255
           /32 link BROADCAST
     |-- 169.254.7.7
        /32 host LOCAL
     |-- 10.8.0.2
        /32 host LOCAL
     |-- 172.17.0.1
        /32 host LOCAL
     |-- 172.31.247.241
        /32 host LOCAL
"""
IF_INET6 = """\
00000000000000000000000000000001 01 80 10 80       lo
fe8000000000000000fc00fffe000001 02 40 20 80     eth0
20010db8000000000000000000000023 02 40 00 80     eth0
20010db80000000012ab34cd56ef7890 02 40 00 01     eth0
20010db8000000000000000000000024 02 40 00 20     eth0
fd000000000000000000000000000002 02 40 00 82     eth0
fd00000000000000000000000000d0c1 03 40 00 82     docker0
"""
ROUTE = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0101A8C0	0003	0	0	0	00000000	0	0	0
eth0	0001A8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
br-4f1c	F0F71FAC	00000000	0001	0	0	0	F0FFFFFF	0	0	0
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make up a machine's /proc/net, in Linux' own form."""
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/fib_trie").write_text(FIB_TRIE)
    (tmp_path / "proc/net/if_inet6").write_text(IF_INET6)
    (tmp_path / "proc/net/route").write_text(ROUTE)
    return tmp_path


def test_addresses_that_last_are_found_and_no_others(machine: Path) -> None:
    found = addresses(root=machine)
    ipv4 = ["10.8.0.2", "172.17.0.1", "172.31.247.241", "192.168.1.23"]
    assert found == [*ipv4, "2001:db8::23", "fd00::2", "fd00::d0c1"]


def test_what_only_containers_reach_can_be_left_out(machine: Path) -> None:
    assert addresses(root=machine, bridges=False) == ["10.8.0.2", "192.168.1.23", "2001:db8::23", "fd00::2"]


def test_a_machine_without_ipv6_or_proc_has_addresses_too(machine: Path, tmp_path: Path) -> None:
    (machine / "proc/net/if_inet6").unlink()
    (machine / "proc/net/route").unlink()
    assert addresses(root=machine, bridges=False) == ["10.8.0.2", "172.17.0.1", "172.31.247.241", "192.168.1.23"]
    assert set(addresses(root=tmp_path / "elsewhere")) <= set(addresses())


def test_every_name_is_there_once(machine: Path) -> None:
    names = host_names(["Garden.Example.", "192.168.1.23", "10.0.0.7"], root=machine)
    assert len(names) == len(set(names))
    host = socket.gethostname().lower()
    assert {*ALWAYS, host, f"{host.partition('.')[0]}.local", "garden.example", "10.0.0.7", "fd00::2"} <= set(names)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" Plants.Example. ", "plants.example"),
        ("my_nas", "my_nas"),
        ("grünes-haus.example", "xn--grnes-haus-beb.example"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("192.168.1.5", "192.168.1.5"),
    ],
)
def test_a_name_is_brought_into_its_form(text: str, name: str) -> None:
    assert checked_name(text) == name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://plants.example", "more than a name"),
        ("plants.example:8443", "more than a name"),
        ("192.168.1.0/24", "more than a name"),
        ("*.example", "pattern"),
        ("192.168.1", "four numbers"),
        ("192.168.1.256", "four numbers"),
        ("0.0.0.0", "one machine"),  # noqa: S104 - refused, not bound to
        ("224.0.0.251", "one machine"),
        ("fe80::1%eth0", "one machine"),
        ("-plants.example", "not a host name"),
        ("plants..example", "not a host name"),
        ("two words", "not a host name"),
        ("a" * 64, "not a host name"),
        ("ü" * 64, "not a host name"),
        ("", "not a host name"),
    ],
)
def test_what_no_client_would_accept_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        checked_name(text)
