"""No two readings without times arrive at the same moment: none may be taken for a copy of another."""

from datetime import UTC, datetime, timedelta

from aioplantops.models import DeviceKind
from aioplantops.telemetry import Sample
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.intake import Envelope, Intake
from plantops.mqtt.arrivals import FURTHEST, Arrivals
from plantops.mqtt.catalogue import Catalogue

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def message(*times: float | None) -> Envelope:
    samples = tuple(Sample(c="soil_ph", t=time, v=6.5) for time in times)
    return Envelope("node", DeviceKind.PLANTOPS, "plantops/node/telemetry", NOW, samples)


def moment(intake: Intake) -> datetime:
    assert isinstance(intake, Envelope)
    return intake.received_at


def test_messages_without_times_that_are_read_together_arrive_one_after_the_other() -> None:
    arrivals = Arrivals()
    moments = [moment(arrivals.dated(message(None))) for _ in range(3)]
    assert moments == [NOW + timedelta(microseconds=step) for step in range(3)]


def test_messages_with_times_are_left_alone() -> None:
    arrivals = Arrivals()
    known = message(1_795_000_000)
    arrivals.dated(message(None))
    assert arrivals.dated(known) is known
    assert moment(arrivals.dated(message(1_795_000_000, None))) > NOW


@given(st.lists(st.integers(-3, 3), max_size=50))
def test_moments_never_repeat_and_stay_close_to_the_clock(steps: list[int]) -> None:
    arrivals, now = Arrivals(), NOW
    given_: list[datetime] = []
    for step in steps:
        now += timedelta(microseconds=step)
        given_.append(arrivals.moment(now))
        assert timedelta(0) <= given_[-1] - now < FURTHEST
    assert len(set(given_)) == len(given_)


def test_a_clock_that_was_set_back_is_followed() -> None:
    arrivals = Arrivals()
    arrivals.moment(NOW)
    assert arrivals.moment(NOW - timedelta(hours=1)) == NOW - timedelta(hours=1)


def test_states_of_a_stock_sensor_that_come_together_are_all_kept_in_their_order() -> None:
    catalogue = Catalogue()
    announced = b'{"name": "Soil", "unit_of_meas": "%", "stat_t": "P/sensor/soil/state"}'
    catalogue.hear("homeassistant/sensor/node/soil/config", announced, NOW, retained=True)
    heard = [catalogue.hear("P/sensor/soil/state", state, NOW, retained=False) for state in (b"40", b"41", b"42")]
    readings = [intake for one in heard for intake in one.intakes if isinstance(intake, Envelope)]
    assert [reading.samples[0].v for reading in readings] == [40, 41, 42]
    assert len({reading.received_at for reading in readings}) == 3
    assert sorted(readings, key=moment) == readings
