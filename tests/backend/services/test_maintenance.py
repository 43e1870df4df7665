"""What is kept for a time is let go when the time is over."""

from datetime import timedelta
from uuid import uuid4

from plantops.services.maintenance import Maintenance
from plantops.storage.locks import LOCK_CLASS, Lock

from tests.backend.services.intake import NOON, Intake, envelope

DAY = 86_400


def broom(house: Intake) -> Maintenance:
    return Maintenance(house.database, keep_raw=timedelta(days=40), keep_hourly=timedelta(days=100))


async def test_old_readings_go_and_roll_ups_stay(database: str) -> None:
    async with Intake.open(database) as house:
        days = (0, 10, 39, 60, 99, 120, 300)
        for key in ("temperature", "humidity"):
            await house.store(envelope("plant-1", [(key, day * DAY, 20.0) for day in days]))
        swept = await broom(house).run_once(NOON)
        assert swept is not None
        assert swept.hourly == 4
        assert swept.raw == 8 or swept.chunks == 4
        assert await house.rows("SELECT count(*) FROM telemetry") == [(6,)]
        assert await house.rows("SELECT count(*) FROM telemetry_hourly") == [(10,)]
        assert await house.rows("SELECT count(*) FROM telemetry_daily") == [(14,)]


async def test_what_is_left_over_elsewhere_goes_too(database: str) -> None:
    async with Intake.open(database) as house:
        run = house.connection.execute
        await run(
            "INSERT INTO undated_batch SELECT 'plant-1', 1, n, $1::timestamptz - n * INTERVAL '1 day'"
            " FROM generate_series(1, 50) AS n",
            NOON,
        )
        token = uuid4()
        await run(
            "INSERT INTO token (id, name, hash, scopes, created_at) VALUES ($1, 't', '\\x00', '{}', now())", token
        )
        for hours in (-1, 1):
            await run(
                "INSERT INTO browser_session VALUES ($1, $2, $3, $4)",
                bytes([hours % 256]),
                token,
                NOON,
                NOON + timedelta(hours=hours),
            )
            at = NOON + timedelta(days=hours * 2)
            await run("INSERT INTO login_failure VALUES ($1, 3, $2, $2)", f"192.0.2.{hours + 1}", at)
            await run(
                "INSERT INTO broker_outbox (topic, payload, qos, created_at, expires_at) VALUES ('a', '', 1, $1, $1)",
                at,
            )
            await run(
                "INSERT INTO dead_letter (received_at, topic, reason, detail, payload, payload_bytes)"
                " VALUES ($1, 'a', 'range', '', '', 0)",
                NOON + timedelta(days=hours * 40),
            )
        swept = await broom(house).run_once(NOON)
        assert swept is not None
        assert (swept.undated, swept.letters, swept.expired) == (15, 1, 3)
        for table, left in (("undated_batch", 35), ("dead_letter", 1), ("browser_session", 1), ("login_failure", 1)):
            assert await house.rows(f"SELECT count(*) FROM {table}") == [(left,)]  # noqa: S608 - our own names
        again = await broom(house).run_once(NOON)
        assert again is not None
        assert (again.undated, again.letters, again.expired) == (0, 0, 0)


async def test_one_replica_sweeps(database: str) -> None:
    async with Intake.open(database) as house:
        await house.connection.execute(f"SELECT pg_advisory_lock({LOCK_CLASS}, {Lock.MAINTENANCE:d})")
        assert await broom(house).run_once(NOON) is None
        await house.connection.execute(f"SELECT pg_advisory_unlock({LOCK_CLASS}, {Lock.MAINTENANCE:d})")
        assert await broom(house).run_once(NOON) is not None
