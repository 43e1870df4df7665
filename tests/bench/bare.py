"""Consumers without a store, the ceiling for receiving: `python -m tests.bench.bare link|aiomqtt <target as JSON>`.

`link` is PlantOps' own link with a receiver that only acknowledges; `aiomqtt` is the usual loop over the library's
messages with an acknowledgement by hand. Both come with a persistent MQTT 5 session. Each line of output is the count
of messages acknowledged so far.
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


async def by_link(target: Target, tally: Tally) -> None:
    """Receive with PlantOps' link."""

    def take(link: Link, packets: list[Packet]) -> None:
        link.answer([packet.mid for packet in packets])
        tally.messages += len(packets)

    broker = Broker(
        target.host, target.port, target.username, target.password, use_tls=True, ca_file=Path(target.ca_file)
    )
    async with Link.open(broker, "bench-link", take, persistent=True) as link:
        await link.subscribe([FILTER])
        await link.until_lost()


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


async def main() -> None:
    """Receive until killed."""
    target = Target(**json.loads(sys.argv[2]))
    tally = Tally()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(tally.tell())
        tasks.create_task((by_link if sys.argv[1] == "link" else by_aiomqtt)(target, tally))


if __name__ == "__main__":
    asyncio.run(main())
