"""Whether a plant may be watered: what is in doubt ends dry, whatever is asked for and however it is asked."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from aioplantops.irrigation import Soil, WateringReason, WateringState
from aioplantops.telemetry import CommandState
from hypothesis import event, given
from hypothesis import strategies as st
from plantops.domain.irrigation import (
    FRESH,
    OVERRULED,
    WARNED,
    Gauge,
    Level,
    Rig,
    Situation,
    Thirst,
    Wish,
    consider,
    overdue,
    sentence,
    thirsty,
)
from plantops.domain.irrigation_signs import (
    AFTERWARDS,
    Felt,
    after,
    allowed,
    enough,
    falls,
    leaks,
    rise,
    together,
)
from plantops.domain.tongue import IN_ENGLISH

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def level(value: float, minutes_ago: float = 1.0) -> Gauge:
    return Gauge(there=True, level=Level(value, NOW - timedelta(minutes=minutes_ago)))


mostly = st.integers(0, 9).map(bool)
ages = st.one_of(st.none(), st.floats(-30, 400))


@st.composite
def gauges(draw: st.DrawFn) -> Gauge:
    """Make a sensor that is there or not, and said something at some time."""
    age = draw(ages)
    value = Level(draw(st.floats(0, 100)), NOW - timedelta(minutes=age)) if age is not None else None
    return Gauge(there=draw(st.booleans()), level=value)


@st.composite
def thirsts(draw: st.DrawFn) -> Thirst:
    return Thirst(
        name="Basil",
        moisture=draw(gauges()),
        faulty=draw(st.booleans()),
        low=draw(st.one_of(st.none(), st.floats(0, 50))),
        high=draw(st.one_of(st.none(), st.floats(50, 100))),
        soaked_at=draw(st.one_of(st.none(), st.just(NOW - timedelta(hours=3)), st.just(NOW - timedelta(hours=30)))),
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    return Situation(
        now=NOW,
        house_on=draw(mostly),
        rig=Rig(
            enabled=draw(mostly),
            blocked=None if draw(mostly) else "it leaked.",
            max_seconds=draw(st.floats(1, 600)),
            pause=timedelta(minutes=draw(st.integers(0, 600))),
            daily_max_seconds=draw(st.floats(1, 2_000)),
            reservoir_minimum=draw(st.floats(0, 50)),
        ),
        declared=draw(mostly),
        device_max_seconds=draw(st.one_of(st.none(), st.floats(1, 600))),
        online=draw(mostly),
        busy=not draw(mostly),
        last_ended=draw(st.one_of(st.none(), st.just(NOW - timedelta(hours=2)), st.just(NOW + timedelta(minutes=1)))),
        used_seconds=draw(st.floats(0, 3_000)),
        reservoir=draw(gauges()),
        leak=draw(gauges()),
        plants=draw(st.lists(thirsts(), min_size=1, max_size=3)),
    )


wishes = st.builds(
    Wish, seconds=st.one_of(st.floats(1, 30), st.floats(0.1, 4_000)), automatic=st.booleans(), force=st.booleans()
)


def known(gauge: Gauge) -> bool:
    return not gauge.there or (gauge.level is not None and timedelta(minutes=-10) <= NOW - gauge.level.at <= FRESH)


def safe(it: Situation, wish: Wish) -> bool:
    """Say anew what must hold before water flows, without looking at how it is found out."""
    rig, soil = it.rig, [plant.moisture.level for plant in it.plants]
    return (
        (it.house_on, rig.enabled, rig.blocked, it.declared, it.online, it.busy)
        == (True, True, None, True, True, False)
        and wish.seconds <= min(rig.max_seconds, 3_600, it.device_max_seconds or 3_600)
        and wish.seconds + it.used_seconds <= rig.daily_max_seconds
        and known(it.reservoir)
        and known(it.leak)
        and not (it.reservoir.there and it.reservoir.level and it.reservoir.level.value < rig.reservoir_minimum)
        and not (it.leak.there and it.leak.level and it.leak.level.value >= 0.5)
        and not (wish.automatic and (None in soil or any(plant.faulty for plant in it.plants)))
    )


@given(situation=situations(), wish=wishes)
def test_water_flows_only_where_everything_physical_is_known_to_be_well(situation: Situation, wish: Wish) -> None:
    event(f"safe: {safe(situation, wish)}")
    if not safe(situation, wish):
        assert consider(situation, wish, IN_ENGLISH).refusals
    elif wish.force and not wish.automatic:
        assert not consider(situation, wish, IN_ENGLISH).refusals


@given(situation=situations(), wish=wishes)
def test_force_overrules_what_harms_the_plant_and_nothing_else(situation: Situation, wish: Wish) -> None:
    gently = {one.reason for one in consider(situation, Wish(wish.seconds), IN_ENGLISH).refusals}
    forced = {one.reason for one in consider(situation, Wish(wish.seconds, force=True), IN_ENGLISH).refusals}
    assert forced == gently - OVERRULED
    automatic = {
        one.reason for one in consider(situation, Wish(wish.seconds, automatic=True, force=True), IN_ENGLISH).refusals
    }
    assert automatic >= gently, "the automatic is never freer than people, and cannot force"
    assert automatic - gently <= WARNED


@given(situation=situations(), wish=wishes)
def test_every_objection_is_a_sentence(situation: Situation, wish: Wish) -> None:
    answer = consider(situation, wish, IN_ENGLISH)
    for objection in (*answer.refusals, *answer.warnings):
        assert objection.words[0].isupper()
        assert objection.words.endswith(".")
    assert sentence(answer.refusals).count(".") >= len(answer.refusals)


BASIL = Thirst("Basil", level(30), low=40, high=70)
WELL = Situation(NOW, plants=(BASIL,))


def reasons(**changes: object) -> set[WateringReason]:
    fields = {name: getattr(WELL, name) for name in Situation.__dataclass_fields__} | changes
    return {one.reason for one in consider(Situation(**fields), Wish(20), IN_ENGLISH).refusals}


def test_each_reason_by_itself() -> None:
    assert reasons() == set()
    assert reasons(house_on=False) == {WateringReason.HOUSE_OFF}
    assert reasons(rig=Rig(enabled=False)) == {WateringReason.IRRIGATOR_OFF}
    assert reasons(rig=Rig(blocked="It leaked.")) == {WateringReason.BLOCKED}
    assert reasons(declared=False) == {WateringReason.NO_VALVE}
    assert reasons(online=False) == {WateringReason.DEVICE_OFFLINE}
    assert reasons(busy=True) == {WateringReason.BUSY}
    assert reasons(device_max_seconds=10) == {WateringReason.TOO_LONG}
    assert reasons(used_seconds=101) == {WateringReason.DAILY_MAXIMUM}
    assert reasons(used_seconds=100) == set()
    assert reasons(leak=level(1)) == {WateringReason.LEAK}
    assert reasons(leak=level(1, 600)) == {WateringReason.LEAK}, "a wet sensor that fell silent is wet"
    assert reasons(leak=level(0, 61)) == {WateringReason.LEAK_UNKNOWN}
    assert reasons(leak=Gauge(there=True)) == {WateringReason.LEAK_UNKNOWN}
    assert reasons(reservoir=level(9.9)) == {WateringReason.RESERVOIR_EMPTY}
    assert reasons(reservoir=level(50, 61)) == {WateringReason.RESERVOIR_UNKNOWN}
    assert reasons(reservoir=level(50, -60)) == {WateringReason.RESERVOIR_UNKNOWN}, "a clock that runs ahead"
    assert reasons(last_ended=NOW - timedelta(minutes=59)) == {WateringReason.PAUSE}
    assert reasons(plants=(Thirst("Basil", level(70), high=70),)) == {WateringReason.PLANT_WET}
    assert reasons(plants=(BASIL, Thirst("Mint", level(90), high=70))) == {WateringReason.PLANT_WET}
    soaked = Thirst("Basil", level(60), high=70, soaked_at=NOW - timedelta(hours=20))
    assert reasons(plants=(soaked,)) == {WateringReason.JUST_SOAKED}


def test_people_are_warned_of_a_silent_probe_and_the_automatic_is_refused() -> None:
    situation = Situation(NOW, plants=(Thirst("Basil", level(30, 150)),))
    by_hand = consider(situation, Wish(20), IN_ENGLISH)
    assert not by_hand.refusals
    assert [one.words for one in by_hand.warnings] == ["The probe of Basil has been silent for more than two hours."]
    assert [one.reason for one in consider(situation, Wish(20, automatic=True), IN_ENGLISH).refusals] == [
        WateringReason.PROBE_SILENT
    ]


def test_the_thirstiest_plant_is_found_and_silent_probes_are_not_thirsty() -> None:
    mint = Thirst("Mint", level(10), low=40)
    silent = Thirst("Chives", level(0, 300), low=40)
    assert thirsty((BASIL, mint, silent), NOW) is mint
    assert thirsty((silent, Thirst("Olive", level(60), low=40)), NOW) is None
    late, soon = (Thirst(name, wants_at=NOW + timedelta(hours=h)) for name, h in (("Fig", -3), ("Fern", 2)))
    assert overdue((soon, late), NOW) is late
    assert overdue((soon,), NOW) is None


@given(state=st.sampled_from(WateringState), told=st.lists(st.sampled_from(CommandState), max_size=6))
def test_the_last_word_stands_however_often_it_is_told(state: WateringState, told: list[CommandState]) -> None:
    now = state
    for word in told:
        new = after(now, word, given_up=False)
        if not now.open:
            assert new is None
        now = new or now
        assert after(now, word, given_up=False) is None or now is WateringState.RUNNING


def test_a_late_answer_is_better_than_none() -> None:
    assert after(WateringState.FAILED, CommandState.DONE, given_up=True) is WateringState.DONE
    assert after(WateringState.FAILED, CommandState.RUNNING, given_up=True) is None
    assert after(WateringState.FAILED, CommandState.DONE, given_up=False) is None
    assert after(WateringState.RUNNING, CommandState.REFUSED, given_up=False) is WateringState.FAILED


def test_soil_must_get_wetter_and_gets_time_for_it() -> None:
    before = [30.2, 29.8, 30.0]
    assert rise(Felt(before, [30, 31, 34, 33.5]), settled=False).soil is Soil.RISEN
    assert rise(Felt(before, [30, 30.4, 36, 30.2]), settled=False).soil is Soil.WAITING, "one jump alone"
    assert rise(Felt(before, [30, 30.4, 36, 30.2]), settled=True).soil is Soil.NOT_RISEN
    assert rise(Felt(before, [30, 30.4], enough=False), settled=True).soil is Soil.UNKNOWN
    assert rise(Felt(before, []), settled=False).soil is Soil.WAITING
    assert rise(Felt(before, []), settled=True).soil is Soil.UNKNOWN
    assert rise(Felt([], [40]), settled=True).soil is Soil.UNKNOWN
    wet, dry, waits = (rise(Felt(before, values), settled=done) for values, done in (
        ([40], True), ([30], True), ([30], False)
    ))  # fmt: skip
    assert together([wet, dry]) is dry
    assert together([wet, waits]) is waits
    assert together([wet]) is wet
    assert together([]).soil is Soil.UNKNOWN
    assert not enough(0.1, 20)
    assert enough(0.1, 2)
    assert enough(None, 20)
    assert enough(0.1, None)


def test_what_looks_like_a_leak() -> None:
    since = NOW - timedelta(minutes=10)
    dry, none = level(0), Gauge()
    assert leaks(level(1), none, IN_ENGLISH, valve=False, idle_since=since) == "The leak sensor is wet."
    assert leaks(level(1), none, IN_ENGLISH, valve=False, idle_since=None) is not None, "also while water flows"
    assert leaks(dry, level(0.8), IN_ENGLISH, valve=False, idle_since=since) is not None
    assert leaks(dry, level(0.8), IN_ENGLISH, valve=False, idle_since=None) is None
    assert leaks(dry, level(0.02), IN_ENGLISH, valve=False, idle_since=since) is None
    assert (
        leaks(dry, level(1), IN_ENGLISH, valve=True, idle_since=since) == "The valve is open though its time is over."
    )
    assert leaks(dry, level(0), IN_ENGLISH, valve=True, idle_since=since) is None
    assert leaks(dry, level(0.8), IN_ENGLISH, valve=False, idle_since=NOW - AFTERWARDS) is None, (
        "the hose still runs empty"
    )


def test_a_reservoir_that_falls_while_nothing_runs() -> None:
    def levels(*values: float) -> list[Level]:
        return [Level(value, NOW) for value in values]

    assert (
        falls(levels(80, 80, 79, 76, 74, 73), IN_ENGLISH)
        == "The reservoir fell from 80 % to 74 % while nothing was watered."
    )
    assert falls(levels(80, 81, 79, 80, 78, 79), IN_ENGLISH) is None
    assert falls(levels(80, 80, 80, 80, 60, 80), IN_ENGLISH) is None, "one jump alone"
    assert falls(levels(80, 60), IN_ENGLISH) is None, "too little is known"
    assert falls(levels(20, 20, 20, 90, 90, 90), IN_ENGLISH) is None, "it was filled"


@pytest.mark.parametrize(
    ("from_", "until", "hour_utc", "may"),
    [(7, 21, 6, True), (7, 21, 5, False), (7, 21, 20, False), (22, 5, 21, True), (22, 5, 3, True), (22, 5, 4, False)],
)
def test_the_hours_of_the_day_are_those_of_the_garden(from_: int, until: int, hour_utc: int, may: bool) -> None:  # noqa: FBT001
    moment = datetime(2026, 11, 25, hour_utc, 30, tzinfo=UTC)
    assert allowed(moment, BERLIN, time(from_), time(until)) is may
