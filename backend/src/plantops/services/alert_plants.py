"""Judges what plants need, many plants at once: a few queries for all of them, then nothing but thinking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from aioplantops.alerts import Alert
from aioplantops.metrics import METRICS, Metric
from aioplantops.needs import Need

from plantops.domain.alert_needs import RULES, Case, Felt, Now, Side, judge
from plantops.domain.alerts import Subject, Verdict
from plantops.domain.calibration import Calibrations
from plantops.domain.resolution import HOUR, Line, floor
from plantops.domain.tongue import Tongue
from plantops.storage import alert_sight as sight
from plantops.storage import calibration
from plantops.storage.alert_sight import PlantRow, ServedRow, Window
from plantops.storage.pool import Connection

from .alerts import known, settle

JUDGED = frozenset(rule.metric for rule in RULES)
KINDS = tuple(rule.kind for rule in RULES)
OLDEST = timedelta(days=3)
"""A reading that is older says nothing of now, and a pause before one that is longer nothing of then."""


@dataclass(slots=True)
class Doubts:
    """What is not to be believed now, and why."""

    devices: dict[str, str] = field(default_factory=dict)
    """Silent devices."""
    channels: dict[int, str] = field(default_factory=dict)
    """Sensors that cannot be right."""
    patience: dict[str, timedelta] = field(default_factory=dict)
    """How old a device's newest reading may be."""

    def why(self, row: ServedRow, newest: datetime | None, now: datetime, tongue: Tongue) -> str | None:
        """Tell why a channel is not to be believed; None: it is. `newest`: of the readings of its device."""
        if (said := self.devices.get(row.device_id) or self.channels.get(row.channel_id)) is not None:
            return said
        patience = self.patience.get(row.device_id)
        if patience is not None and newest is not None and now - newest > patience:
            return tongue.alerts.old
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    """One end of one need of one plant, before it is known what was felt."""

    case: Case
    row: ServedRow | None = None
    line: Line | None = None

    def window(self) -> Window | None:
        """Tell what has to be read to judge it; None: nothing."""
        row, rule = self.row, self.case.rule
        if row is None or row.time is None or self.case.bound is None or self.case.held is not None:
            return None
        begin = row.time - rule.window
        return Window(row.channel_id, max(row.since, floor(begin, HOUR) if rule.hourly else begin), row.time)

    def earlier(self) -> Window | None:
        """Tell where the last reading before the window is to be looked for."""
        window, row = self.window(), self.row
        if window is None or row is None:
            return None
        return Window(window.channel_id, max(row.since, window.from_ - OLDEST), window.from_)

    def shown(self, felt: Felt, before: float | None) -> Case:
        """Give the case with what was felt, calibrated."""
        if self.line is None:
            return replace(self.case, felt=replace(felt, before=before))
        low, median, high = self.line.fold(felt.low, felt.median, felt.high)
        earlier = None if before is None else self.line(before)
        return replace(self.case, felt=replace(felt, low=low, median=median, high=high, before=earlier))


async def judge_plants(
    connection: Connection, plants: Sequence[PlantRow], doubts: Doubts, now: datetime, tongue: Tongue
) -> set[UUID]:
    """Judge some plants by the readings of their channels; give the ids of the alerts with news.

    Needs a transaction.
    """
    places = await _places(connection, plants, doubts, now, tongue)
    alerts = await known(connection, [place.case.subject for place in places], now)
    cases = await _felt(connection, places, now)
    return await settle(connection, _verdicts(cases, alerts, tongue), alerts, now, tongue)


async def _places(
    connection: Connection, plants: Sequence[PlantRow], doubts: Doubts, now: datetime, tongue: Tongue
) -> list[_Place]:
    served = await sight.served(connection, [plant.id for plant in plants], JUDGED, now)
    newest = await sight.newest_of_devices(connection, {row.device_id for row in served})
    calibrations = await calibration.of_channels(connection, {row.channel_id for row in served})
    by_plant = {(row.plant_id, row.metric): row for row in served}
    whys = {row.channel_id: doubts.why(row, newest.get(row.device_id), now, tongue) for row in served}
    return [place for plant in plants for place in _plant_places(plant, by_plant, calibrations, whys, tongue)]


def _plant_places(
    plant: PlantRow,
    served: Mapping[tuple[UUID, Metric], ServedRow],
    calibrations: Calibrations,
    whys: Mapping[int, str | None],
    tongue: Tongue,
) -> Iterator[_Place]:
    dry = False
    for rule in RULES:
        row = served.get((plant.id, rule.metric))
        span = getattr(plant.thresholds, rule.need)
        case = Case(
            subject=Subject(rule.kind, plant.id),
            rule=rule,
            name=plant.name,
            low=None if span is None else span.low,
            high=None if span is None else span.high,
            watered_at=plant.last_watered_at,
        )
        if row is None:
            yield _Place(case)
            continue
        place = _served_place(case, row, calibrations, whys.get(row.channel_id), tongue)
        now = place.case.now
        if rule.need is Need.SOIL_MOISTURE and rule.side is Side.LOW:
            dry = now is not None and case.low is not None and now.value < case.low
        if dry and rule.need is Need.SOIL_CONDUCTIVITY and rule.side is Side.LOW:
            place = replace(place, case=replace(place.case, held=place.case.held or tongue.alerts.dry))
        yield place


def _served_place(case: Case, row: ServedRow, calibrations: Calibrations, why: str | None, tongue: Tongue) -> _Place:
    """Lay out what a channel says now in the need's unit, if it can be told in that."""
    told = replace(case, subject=replace(case.subject, device_id=row.device_id), held=why)
    if row.time is None or row.value is None:
        return _Place(replace(told, unjudged=tongue.alerts.unmeasured))
    line, unit = None, row.unit
    if (found := calibrations.get(row.channel_id)) is not None:
        line, unit = found.line_at(row.time) or found.versions[-1].line, found.unit
    if unit != METRICS[row.metric].unit:
        return _Place(replace(told, unjudged=tongue.alerts.uncalibrated))
    value = METRICS[row.metric].shown.nearest(row.value if line is None else line(row.value))
    return _Place(replace(told, now=Now(row.channel_id, row.time, value)), row, line)


async def _felt(connection: Connection, places: Sequence[_Place], now: datetime) -> list[Case]:
    """Read what the channels of some places said lately; give the cases with it."""
    wanted = {
        index: window
        for index, place in enumerate(places)
        if (window := place.window()) is not None and now - window.until <= OLDEST
    }
    found: dict[int, Felt] = {}
    for hourly in (False, True):
        some = {index: window for index, window in wanted.items() if places[index].case.rule.hourly is hourly}
        found |= await sight.windows(connection, some, hourly=hourly)
    rare = {
        index: window
        for index, felt in found.items()
        if not places[index].case.dense(felt) and (window := places[index].earlier()) is not None
    }
    before = await sight.before(connection, rare)
    return [
        place.shown(found[index], before.get(index)) if index in found else place.case
        for index, place in enumerate(places)
    ]


def _verdicts(cases: Sequence[Case], alerts: Sequence[Alert], tongue: Tongue) -> list[Verdict]:
    opened = {(alert.kind, alert.plant_id) for alert in alerts if alert.resolved_at is None}
    return [judge(case, tongue, is_open=(case.rule.kind, case.subject.plant_id) in opened) for case in cases]
