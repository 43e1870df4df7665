"""Cutting the broker's byte stream into messages, whatever the pieces it arrives in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.mqtt.packets import KEPT_BYTES, BadPacket, Packet, Splitter, acknowledgements, publication


def length_bytes(number: int) -> bytes:
    out = bytearray()
    while True:
        number, part = number >> 7, number & 0x7F
        out.append(part | (0x80 if number else 0))
        if not number:
            return bytes(out)


def message(topic: str, payload: bytes, mid: int = 0, *, properties: bytes = b"", retained: bool = False) -> bytes:
    name = topic.encode()
    body = len(name).to_bytes(2) + name + (mid.to_bytes(2) if mid else b"")
    body += length_bytes(len(properties)) + properties + payload
    return bytes([0x30 | (2 if mid else 0) | retained]) + length_bytes(len(body)) + body


def packets() -> st.SearchStrategy[bytes]:
    names = st.text("abc/+é", min_size=1, max_size=20)
    published = st.builds(
        lambda topic, payload, mid, size: message(topic, payload, mid, properties=b"\x01" * size),
        names,
        st.binary(max_size=400),
        st.integers(0, 65_535),
        st.sampled_from([0, 2, 127, 128, 300]),
    )
    others = st.builds(
        lambda kind, body: bytes([kind << 4]) + length_bytes(len(body)) + body,
        st.integers(4, 14),
        st.binary(max_size=200),
    )
    return published | others


@given(stream=st.lists(packets(), max_size=20), cuts=st.lists(st.integers(1, 300), max_size=60))
def test_the_pieces_do_not_matter(stream: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(stream)
    expected = Splitter().cut([whole])
    splitter = Splitter()
    messages: list[Packet] = []
    others: list[bytes] = []
    for cut in [*cuts, len(whole)]:
        piece, whole = whole[:cut], whole[cut:]
        found = splitter.cut([piece])
        messages += found[0]
        others += found[1]
    assert (messages, others) == expected
    assert len(messages) + len(others) == len(stream)


def test_a_message_says_all_that_matters() -> None:
    stream = message("a/b", b"x", 513, retained=True) + message("c", b"", properties=b"\x26" * 130)
    assert Splitter().cut([stream]) == (
        [
            Packet("a/b", b"x", 513, retained=True, payload_bytes=1),
            Packet("c", b"", 0, retained=False, payload_bytes=0),
        ],
        [],
    )


def test_of_an_enormous_message_only_the_beginning_is_kept() -> None:
    splitter = Splitter()
    stream = message("plantops/a/telemetry", b"x" * 10_000_000, 7) + message("b", b"next", 8)
    found: list[Packet] = []
    for start in range(0, len(stream), 16_384):
        found += splitter.cut([stream[start : start + 16_384]])[0]
        assert len(splitter._rest) < KEPT_BYTES
    assert [(packet.mid, packet.payload_bytes) for packet in found] == [(7, 10_000_000), (8, 4)]
    assert len(found[0].payload) <= KEPT_BYTES


@pytest.mark.parametrize("stream", [b"\x30\xff\xff\xff\xff\x01", b"\x30\x02\xff\xff", message("a", b"")[:-1] + b"\x7f"])
def test_what_is_no_mqtt_is_told(stream: bytes) -> None:
    with pytest.raises((BadPacket, IndexError)):
        Splitter().cut([stream])


@given(topic=st.text(min_size=1, max_size=40), payload=st.binary(max_size=40_000))
def test_what_is_written_can_be_read(topic: str, payload: bytes) -> None:
    assert Splitter().cut([publication(topic, payload)])[0] == [
        Packet(topic, payload, 0, retained=False, payload_bytes=len(payload))
    ]


def test_acknowledgements_leave_out_what_wants_none() -> None:
    assert acknowledgements([1, 0, 65_535]) == b"\x40\x02\x00\x01\x40\x02\xff\xff"
