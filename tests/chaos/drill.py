"""The restore drill: back up what the house has gone through, restore it elsewhere, count again, and live on there."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from aioplantops.health import Role
from aioplantops.topics import Leaf, build
from plantops.ops import certificates
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.cluster import Binaries
from virtualgarden.link import Account, Broker, Link, LinkLost, Word

from tests.chaos.backend import Backend
from tests.chaos.check import Claims, Verdict, judge
from tests.chaos.house import House, settings_for
from tests.scripts.backups import Scripts, superusers_server
from tests.servers import named

HEARD_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Restored:
    """How the restored house is."""

    words: str
    """What the script said."""
    seconds: float
    """How long backup and restore took together."""
    verdict: Verdict | None
    """The same count as in the house itself."""
    accounts: int
    heard: int
    """Devices that came into a broker which knew nobody, and whose new reading was stored."""

    @property
    def fine(self) -> bool:
        """Whether everything is there, and everybody at home."""
        return self.verdict is not None and self.verdict.fine and self.heard == self.accounts


async def restore_elsewhere(
    house: House, folder: Path, binaries: Binaries, said: Claims, accounts: Sequence[Account]
) -> Restored:
    """Back up, restore into an empty server, and start a backend there, with a broker that has never seen a device."""
    scripts = Scripts.in_folder(folder / "drill", binaries)
    began = time.monotonic()
    backup = await scripts.back_up(house.postgres.url)
    async with superusers_server(folder / "elsewhere", binaries) as server:
        code, words = await scripts.restore(server.url, backup)
        seconds = time.monotonic() - began
        if code:
            return Restored(words, seconds, None, len(accounts), 0)
        verdict = await judge(server.url, said, 0)
        heard = await _live_on(folder, server.url, accounts)
    return Restored(words, seconds, verdict, len(accounts), heard)


async def _live_on(folder: Path, database_url: str, accounts: Sequence[Account]) -> int:
    """Start a backend there, and let every device come and report."""
    made = certificates.Certificates.of(folder / "certs")
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(
            EmbeddedBroker.open(folder / "broker-elsewhere", certificates=made, binary=named("PLANTOPS_MOSQUITTO"))
        )
        settings = settings_for(broker, database_url)
        backend = await stack.enter_async_context(Backend.at_hand("elsewhere", folder, settings))
        await backend.start()
        await backend.until(Role.ACTIVE)
        door = Broker("localhost", broker.tls_port, broker.ca_file)
        heard = await asyncio.gather(*(_heard(Account(door, one.name, one.password)) for one in accounts))
    return sum(heard)


async def _heard(account: Account) -> bool:
    """Report something new, again and again until the broker knows the device; tells whether it was stored."""
    topic = build(account.name, Leaf.TELEMETRY)
    batch = {"boot": 1, "seq": 1, "readings": [{"c": "temperature", "t": time.time(), "v": 20.0}]}
    try:
        async with asyncio.timeout(HEARD_SECONDS):
            while True:
                try:
                    async with Link.open(account) as link:
                        await link.subscribe([(build(account.name, Leaf.TELEMETRY_ACK), 0)])
                        await link.publish(Word(topic, json.dumps(batch).encode(), qos=1))
                        async for word in link.words():
                            return bool(json.loads(word.payload)["stored"] == 1)
                except LinkLost:
                    await asyncio.sleep(0.5)
    except TimeoutError:
        return False
