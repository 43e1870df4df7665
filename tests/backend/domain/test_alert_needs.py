"""Alerts about needs: they wait for what lasts, and don't flap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from uuid import UUID, uuid4

import pytest
from aioplantops.alerts import Alert
from aioplantops.needs import Need
from aioplantops.severity import Severity
from hypothesis import given, settings
from hypothesis import strategies as st
from plantops.domain.alert_needs import MOST_SLACK, RULES, Case, Felt, Now, Rule, Side, judge
from plantops.domain.alerts import Changes, Finding, Held, Over, Subject, changes
from plantops.domain.tongue import IN_ENGLISH

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLANT = UUID(int=1)
SPANS = {
    Need.SOIL_MOISTURE: (30.0, 70.0),
    Need.TEMPERATURE: (16.0, 30.0),
    Need.HUMIDITY: (40.0, 80.0),
    Need.SOIL_CONDUCTIVITY: (350.0, 2_000.0),
}
rules = st.sampled_from(RULES)


def rule_of(need: Need, side: Side) -> Rule:
    """Give the rule for one end of a need."""
    return next(rule for rule in RULES if rule.need is need and rule.side is side)


@dataclass
class Simulated:
    """A plant, its readings, and its alerts as they would be kept."""

    rule: Rule
    readings: list[tuple[datetime, float]] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    told: int = 0
    watered_at: datetime | None = None

    def case(self, held: str | None = None) -> Case:
        """Lay out what the store would give."""
        low, high = SPANS[self.rule.need]
        time, value = self.readings[-1]
        since = time - self.rule.window
        window = [value for at, value in self.readings if at >= since]
        earlier = [value for at, value in self.readings if at < since]
        first = next(at for at, _ in self.readings if at >= since)
        felt = Felt(len(window), first, min(window), max(window), median(window), earlier[-1] if earlier else None)
        subject = Subject(self.rule.kind, PLANT)
        return Case(subject, self.rule, "Basil", low, high, Now(7, time, value), felt, self.watered_at, held)

    def read(self, time: datetime, value: float, held: str | None = None) -> None:
        """Take a reading and judge."""
        self.readings.append((time, value))
        is_open = any(alert.resolved_at is None for alert in self.alerts)
        verdict = judge(self.case(held), IN_ENGLISH, is_open=is_open)
        known = [alert for alert in self.alerts if alert.resolved_at is None or time - alert.resolved_at < 24 * HOUR]
        self._keep(changes([verdict], known), time)

    def _keep(self, found: Changes, now: datetime) -> None:
        self.told += len(found.begun)
        for finding in found.begun:
            alert = Alert(
                id=uuid4(), kind=self.rule.kind, severity=finding.severity, plant_id=PLANT, opened_at=now,
                value=finding.value, bound=finding.bound, unit=finding.unit, channel_id=finding.channel_id,
                words=finding.words,
            )  # fmt: skip
            self.alerts.append(alert)
        for alert, _ in found.back:
            self._change(alert, resolved_at=None)
        for alert, _ in found.over:
            self._change(alert, resolved_at=now, held=None)
        for alert, news in found.reworded:
            self._change(alert, held=news.why if isinstance(news, Held) else None)

    def _change(self, alert: Alert, **fields: object) -> None:
        self.alerts = [one.model_copy(update=fields) if one.id == alert.id else one for one in self.alerts]

    @property
    def slack(self) -> float:
        """Tell by how much a value must be back."""
        low, high = SPANS[self.rule.need]
        return Case(Subject(self.rule.kind, PLANT), self.rule, "Basil", low, high).slack

    @property
    def open(self) -> bool:
        """Tell whether an alert is open."""
        return any(alert.resolved_at is None for alert in self.alerts)


def day_of(values: Sequence[float], every: timedelta = 10 * MINUTE) -> Iterable[tuple[datetime, float]]:
    """Give values a time each."""
    return ((NOON + step * every, value) for step, value in enumerate(values))


def at(rule: Rule, distance: float) -> float:
    """Give a value that lies beyond the bound by a distance; below 0: inside."""
    low, high = SPANS[rule.need]
    return low - distance if rule.side is Side.LOW else high + distance


@settings(max_examples=40, deadline=None)
@given(rule=rules, seed=st.integers(0, 10_000), spread=st.floats(0.1, 4), inertia=st.sampled_from((0.0, 0.9, 0.99)))
def test_a_value_that_dances_around_its_bound_for_a_day_makes_at_most_one_alert(
    rule: Rule, seed: int, spread: float, inertia: float
) -> None:
    random, step, dance = Random(seed), 0.0, []
    for _ in range(144):
        step = inertia * step + random.gauss(0, 1)
        dance.append(step)
    simulated = Simulated(rule)
    for time, step in day_of(dance):
        simulated.read(time, at(rule, step * spread * simulated.slack))
    assert len(simulated.alerts) <= 1
    assert simulated.told <= 1


@settings(max_examples=30, deadline=None)
@given(rule=rules, period=st.integers(2, 140), swing=st.floats(1, 10))
def test_slow_swings_through_the_bound_make_exactly_one_alert(rule: Rule, period: int, swing: float) -> None:
    simulated = Simulated(rule)
    for time, step in day_of([1.0 if index // period % 2 == 0 else -1.0 for index in range(288)]):
        simulated.read(time, at(rule, step * swing * simulated.slack))
    assert len(simulated.alerts) <= 1
    if period * 10 * MINUTE >= rule.window:
        assert simulated.told == 1


@settings(max_examples=30, deadline=None)
@given(rule=rules, deep=st.floats(0.1, 20))
def test_what_is_shorter_than_half_the_window_is_no_alert(rule: Rule, deep: float) -> None:
    simulated = Simulated(rule)
    steps = int(rule.window / (10 * MINUTE))
    calm, draught = [-1.0] * (2 * steps), [deep] * (steps // 2 - 1)
    for time, step in day_of([*calm, *draught, *calm]):
        simulated.read(time, at(rule, step * simulated.slack))
    assert simulated.alerts == []


@settings(max_examples=30, deadline=None)
@given(rule=rules, deep=st.floats(0.01, 20), every=st.integers(5, 60))
def test_what_lasts_is_an_alert_before_the_window_is_over_twice(rule: Rule, deep: float, every: int) -> None:
    simulated = Simulated(rule)
    interval = min(every * MINUTE, rule.window / 4)
    steps = int(rule.window / interval)
    for time, step in day_of([-1.0] * steps + [deep] * (2 * steps), interval):
        simulated.read(time, at(rule, step * simulated.slack))
    assert simulated.open
    assert len(simulated.alerts) == 1


@settings(max_examples=30, deadline=None)
@given(rule=rules, share=st.floats(0, 0.99) | st.floats(1.01, 2))
def test_an_open_alert_ends_only_when_the_value_is_back_by_its_slack(rule: Rule, share: float) -> None:
    simulated = Simulated(rule)
    steps = int(rule.window / (10 * MINUTE))
    for time, step in day_of([2.0] * (2 * steps) + [-share] * (3 * steps)):
        simulated.read(time, at(rule, step * simulated.slack))
    assert simulated.open == (share < 1)


@given(rule=rules)
def test_slack_leaves_the_middle_of_every_span_well(rule: Rule) -> None:
    low, high = SPANS[rule.need]
    case = Case(Subject(rule.kind, PLANT), rule, "Basil", low, high)
    assert 0 < case.slack <= MOST_SLACK * (high - low)
    narrow = replace(case, high=low + 0.3)
    assert narrow.slack <= 0.3 * MOST_SLACK + 1e-9


@pytest.mark.parametrize("beyond", [True, False])
def test_a_node_that_sleeps_for_hours_needs_two_readings(*, beyond: bool) -> None:
    rule = rule_of(Need.SOIL_MOISTURE, Side.LOW)
    simulated = Simulated(rule)
    simulated.read(NOON, 45.0)
    simulated.read(NOON + 12 * HOUR, 25.0)
    assert not simulated.open, "one reading may be a slip"
    simulated.read(NOON + 24 * HOUR, 24.0 if beyond else 40.0)
    assert simulated.open == beyond
    simulated.read(NOON + 36 * HOUR, 60.0)
    assert not simulated.open


def test_after_a_watering_nothing_is_too_wet_until_the_surplus_has_run_out() -> None:
    rule = rule_of(Need.SOIL_MOISTURE, Side.HIGH)
    simulated = Simulated(rule, watered_at=NOON)
    for time, value in day_of([90.0] * 143):
        simulated.read(time, value)
    assert simulated.alerts == []
    for step in range(10):
        simulated.read(NOON + 25 * HOUR + step * 10 * MINUTE, 90.0)
    assert simulated.open
    assert simulated.alerts[0].words == (
        "The soil of Basil is at 90 % and stays above its 70 %: its roots need air. Empty the saucer, and wait with the"
        " next watering."
    )


def test_who_cannot_be_believed_neither_opens_nor_ends_an_alert() -> None:
    rule = rule_of(Need.TEMPERATURE, Side.LOW)
    simulated = Simulated(rule)
    for time, value in day_of([20.0] * 12 + [5.0] * 30):
        simulated.read(time, value, held="The node is silent.")
    assert simulated.alerts == []
    for step in range(42, 60):
        simulated.read(NOON + step * 10 * MINUTE, 5.0)
    assert simulated.open
    for step in range(60, 80):
        simulated.read(NOON + step * 10 * MINUTE, 20.0, held="The node is silent.")
    assert simulated.open
    assert simulated.alerts[0].held == "The node is silent."
    for step in range(80, 100):
        simulated.read(NOON + step * 10 * MINUTE, 20.0)
    assert not simulated.open
    assert simulated.alerts[0].held is None


def test_what_has_no_bound_or_no_channel_any_more_is_over() -> None:
    rule = rule_of(Need.HUMIDITY, Side.LOW)
    case = Case(Subject(rule.kind, PLANT), rule, "Basil", None, 80.0, Now(7, NOON, 10.0))
    assert judge(case, IN_ENGLISH, is_open=True) == Over(case.subject, "It has no such bound any more.")
    unserved = replace(case, low=40.0, now=None)
    assert judge(unserved, IN_ENGLISH, is_open=True) == Over(case.subject, "No channel measures it any more.")


def test_cold_that_kills_is_critical() -> None:
    rule = rule_of(Need.TEMPERATURE, Side.LOW)
    felt = Felt(6, NOON - HOUR, 2.0, 2.0, 2.0)
    case = Case(Subject(rule.kind, PLANT), rule, "Basil", 12.0, 30.0, Now(7, NOON, 2.0), felt)
    verdict = judge(case, IN_ENGLISH, is_open=False)
    assert isinstance(verdict, Finding)
    assert verdict.severity is Severity.CRITICAL
    assert verdict.words == "Basil has 2.0 °C, below its 12.0 °C: it stands too cold."
