"""The restore drill: what came in over MQTT is backed up, restored into an empty TimescaleDB, and lives on there."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from plantops.ops.cluster import Binaries

from tests.chaos.check import claims, judge
from tests.chaos.drill import restore_elsewhere
from tests.chaos.house import House
from tests.chaos.senders import Senders
from tests.chaos.watch import Watch
from tests.servers import named

READINGS = 300


@pytest.mark.timeout(900)
async def test_a_house_is_restored_elsewhere_with_everybody_at_home() -> None:
    binaries = Binaries.timescale(named("PLANTOPS_TIMESCALE"))
    with tempfile.TemporaryDirectory(prefix="plantops-drill-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        async with House.open(folder, binaries) as house:
            senders = Senders.make(await house.accounts(6), plain=3, per_second=100.0, late_seconds=2.0)
            async with Watch.open(house.postgres.url, lambda: senders.waiting) as watch, senders.living() as measuring:
                await watch.more(READINGS)
                measuring.cancel()
                senders.end()
                await senders.drained()
            said = claims(senders, [])
            while not (await judge(house.postgres.url, said, 0)).fine:
                await asyncio.sleep(0.1)  # what plain clients sent may still be on its way from the broker
            restored = await restore_elsewhere(house, folder, binaries, said, senders.accounts)
    assert restored.verdict is not None, restored.words
    assert restored.verdict.stored >= READINGS
    assert (restored.verdict.wrongs, restored.heard) == (dict.fromkeys(restored.verdict.wrongs, 0), 6)
    assert restored.fine
