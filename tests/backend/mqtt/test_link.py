"""The link to real brokers, 2.1 and 2.0: nothing that was not acknowledged is lost, whatever breaks."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from plantops.mqtt.broker import Broker, LinkLost, PublishRefused
from plantops.mqtt.library import LibraryChanged, check
from plantops.mqtt.link import RECEIVE_MAXIMUM, Link
from plantops.mqtt.packets import KEPT_BYTES, Packet
from plantops.ops.broker import EmbeddedBroker

from tests.backend.mqtt.conftest import over_tls, plain
from tests.servers import running_broker


class Post:
    """Keeps what a link receives."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self._came = asyncio.Event()

    def __call__(self, _link: Link, packets: list[Packet]) -> None:
        """Take what came."""
        self.packets += packets
        self._came.set()

    async def wait(self, count: int) -> list[Packet]:
        """Wait until so many have come."""
        async with asyncio.timeout(60):
            while len(self.packets) < count:
                self._came.clear()
                await self._came.wait()
        return self.packets

    @property
    def numbers(self) -> list[int]:
        """The payloads, read as numbers."""
        return [int(packet.payload) for packet in self.packets]


@asynccontextmanager
async def session(broker: Broker, name: str, *, topic: str | None = None) -> AsyncIterator[tuple[Link, Post]]:
    """Open a session that the broker keeps."""
    post = Post()
    async with Link.open(broker, name, post, persistent=True) as link:
        assert await link.subscribe([topic or f"{name}/+"]) == []
        yield link, post


async def publish(broker: Broker, name: str, numbers: Iterable[int], *, topic: str | None = None) -> None:
    async with Link.open(broker, f"{name}-sender", Post()) as link:
        for number in numbers:
            await link.publish(topic or f"{name}/x", str(number).encode())


async def test_what_was_not_acknowledged_comes_again_and_nothing_else(administrator: Broker, device_id: str) -> None:
    async with session(administrator, device_id) as (link, post):
        await publish(administrator, device_id, range(10))
        packets = await post.wait(10)
        link.answer(packet.mid for packet in packets[:4])
        await link.publish(f"{device_id}/fence", b"99")  # its answer comes after the acknowledgements were read
        link._hand_over(b"")  # as if the process were killed
    await publish(administrator, device_id, range(10, 15))
    async with session(administrator, device_id) as (link, post):
        await post.wait(12)
        assert post.numbers == [4, 5, 6, 7, 8, 9, 99, 10, 11, 12, 13, 14]
        link.answer(packet.mid for packet in post.packets)
        await link.publish(f"{device_id}/fence", b"100")
    async with session(administrator, device_id) as (_, post):
        await post.wait(1)
        assert post.numbers == [100]


async def test_whoever_comes_under_the_same_name_takes_over(administrator: Broker, device_id: str) -> None:
    async with session(administrator, device_id) as (first, _):
        await publish(administrator, device_id, range(3))
        async with session(administrator, device_id) as (_, post):
            with pytest.raises(LinkLost, match="is lost"):
                async with asyncio.timeout(60):
                    await first.until_lost()
            with pytest.raises(LinkLost):
                first.answer([1, 2, 3])
            await post.wait(3)
            assert post.numbers == [0, 1, 2]


async def test_the_broker_holds_back_what_we_did_not_ask_for(
    administrator: Broker, mosquitto: EmbeddedBroker, device_id: str
) -> None:
    # Sent without TLS: Mosquitto takes one TLS record a turn, and brings each turn to the disk.
    sending = Link.open(plain(mosquitto), f"{device_id}-sender", Post())
    async with session(administrator, device_id) as (link, post):
        async with sending as sender, asyncio.TaskGroup() as tasks:
            for number in range(RECEIVE_MAXIMUM + 50):
                tasks.create_task(sender.publish(f"{device_id}/x", str(number).encode()))
        await post.wait(RECEIVE_MAXIMUM)
        with pytest.raises(PublishRefused):
            await link.publish("not/+/possible", b"")
        assert len(post.packets) == RECEIVE_MAXIMUM
        link.answer([post.packets[0].mid])
        await post.wait(RECEIVE_MAXIMUM + 1)
        link.answer(packet.mid for packet in post.packets[1:])
        await post.wait(RECEIVE_MAXIMUM + 50)
        assert post.numbers == list(range(RECEIVE_MAXIMUM + 50))


async def test_a_paused_link_reads_nothing_until_it_reads_on(administrator: Broker, device_id: str) -> None:
    async with session(administrator, device_id) as (link, post):
        link.pause()
        await publish(administrator, device_id, range(200))
        assert post.packets == []
        link.resume()
        await post.wait(200)
        assert post.numbers == list(range(200))


