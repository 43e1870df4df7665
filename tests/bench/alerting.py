"""How fast alerts are judged: a thousand plants and their nodes in one turn, as after a restart."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from plantops.domain.alert_clock import Tick
from plantops.domain.tongue import IN_ENGLISH
from plantops.ops.metrics import Metrics
from plantops.services.alert_judge import AlertJudge
from plantops.services.days import Days, Retention
from plantops.storage.pool import Connection, Database

from tests.bench.cost import cpu_seconds
from tests.bench.judging import DEVICES, Judged, Nobody
from tests.bench.rig import Store

PLANTS = 1_000
NOW = datetime(2026, 4, 30, 12, 0, tzinfo=UTC)
YEARS = timedelta(days=4_000)
NEEDS = (
    '{"soil_moisture": {"low": 25, "high": 75}, "temperature": {"low": 16, "high": 30},'
    ' "humidity": {"low": 40, "high": 90}, "soil_conductivity": {"low": 100, "high": 2000}}'
)
HOUSE = (
    """
INSERT INTO channel (device_id, key, name, metric, unit, sent_unit, created_at)
SELECT id, metric, metric, metric, unit, unit, $1::timestamptz
FROM device, unnest(ARRAY['soil_moisture', 'temperature', 'humidity', 'soil_conductivity', 'battery'],
    ARRAY['%', '°C', '%', 'µS/cm', '%']) AS measured (metric, unit) ORDER BY id""",
    """
INSERT INTO plant (id, name, created_at, updated_at) SELECT gen_random_uuid(), id, $1, $1 FROM device""",
    """
INSERT INTO assignment (id, plant_id, channel_id, metric, from_time)
SELECT gen_random_uuid(), plant.id, channel.id, channel.metric, $1::timestamptz - INTERVAL '60 days'
FROM channel JOIN plant ON plant.name = device_id WHERE metric <> 'battery'""",
    """
INSERT INTO telemetry (channel_id, time, value)
SELECT id, $1::timestamptz - minute * INTERVAL '1 minute', 20 + hashint4(id * 1000 + minute) % 1000 * 0.005
FROM channel, generate_series(0, 180) AS minute WHERE metric <> 'battery' ORDER BY 1, 2""",
    """
INSERT INTO telemetry_hourly (channel_id, bucket, count, sum, min, max)
SELECT id, $1::timestamptz - hour * INTERVAL '1 hour', 60, 60 * 20, 19, 21
FROM channel, generate_series(0, 400) AS hour ORDER BY 1, 2""",
    """
INSERT INTO telemetry_daily (channel_id, bucket, count, sum, min, max)
SELECT id, date_bin('1 day', $1, 'epoch') - day * INTERVAL '1 day', 1440, 1440 * (30 + 0.3 * day), 10, 90
FROM channel, generate_series(0, 89) AS day WHERE metric = 'battery' ORDER BY 1, 2""",
    "INSERT INTO channel_state (channel_id, time, value) SELECT id, $1, 20 FROM channel",
    "UPDATE device SET last_seen = $1",
    "INSERT INTO alert_to_judge (plant_id, noted_at) SELECT id, $1 FROM plant",
)


@dataclass(slots=True)
class House:
    """A thousand plants, each with a node of its own that reports four things every minute."""

    database: Database
    store: Store
    now: datetime = NOW

    async def furnish(self, connection: Connection) -> None:
        """Write devices, plants and readings."""
        await connection.execute(DEVICES, NOW, PLANTS)
        for statement in HOUSE:
            await connection.execute(statement, NOW)
        await connection.execute("UPDATE plant SET own_thresholds = $1::text::jsonb", NEEDS)
        await connection.execute("ANALYZE")

    async def turn(self, judge: AlertJudge) -> Judged:
        """Let the judge look once."""
        own, theirs, begun = time.process_time(), cpu_seconds(self.store.pid), time.monotonic()
        await judge.turn(Tick(self.now, begun))
        seconds = time.monotonic() - begun
        spent = cpu_seconds(self.store.pid) - theirs
        return Judged(PLANTS, 1, seconds, time.process_time() - own, spent)

    def judge(self) -> AlertJudge:
        """Give a judge as after a start."""
        days = Days(self.database, ZoneInfo("UTC"), clock=lambda: self.now, retention=Retention(YEARS, YEARS))
        zone = ZoneInfo("Europe/Berlin")
        return AlertJudge(self.database, days, news=Nobody(), metrics=Metrics(), zone=zone, tongue=IN_ENGLISH)
