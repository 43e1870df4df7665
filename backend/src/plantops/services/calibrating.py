"""A calibration under way: hold the probe in dry soil, in wet soil, watch it settle, take the points, commit.

The state lies in the store: any replica answers the next request, and a restart forgets nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from aioplantops.calibration import (
    Calibration,
    CalibrationInvalid,
    CalibrationNotBegun,
    CalibrationPreview,
    CalibrationProcedure,
    CalibrationUnsteady,
    Capture,
    CapturedPoint,
    LiveValue,
    ProcedureCapture,
    ProcedureCommit,
    ProcedureStep,
)
from aioplantops.metrics import METRICS, Metric

from plantops.domain.calibration import check_value, fit, noise
from plantops.domain.steadiness import MOST_READINGS, Judgement, judge
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.storage import procedure as store
from plantops.storage.calibration import ChannelRow
from plantops.storage.pool import Connection, Database
from plantops.storage.procedure import ProcedureRow, StepRow

from .calibration import channel_of, fitted, log_made, make_version
from .news import News

KNOWN = {Capture.DRY: 0.0, Capture.WET: 100.0}
"""What soil moisture is, %, where nobody says otherwise."""

OTHER = {Capture.DRY: "wet", Capture.WET: "dry"}


class CalibrationProcedures:
    """Leads through a calibration."""

    def __init__(self, database: Database, *, news: News, clock: Clock, tongue: Tongue) -> None:
        """Take the store, who wants to hear of changes, the clock (aware UTC), and the house's language."""
        self._database = database
        self._news = news
        self._clock = clock
        self._tongue = tongue

    async def show(self, channel_id: int) -> CalibrationProcedure:
        """Tell how far it is, and what the probe sends. Raises ChannelNotFound and CalibrationNotBegun."""
        async with self._database.snapshot("calibration_procedure") as connection:
            return await self._look(connection, await channel_of(connection, channel_id))

    async def begin(self, channel_id: int, wish: ProcedureStep) -> CalibrationProcedure:
        """Begin to take a point, whatever step was under way. Raises ChannelNotFound and CalibrationInvalid."""
        async with self._database.transaction("calibration_step") as connection:
            channel = await channel_of(connection, channel_id, hold=True)
            value = _value(wish, channel.metric)
            _check_sides(wish.capture, value, await store.captures(connection, channel_id))
            step = StepRow(wish.capture, value, self._clock())
            await store.begin_step(connection, channel_id, step, wish.substrate)
            return await self._look(connection, channel)

    async def capture(self, channel_id: int, wish: ProcedureCapture) -> CalibrationProcedure:
        """Take the point. Raises ChannelNotFound, CalibrationNotBegun and CalibrationUnsteady (what is missing)."""
        now = self._clock()
        async with self._database.transaction("calibration_capture") as connection:
            channel = await channel_of(connection, channel_id, hold=True)
            step = (await _procedure(connection, channel_id)).step
            if step is None:
                raise CalibrationNotBegun("The last point was taken already: begin the next step, or commit.")
            judged = await self._judge(connection, channel, step, now)
            if judged.sent is None or (judged.missing is not None and not wish.anyway):
                raise CalibrationUnsteady(judged.missing)
            point = CapturedPoint(
                capture=step.capture,
                sent=judged.sent,
                value=step.value,
                spread=judged.spread or 0.0,
                readings=judged.readings,
                captured_at=now,
            )
            await store.capture(connection, channel_id, point)
            return await self._look(connection, channel)

    async def commit(self, channel_id: int, wish: ProcedureCommit) -> Calibration:
        """Make a version of the points, and end. Raises as `CalibrationVersions.create`, and CalibrationNotBegun."""
        async with self._database.transaction("calibration_commit") as connection:
            channel = await channel_of(connection, channel_id, hold=True)
            known = await _procedure(connection, channel_id)
            points = _points(await store.captures(connection, channel_id))
            made = await make_version(
                connection, channel, points, from_=wish.from_, substrate=known.substrate, now=self._clock()
            )
            await store.end(connection, channel_id)
        self._news.device(channel.device_id)
        log_made(channel, made)
        return made

    async def cancel(self, channel_id: int) -> None:
        """End it without a result. Raises ChannelNotFound and CalibrationNotBegun."""
        async with self._database.transaction("calibration_cancel") as connection:
            await channel_of(connection, channel_id, hold=True)
            if not await store.end(connection, channel_id):
                raise CalibrationNotBegun

    async def _look(self, connection: Connection, channel: ChannelRow) -> CalibrationProcedure:
        known = await _procedure(connection, channel.id)
        captures = await store.captures(connection, channel.id)
        preview, missing = _preview(captures, channel)
        live = None if known.step is None else await self._live(connection, channel, known.step)
        return CalibrationProcedure(
            channel_id=channel.id,
            metric=channel.metric,
            sent_unit=channel.unit,
            unit=METRICS[channel.metric].unit,
            substrate=known.substrate,
            begun_at=known.begun_at,
            live=live,
            points=captures,
            preview=preview,
            missing=missing,
        )

    async def _live(self, connection: Connection, channel: ChannelRow, step: StepRow) -> LiveValue:
        judged = await self._judge(connection, channel, step, self._clock())
        return LiveValue(
            capture=step.capture,
            value=step.value,
            since=step.since,
            sent=judged.sent,
            readings=judged.readings,
            spread=judged.spread,
            tolerance=judged.tolerance,
            newest_at=judged.newest_at,
            steady=judged.missing is None,
            missing=judged.missing,
        )

    async def _judge(self, connection: Connection, channel: ChannelRow, step: StepRow, now: datetime) -> Judgement:
        readings = await store.newest(connection, channel.id, step.since, now, MOST_READINGS)
        return judge(readings, self._tongue, noise=noise(channel.metric, channel.unit), unit=channel.unit, now=now)