async def test_an_enormous_message_is_received_in_part_and_acknowledged(administrator: Broker, device_id: str) -> None:
    async with session(administrator, device_id) as (link, post):
        async with Link.open(administrator, f"{device_id}-sender", Post()) as sender:
            await sender.publish(f"{device_id}/x", b"x" * 10_000_000)
            await sender.publish(f"{device_id}/x", b"1")
        first, second = await post.wait(2)
        assert (first.payload_bytes, second.payload) == (10_000_000, b"1")
        assert len(first.payload) <= KEPT_BYTES
        link.answer([first.mid, second.mid])
        await link.publish(f"{device_id}/fence", b"2")
    async with session(administrator, device_id) as (_, post):
        await post.wait(1)
        assert post.numbers == [2]


async def test_answers_reach_the_devices(administrator: Broker, device_id: str) -> None:
    devices = Post()
    async with session(administrator, device_id) as (link, post), Link.open(administrator, "device", devices) as device:
        await device.subscribe([f"{device_id}-ack/#"], qos=0)
        await publish(administrator, device_id, range(300))
        packets = await post.wait(300)
        link.answer(
            (packet.mid for packet in packets), [(f"{device_id}-ack/{number}", b"%d" % number) for number in range(300)]
        )
        await devices.wait(300)
        assert devices.numbers == list(range(300))
        assert {packet.mid for packet in devices.packets} == {0}


async def test_retained_messages_come_with_every_subscription(administrator: Broker, device_id: str) -> None:
    async with Link.open(administrator, f"{device_id}-sender", Post()) as sender:
        await sender.publish(f"{device_id}/kept", b"1", retain=True)
        for _ in range(2):
            async with session(administrator, device_id) as (link, post):
                (packet,) = await post.wait(1)
                assert packet.retained
                link.answer([packet.mid])
                await link.publish(f"{device_id}-elsewhere", b"")
        await sender.publish(f"{device_id}/kept", b"", retain=True)


@pytest.mark.parametrize(
    ("variable", "end"),
    [
        ("PLANTOPS_MOSQUITTO", signal.SIGKILL),
        ("PLANTOPS_MOSQUITTO", signal.SIGTERM),
        ("PLANTOPS_MOSQUITTO_20", signal.SIGTERM),  # killed, it forgets the last message that it acknowledged
    ],
)
async def test_a_broker_that_ends_is_noticed_and_forgets_nothing(
    tmp_path: Path, variable: str, end: signal.Signals
) -> None:
    async with running_broker(tmp_path, variable) as mosquitto:
        broker = plain(mosquitto)
        async with session(broker, "me") as (link, post):
            await publish(broker, "me", range(5))
            await post.wait(5)
            await publish(broker, "nobody-listens", range(1))  # the turn that a kill can cost is this message's
            assert mosquitto.pid is not None
            os.kill(mosquitto.pid, end)
            with pytest.raises(LinkLost, match="is lost"):
                async with asyncio.timeout(60):
                    await link.until_lost()
            with pytest.raises(LinkLost):
                await link.publish("me/x", b"5")
        await _until_back(mosquitto)
        await publish(broker, "me", range(5, 8))
        async with session(broker, "me") as (_, post):
            await post.wait(8)
            assert post.numbers == list(range(8))


async def _until_back(mosquitto: EmbeddedBroker) -> None:
    """Wait until the supervision has started the broker again."""
    async with asyncio.timeout(60):
        while True:
            try:
                async with Link.open(plain(mosquitto), "probe", Post()):
                    return
            except LinkLost:
                await asyncio.sleep(0.1)


async def test_a_frozen_broker_does_not_hold_us_up(tmp_path: Path) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as mosquitto:
        assert mosquitto.pid is not None
        pid = mosquitto.pid
        async with asyncio.timeout(60):
            async with session(plain(mosquitto), "me"):
                os.kill(pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGCONT)


async def test_what_is_wrong_is_said_in_words(broker: EmbeddedBroker, tmp_path: Path) -> None:
    good = over_tls(broker)
    other = tmp_path / "other"
    async with running_broker(other, "PLANTOPS_MOSQUITTO") as foreign:
        wrong_ca = replace(good, ca_file=foreign.ca_file)
    cases = {
        "does not fit": wrong_ca,
        "No MQTT broker answers": replace(good, port=1),
        "Bad user name or password|Not authorized": replace(good, password="wrong"),  # noqa: S106 - that is the point
        "no host named": replace(good, host="no-such-host.invalid"),
        "TLS": replace(good, port=broker.port),
        "CA file": replace(good, ca_file=tmp_path / "missing.pem"),
    }
    for words, login in cases.items():
        with pytest.raises(LinkLost, match=words):
            async with Link.open(login, "me", Post()):
                pass


def test_another_library_is_noticed() -> None:
    class Paho:
        def _sock_recv(self, bufsize: int) -> bytes:
            raise NotImplementedError

        def _packet_queue(self, packet: bytes) -> None:
            raise NotImplementedError

    with pytest.raises(LibraryChanged, match="_packet_queue"):
        check(Paho())
    with pytest.raises(LibraryChanged, match="_sock_recv"):
        check(object())
