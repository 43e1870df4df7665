"""Light by the day, frost by the forecast, and whether the clock can be believed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from aioplantops.alerts import AlertKind
from aioplantops.needs import Threshold
from aioplantops.severity import Severity
from plantops.domain.alert_clock import INSISTS, Presence, Tick, listening
from plantops.domain.alert_frost import Outside, Weather, misfit
from plantops.domain.alert_frost import judge as judge_frost
from plantops.domain.alert_light import LightDay, Lit
from plantops.domain.alert_light import judge as judge_light
from plantops.domain.alerts import Finding, Held, Over, Subject
from plantops.domain.tongue import IN_ENGLISH, Speech

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
HERE = Speech(IN_ENGLISH, BERLIN)
YESTERDAY = date(2026, 11, 23)
PLANT = UUID(int=1)
BASIL = Outside(PLANT, "Basil", 10.0)


def light(*dlis: float, open_kinds: frozenset[AlertKind] = frozenset(), coverage: float = 1.0) -> object:
    """Judge days up to yesterday by a lower bound of 8 mol/m²."""
    first = YESTERDAY - timedelta(days=len(dlis) - 1)
    days = [LightDay(first + timedelta(days=n), dli, coverage) for n, dli in enumerate(dlis)]
    lit = Lit(Subject(AlertKind.DLI_LOW, PLANT), "Basil", days, YESTERDAY, Threshold(low=8.0))
    return judge_light(lit, IN_ENGLISH, open_kinds=open_kinds)[0]


def test_several_dark_days_are_an_alert_and_one_is_not() -> None:
    assert isinstance(light(10, 10, 10, 10, 1), Over)
    assert isinstance(light(20, 20, 3, 3, 3), Over), "bright days lie only just behind"
    dark = light(3, 4, 3, 9, 3)
    assert isinstance(dark, Finding)
    assert dark.words == (
        "Basil has got 4.4 mol/m² of light a day lately, less than its 8.0 mol/m²: move it to the window, or light it."
    )


def test_days_that_were_measured_in_part_say_nothing() -> None:
    assert isinstance(light(3, 3, 3, 3, 3, coverage=0.5), Held)
    assert isinstance(light(3, 3, 3), Held)


def test_three_days_that_are_well_by_some_slack_end_it() -> None:
    low = frozenset({AlertKind.DLI_LOW})
    assert isinstance(light(3, 3, 8.2, 8.2, 8.2, open_kinds=low), Finding)
    assert isinstance(light(3, 3, 9, 8.5, 8.5, open_kinds=low), Over)


def forecast(*degrees: float, ago: timedelta = timedelta()) -> Weather:
    """Make a forecast by the hour."""
    return Weather(NOON - ago, [(NOON + n * HOUR, value) for n, value in enumerate(degrees)])


def test_cold_to_come_is_told_before_it_comes() -> None:
    cold = judge_frost(BASIL, forecast(12, 11, 8.5, 12), NOON, HERE, is_open=False)
    assert isinstance(cold, Finding)
    assert cold.severity is Severity.WARNING
    assert cold.words == (
        "8.5 °C are forecast for 24 November, 15:00: too cold for Basil outside, which bears no less than 10.0 °C."
        " Take it in, or cover it."
    )
    freezing = judge_frost(BASIL, forecast(3, -1), NOON, HERE, is_open=False)
    assert isinstance(freezing, Finding)
    assert freezing.severity is Severity.CRITICAL


def test_frost_does_not_flap_and_ends_with_the_forecast() -> None:
    assert isinstance(judge_frost(BASIL, forecast(10.5), NOON, HERE, is_open=False), Over)
    assert isinstance(judge_frost(BASIL, forecast(10.5), NOON, HERE, is_open=True), Finding)
    assert isinstance(judge_frost(BASIL, forecast(11.5), NOON, HERE, is_open=True), Over)
    assert isinstance(judge_frost(BASIL, forecast(-5, ago=25 * HOUR), NOON, HERE, is_open=True), Over)
    assert isinstance(judge_frost(BASIL, None, NOON, HERE, is_open=True), Over)
    far = Weather(NOON, [(NOON + 3 * DAY, -10.0)])
    assert isinstance(judge_frost(BASIL, far, NOON, HERE, is_open=False), Over)


def test_of_an_unknown_plant_frost_begins_at_three_degrees() -> None:
    unknown = Outside(PLANT, "Herb", None)
    assert isinstance(judge_frost(unknown, forecast(3.0), NOON, HERE, is_open=False), Finding)
    assert isinstance(judge_frost(unknown, forecast(3.1), NOON, HERE, is_open=False), Over)


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ([NOON - HOUR], "over"),
        ([NOON - 3 * DAY, NOON + HOUR], "two days back"),
        ([NOON + 30 * DAY], "20 days ahead"),
        ([NOON + HOUR, NOON + HOUR], "the same time"),
    ],
)
def test_weather_that_cannot_be_meant_is_refused_in_words(times: list[datetime], why: str) -> None:
    assert why in (misfit(times, NOON) or "")
    assert misfit([NOON, NOON + HOUR], NOON) is None


KEPT = Presence(NOON - 10 * DAY, NOON)


def test_a_short_break_is_none_and_a_long_one_begins_anew() -> None:
    assert listening(None, None, Tick(NOON, 5.0), None) == Presence(NOON, NOON)
    soon = NOON + timedelta(minutes=14)
    assert listening(KEPT, None, Tick(soon, 5.0), None) == Presence(NOON - 10 * DAY, soon)
    later = NOON + 2 * DAY
    assert listening(KEPT, None, Tick(later, 5.0), None) == Presence(later, later)


def test_a_clock_that_was_never_set_or_went_back_is_not_believed() -> None:
    assert listening(None, None, Tick(datetime(1970, 1, 1, tzinfo=UTC), 5.0), None) is None
    before = NOON - DAY
    assert listening(KEPT, None, Tick(before, 5.0), None) is None
    assert listening(KEPT, None, Tick(before, 100.0), 5.0) is None
    steady = 5.0 + INSISTS.total_seconds()
    assert listening(KEPT, None, Tick(before, steady), 5.0) == Presence(before, before), "it was wrong before"


def test_a_clock_that_is_set_while_we_run_makes_nobody_silent() -> None:
    last = Tick(NOON, 100.0)
    ahead = NOON + timedelta(minutes=12)
    assert listening(KEPT, last, Tick(ahead, 130.0), None) == Presence(ahead, ahead)
    honest = listening(KEPT, last, Tick(ahead, 100.0 + 12 * 60), None)
    assert honest == Presence(KEPT.listening_since, ahead)
