"""The satchel and the pace of sensors, without anything around them."""

from custom_components.plantops.binding import Series
from custom_components.plantops.lib.aioplantops.telemetry import MAX_READINGS
from custom_components.plantops.pace import Pace
from custom_components.plantops.satchel import Satchel

ONE, TWO = Series("ha-1", "soil_moisture"), Series("ha-2", "temperature")


def test_readings_leave_in_their_order_and_by_turns() -> None:
    satchel = Satchel()
    for time in range(MAX_READINGS + 1):
        satchel.put(ONE, (time, 1.0))
    satchel.put(TWO, (5.0, 2.0))
    first = satchel.batch()
    assert first is not None
    assert (first.series, len(first.readings)) == (ONE, MAX_READINGS)
    assert satchel.batch() == first
    satchel.remove(first)
    second = satchel.batch()
    assert second is not None
    assert (second.series, second.readings) == (TWO, ((5.0, 2.0),))
    satchel.remove(second)
    satchel.remove(second)
    third = satchel.batch()
    assert third is not None
    assert (third.series, third.readings, len(satchel)) == (ONE, ((MAX_READINGS, 1.0),), 1)


def test_what_was_lost_or_came_while_a_batch_was_on_its_way() -> None:
    satchel = Satchel(2)
    satchel.put(ONE, (1.0, 1.0))
    sent = satchel.batch()
    assert sent is not None
    for time in (2.0, 3.0, 4.0):
        satchel.put(ONE, (time, time))
    satchel.remove(sent)
    assert (len(satchel), satchel.lost) == (2, 2)
    left = satchel.batch()
    assert left is not None
    assert left.readings == ((3.0, 3.0), (4.0, 4.0))


def test_the_oldest_of_all_is_lost() -> None:
    satchel = Satchel(3)
    for series, time in ((ONE, 1.0), (TWO, 2.0), (ONE, 3.0), (ONE, 4.0), (ONE, 5.0)):
        satchel.put(series, (time, time))
    assert satchel.told() == [
        {"device_id": "ha-1", "key": "soil_moisture", "readings": [(3.0, 3.0), (4.0, 4.0), (5.0, 5.0)]}
    ]
    again = Satchel()
    again.recall(satchel.told())
    assert again.told() == satchel.told()


def test_a_steady_value_is_taken_once_a_minute() -> None:
    pace = Pace()
    taken = [time for time in range(181) if pace.hear((float(time), 20.0))]
    assert taken == [0, 60, 120, 180]


def test_a_changing_value_is_taken_once_in_ten_seconds() -> None:
    pace = Pace()
    taken = [time for time in range(31) if pace.hear((float(time), float(time)))]
    assert (taken, pace.held) == ([0, 10, 20, 30], None)
    assert not pace.hear((33.0, 1.0))
    assert pace.wait() == 7.0
    assert not pace.hear((34.0, 2.0))
    assert pace.release() == (34.0, 2.0)
    assert (pace.release(), pace.wait()) == (None, 0.0)


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    pace = Pace()
    assert pace.hear((1000.0, 20.0))
    assert pace.hear((10.0, 20.0))
    assert not pace.hear((11.0, 20.0))
