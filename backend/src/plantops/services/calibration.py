"""What a channel's numbers mean: versions of a line, made of points, listed and taken back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid7

import structlog
from aioplantops.calibration import (
    Calibration,
    CalibrationCreate,
    CalibrationInvalid,
    CalibrationNotFound,
    ChannelCalibration,
    FittedPoint,
    TooManyCalibrations,
)
from aioplantops.errors import ChannelNotFound
from aioplantops.metrics import METRICS

from plantops.domain.calibration import Points, fit
from plantops.domain.resolution import HOUR, Line, floor
from plantops.ops.logs import Clock
from plantops.storage import calibration as store
from plantops.storage import care, hints, procedure
from plantops.storage.calibration import ChannelRow, VersionRow
from plantops.storage.pool import Connection, Database

from .news import News

log = structlog.get_logger()

MOST_VERSIONS = 200
"""Versions of one channel: a probe that is calibrated every week of four years."""


class CalibrationVersions:
    """Makes, lists and removes calibrations."""

    def __init__(self, database: Database, *, news: News, clock: Clock) -> None:
        """Take the store, who wants to hear of changes, and the clock (aware UTC)."""
        self._database = database
        self._news = news
        self._clock = clock

    async def of_channel(self, channel_id: int) -> ChannelCalibration:
        """List a channel's versions, the newest hour first, and whether another is made. Raises ChannelNotFound."""
        async with self._database.snapshot("calibrations") as connection:
            channel = await channel_of(connection, channel_id)
            versions = _told(channel, await store.versions(connection, channel_id))
            under_way = await procedure.procedure(connection, channel_id) is not None
        unit = METRICS[channel.metric].unit if any(one.in_force for one in versions) else channel.unit
        return ChannelCalibration(
            channel_id=channel_id,
            metric=channel.metric,
            sent_unit=channel.unit,
            unit=unit,
            under_way=under_way,
            versions=tuple(versions),
        )

    async def create(self, channel_id: int, wish: CalibrationCreate) -> Calibration:
        """Make a version of known points. Raises ChannelNotFound, CalibrationInvalid and TooManyCalibrations."""
        points = [(point.sent, point.value) for point in wish.points]
        async with self._database.transaction("calibrate") as connection:
            channel = await channel_of(connection, channel_id, hold=True)
            made = await make_version(
                connection, channel, points, from_=wish.from_, substrate=wish.substrate, now=self._clock()
            )
        self._news.device(channel.device_id)
        log_made(channel, made)
        return made

    async def remove(self, channel_id: int, version_id: UUID) -> None:
        """Take a version back; what held before holds again. Raises ChannelNotFound and CalibrationNotFound."""
        async with self._database.transaction("uncalibrate") as connection:
            channel = await channel_of(connection, channel_id, hold=True)
            if not await store.remove(connection, channel_id, version_id):
                raise CalibrationNotFound
            await care.note_channel(connection, channel_id, self._clock())
        self._news.device(channel.device_id)
        log.info(
            "calibration_removed",
            channel_id=channel_id,
            device_id=channel.device_id,
            calibration_id=str(version_id),
        )


async def channel_of(connection: Connection, channel_id: int, *, hold: bool = False) -> ChannelRow:
    """Give a channel; held, nobody else calibrates it until the transaction ends. Raises ChannelNotFound."""
    channel = await store.channel(connection, channel_id, hold=hold)
    if channel is None:
        raise ChannelNotFound
    return channel


async def make_version(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
    connection: Connection,
    channel: ChannelRow,
    points: Points,
    *,
    from_: datetime | None,
    substrate: str | None,
    now: datetime,
) -> Calibration:
    """Add a version to a channel that this transaction holds. Raises CalibrationInvalid and TooManyCalibrations."""
    begin = from_ or floor(now, HOUR)
    if begin > now:
        words = begin.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        raise CalibrationInvalid(f"A calibration cannot begin in the future ({words}): leave `from` out for this hour.")
    line = fit(points, channel.metric, channel.unit)
    row = VersionRow(uuid7(), begin, channel.metric, channel.unit, line, points, substrate, now)
    known = await store.versions(connection, channel.id)
    if len(known) >= MOST_VERSIONS:
        raise TooManyCalibrations
    await store.add(connection, channel.id, row)
    await hints.forget(connection, channel.id)
    await care.note_channel(connection, channel.id, now)
    versions = _told(channel, await store.versions(connection, channel.id))
    return next(version for version in versions if version.id == row.id)


def log_made(channel: ChannelRow, made: Calibration) -> None:
    """Write down that a channel speaks otherwise from now on."""
    log.info(
        "channel_calibrated",
        channel_id=channel.id,
        device_id=channel.device_id,
        calibration_id=str(made.id),
        since=made.from_.isoformat(),
        factor=made.factor,
        offset=made.offset,
    )


def fitted(points: Points, line: Line) -> tuple[FittedPoint, ...]:
    """Tell how well a line meets its points."""
    return tuple(FittedPoint(sent=sent, value=value, residual=line(sent) - value) for sent, value in points)


def _told(channel: ChannelRow, rows: Sequence[VersionRow]) -> list[Calibration]:
    """Tell versions, the newest hour first, each with the hour at which the next one that holds begins."""
    told: list[Calibration] = []
    following: datetime | None = None
    for row in rows:
        in_force = row.from_ != following and (row.metric, row.sent_unit) == (channel.metric, channel.unit)
        told.append(
            Calibration.model_construct(
                id=row.id,
                channel_id=channel.id,
                from_=row.from_,
                until=following if in_force else None,
                in_force=in_force,
                factor=row.line.factor,
                offset=row.line.shift,
                sent_unit=row.sent_unit,
                unit=METRICS[row.metric].unit,
                points=fitted(row.points, row.line),
                substrate=row.substrate,
                created_at=row.created_at,
            )
        )
        if in_force:
            following = row.from_
    return told
