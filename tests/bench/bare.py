"""Consumers without a store, the ceiling for receiving: `python -m tests.bench.bare KIND <target as JSON>`.

`link` is PlantOps' own link with a receiver that acknowledges at once, `batches` the same with acknowledgements every
few milliseconds (which spares the broker), and `aiomqtt` the usual loop over the library's messages with an
acknowledgement by hand. All come with a persistent MQTT 5 session. Each line of output is the count of messages
acknowledged so far.
"""

import asyncio
import json
import sys
from itertools import count
from pathlib import Path
from typing import Never

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from plantops.mqtt.broker import Broker
from plantops.mqtt.link import FOR_EVER, RECEIVE_MAXIMUM, Link
from plantops.mqtt.packets import Packet

from tests.bench.wire import Target

FILTER = "plantops/+/telemetry"
TELL_SECONDS = 0.05
BATCH_SECONDS = 0.005


class Tally:
    """Counts, and tells so."""

    def __init__(self) -> None:
        """Begin with none."""
        self.messages = 0

    async def tell(self) -> Never:
        """Write the count whenever it has changed."""
        told = -1
        for _ in count():
            if told != self.messages:
                told = self.messages
                sys.stdout.write(f"{told}\n")
                sys.stdout.flush()
            await asyncio.sleep(TELL_SECONDS)
        raise AssertionError


def _broker(target: Target) -> Broker:
    return Broker(
        target.host, target.port, target.username, target.password, use_tls=True, ca_file=Path(target.ca_file)
    )


async def by_link(target: Target, tally: Tally) -> None:
    """Receive with PlantOps' link, acknowledge at once."""

    def take(link: Link, packets: list[Packet]) -> None:
        link.answer([packet.mid for packet in packets])
        tally.messages += len(packets)

    async with Link.open(_broker(target), "bench-link", take, persistent=True) as link:
        await link.subscribe([FILTER])
        await link.until_lost()


async def in_batches(target: Target, tally: Tally) -> Never:
    """Receive with PlantOps' link, acknowledge many together."""
    waiting: list[int] = []

    def take(_link: Link, packets: list[Packet]) -> None:
        waiting.extend(packet.mid for packet in packets)

    async with Link.open(_broker(target), "bench-batches", take, persistent=True) as link:
        await link.subscribe([FILTER])
        for _ in count():
            await asyncio.sleep(BATCH_SECONDS)
            link.answer(waiting)
            tally.messages += len(waiting)
            waiting.clear()
    raise AssertionError


async def by_aiomqtt(target: Target, tally: Tally) -> None:
    """Receive with the library's own loop."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = RECEIVE_MAXIMUM
    properties.SessionExpiryInterval = FOR_EVER
    client = aiomqtt.Client(
        target.host,
        target.port,
        username=target.username,
        password=target.password,
        identifier="bench-aiomqtt",
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=False,
        properties=properties,
        tls_params=aiomqtt.TLSParameters(ca_certs=target.ca_file),
    )
    client._client.manual_ack_set(True)  # noqa: FBT003 - the only way to acknowledge by hand
    async with client:
        await client.subscribe(FILTER, qos=1)
        async for message in client.messages:
            client._client.ack(message.mid, message.qos)
            tally.messages += 1


KINDS = {"link": by_link, "batches": in_batches, "aiomqtt": by_aiomqtt}


async def main() -> None:
    """Receive until killed."""
    target = Target(**json.loads(sys.argv[2]))
    tally = Tally()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(tally.tell())
        tasks.create_task(KINDS[sys.argv[1]](target, tally))


if __name__ == "__main__":
    asyncio.run(main())
