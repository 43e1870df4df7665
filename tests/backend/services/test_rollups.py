"""Roll-ups are exact, whatever comes twice, days late, in any order, from two doors at once."""

import asyncio
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plantops.domain.intake import Envelope

from tests.backend.services.intake import Intake, envelope

KEYS = ("temperature", "humidity", "soil_moisture")
STEP_SECONDS = 900

readings = st.tuples(
    st.sampled_from(KEYS),
    st.integers(0, 4 * 24 * 4).map(lambda steps: float(steps * STEP_SECONDS)),
    st.floats(0, 100, allow_nan=False),
)
messages = st.builds(envelope, st.sampled_from(("plant-1", "plant-2")), st.lists(readings, min_size=1, max_size=12))
batches = st.lists(st.lists(messages, min_size=1, max_size=4), min_size=1, max_size=4)


@given(left=batches, right=batches)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_rollups_equal_a_recomputation_from_raw(
    database: str, left: list[list[Envelope]], right: list[list[Envelope]]
) -> None:
    async with Intake.open(database) as mqtt, Intake.open(database) as http:
        await mqtt.connection.execute("TRUNCATE telemetry, telemetry_hourly, telemetry_daily, channel_state")
        counts = await asyncio.gather(_store_twice(mqtt, left), _store_twice(http, right))
        assert await mqtt.wrong_rollups() == []
        assert await mqtt.rows("SELECT count(*) FROM telemetry") == [(sum(counts),)]
        sent = {
            (message.device_id, sample.c, sample.t)
            for batch in left + right
            for message in batch
            for sample in message.samples
        }
        assert sum(counts) == len(sent)


async def _store_twice(house: Intake, batches: Sequence[Sequence[Envelope]]) -> int:
    """Store all batches, then again as a broker redelivers them; tell how many readings were new."""
    return sum([receipt.stored for batch in (*batches, *batches) for receipt in await house.store(*batch)])