async def _procedure(connection: Connection, channel_id: int) -> ProcedureRow:
    known = await store.procedure(connection, channel_id)
    if known is None:
        raise CalibrationNotBegun
    return known


def _value(wish: ProcedureStep, metric: Metric) -> float:
    """Tell what the channel should say in a step."""
    value = wish.value
    if value is None and metric is Metric.SOIL_MOISTURE:
        value = KNOWN[wish.capture]
    if value is None:
        raise CalibrationInvalid(
            f"Dry or wet soil says nothing of {METRICS[metric].name.lower()}: name the `value` that it has there."
        )
    check_value(value, metric)
    return value


def _check_sides(capture: Capture, value: float, captures: Sequence[CapturedPoint]) -> None:
    """See that dry soil is not said to be as wet as wet soil."""
    for point in captures:
        upside_down = value >= point.value if capture is Capture.DRY else value <= point.value
        if OTHER.get(capture) == point.capture and upside_down:
            raise CalibrationInvalid(
                f"The points would be upside down: {capture} soil was to be {value:g}, "
                f"but {point.capture} soil was taken as {point.value:g}."
            )


def _points(captures: Sequence[CapturedPoint]) -> list[tuple[float, float]]:
    """Give the points of a calibration. Raises CalibrationInvalid, in words, for fewer than two."""
    if not captures:
        raise CalibrationInvalid("No point was taken yet: two are needed, such as dry and wet.")
    if len(captures) == 1:
        raise CalibrationInvalid(f"Only one point was taken ({captures[0].capture}): a second one is needed.")
    return [(point.sent, point.value) for point in captures]


def _preview(captures: Sequence[CapturedPoint], channel: ChannelRow) -> tuple[CalibrationPreview | None, str | None]:
    """Tell the calibration that the points would make, or what is still missing."""
    try:
        points = _points(captures)
        line = fit(points, channel.metric, channel.unit)
    except CalibrationInvalid as error:
        return None, error.detail
    return CalibrationPreview(factor=line.factor, offset=line.shift, points=fitted(points, line)), None
