"""How fast plants are judged: all of a large house as a whole, and after a restart with the news of some minutes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plantops.domain.moisture import Hour
from plantops.domain.tongue import IN_ENGLISH
from plantops.services.garden import Garden
from plantops.services.watch import Watch
from plantops.storage.pool import Connection, Database

from tests.bench.cost import cpu_seconds
from tests.bench.rig import Store
from tests.quality import decays, probes
from tests.quality.story import HOUR, Wire, hours

PLANTS = 1_000
DAYS = 60
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=DAYS)
WIRE = Wire(every=900.0, noise=0.3, gaps_per_month=0.5)
DEVICES = """
INSERT INTO device (id, kind, name, created_at)
SELECT 'plant-' || number, 'plantops', 'Node ' || number, $1 FROM generate_series(1, $2::integer) AS number
"""
HOUSE = (
    """
INSERT INTO channel (device_id, key, name, metric, unit, sent_unit, created_at)
SELECT id, 'soil_moisture', 'Soil', 'soil_moisture', '%', '%', $1 FROM device ORDER BY id""",
    """
INSERT INTO plant (id, name, created_at, updated_at, own_thresholds)
SELECT gen_random_uuid(), device_id, $1, $1, '{"soil_moisture": {"low": 25}}' FROM channel""",
    """
INSERT INTO assignment (id, plant_id, channel_id, metric, from_time)
SELECT gen_random_uuid(), plant.id, channel.id, channel.metric, $1 FROM channel JOIN plant ON plant.name = device_id""",
    "INSERT INTO channel_state (channel_id, time, value) SELECT id, $1, 0 FROM channel",
    "INSERT INTO plant_to_judge (plant_id, noted_at) SELECT id, $1 FROM plant",
)
NEWS = "UPDATE channel_state SET dirty_from = $1, time = $1"


class Nobody:
    """Listens to no news."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Take every kind of news."""
        return lambda *_, **__: None


@dataclass(slots=True)
class Judged:
    """How long it took, and what it cost."""

    plants: int = 0
    turns: int = 0
    seconds: float = 0.0
    own: float = 0.0
    """Processor time of the judge, seconds."""
    database: float = 0.0


@dataclass(slots=True)
class House:
    """A thousand plants with their past."""

    database: Database
    store: Store
    stories: Sequence[Sequence[Hour]]
    now: datetime = END + timedelta(minutes=10)

    async def furnish(self, connection: Connection) -> None:
        """Write devices, plants, and sixty days of hours."""
        await connection.execute(DEVICES, BEGIN, PLANTS)
        for statement in HOUSE:
            await connection.execute(statement, BEGIN)
        await self._write(connection, 0.0, END.timestamp())
        await connection.execute("ANALYZE")

    async def go_on(self, connection: Connection) -> None:
        """Let the next hour's readings come, and with them the marks of the ingest."""
        await self._write(connection, END.timestamp(), END.timestamp() + HOUR)
        self.now = END + timedelta(minutes=50)
        await connection.execute(NEWS, END + timedelta(minutes=45))

    async def _write(self, connection: Connection, begin: float, end: float) -> None:
        rows = [
            (number + 1, datetime.fromtimestamp(hour.begin, UTC), hour.count, hour.total, hour.lowest, hour.highest)
            for number in range(PLANTS)
            for hour in self.stories[number % len(self.stories)]
            if begin <= hour.begin < end
        ]
        await connection.copy_records_to_table("telemetry_hourly", records=rows)

    async def judge(self) -> Judged:
        """Begin as after a start, and judge whatever has news."""
        judged = Judged()
        garden = Garden(self.database, lambda: self.now, IN_ENGLISH)
        watch = Watch(self.database, garden, news=Nobody(), clock=lambda: self.now, tongue=IN_ENGLISH)
        own, theirs, begun = time.process_time(), cpu_seconds(self.store.pid), time.monotonic()
        while turned := await watch.turn():
            judged.plants += turned
            judged.turns += 1
        judged.seconds = time.monotonic() - begun
        judged.own = time.process_time() - own
        judged.database = cpu_seconds(self.store.pid) - theirs
        return judged


def stories() -> list[list[Hour]]:
    """Tell of some plants' sixty days and a little more, by the hour."""
    span = {"begin": BEGIN.timestamp(), "days": DAYS + 1.0}
    told = [*decays.tell("bench", WIRE, 1, **span), *probes.tell("bench", WIRE, 1, **span)]
    return [[hour for hour in hours(one.readings) if hour.begin < END.timestamp() + 2 * HOUR] for one in told]
