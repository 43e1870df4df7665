"""Judges devices, their sensors and batteries, and tells whose readings are not to be believed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from aioplantops.alerts import Alert, AlertKind
from aioplantops.severity import Severity

from plantops.domain import alert_battery, alert_silence
from plantops.domain.alert_faults import DAY, MUTE_LEAST, PAST, RAILS, Past, Sensor, fault, mute, still
from plantops.domain.alert_silence import Rhythm, Signs
from plantops.domain.alerts import Finding, Over, Subject, Verdict
from plantops.domain.tongue import Speech
from plantops.storage import alert_devices as store
from plantops.storage import alert_sight, calibration
from plantops.storage.alert_devices import SensorRow
from plantops.storage.pool import Connection

from .alert_plants import Doubts
from .alerts import keep, known, settle

BATTERY_DAYS = timedelta(days=90)
STALE_LEAST = timedelta(hours=6)
"""A newest reading of a device that is heard may be so old at least: nodes that were offline send the oldest first."""
AT_ONCE = 500
"""Sensors whose hours are read in one go."""


class DeviceJudge:
    """Judges devices; remembers whom it heard when, and which sensors it does not believe."""

    def __init__(self, speech: Speech) -> None:
        """Take how the house speaks."""
        self._speech = speech
        self._tongue = speech.tongue
        self._heard: dict[str, datetime] = {}
        self.doubts = Doubts()

    def begin(self) -> None:
        """Forget whom one heard: somebody else, or nobody, has listened meanwhile."""
        self._heard = {}

    async def listen(self, connection: Connection, now: datetime, listening_since: datetime) -> set[UUID]:
        """Learn from who was heard, and judge who was not; give the ids of the alerts with news.

        The plants of devices that fell silent, or were heard again, are noted. Needs a transaction.
        """
        devices = await store.devices(connection)
        subjects = [Subject(AlertKind.DEVICE_SILENT, device_id=signs.device_id) for signs in devices]
        alerts = await known(connection, subjects, now)
        alarmed = {alert.device_id: alert.opened_at for alert in alerts if alert.resolved_at is None}
        learnt: dict[str, Rhythm] = {}
        for index, signs in enumerate(devices):
            if (rhythm := self._learn(signs, now, alarmed=signs.device_id in alarmed)) is not None:
                learnt[signs.device_id] = rhythm
                devices[index] = replace(signs, rhythm=rhythm)
        if learnt:
            await store.keep_rhythms(connection, learnt, now)
        verdicts = [
            alert_silence.judge(signs, now, listening_since, self._speech, opened_at=alarmed.get(signs.device_id))
            for signs in devices
        ]
        news = await settle(connection, verdicts, alerts, now, self._tongue)
        await self._doubt(connection, devices, verdicts, now)
        return news

    def _learn(self, signs: Signs, now: datetime, *, alarmed: bool) -> Rhythm | None:
        """Learn from when a device was heard; None: nothing new."""
        before = self._heard.get(signs.device_id)
        self._heard[signs.device_id] = signs.last_seen
        if before is None or signs.last_seen <= before:
            return None
        pause = signs.last_seen - before
        return None if signs.rhythm.knows(pause, now) else signs.rhythm.after(pause, now, alarmed=alarmed)

    async def _doubt(
        self, connection: Connection, devices: Sequence[Signs], verdicts: Sequence[Verdict], now: datetime
    ) -> None:
        silent = {
            signs.device_id: self._tongue.alerts.silent.format(
                name=signs.name, since=self._speech.moment(signs.last_seen)
            )
            for signs, verdict in zip(devices, verdicts, strict=True)
            if isinstance(verdict, Finding)
        }
        changed = silent.keys() ^ self.doubts.devices.keys()
        if changed:
            await alert_sight.note_plants_of(connection, changed, now)
        self.doubts.devices = silent
        self.doubts.patience = {signs.device_id: max(STALE_LEAST, signs.patience) for signs in devices}

    async def look_at_sensors(self, connection: Connection, now: datetime) -> set[UUID]:
        """Judge the sensors that serve plants; give the ids of the alerts with news. Needs a transaction."""
        rows = await store.sensors(connection, RAILS, now)
        alerts = await _open_faults(connection, now)
        faults: dict[int, str] = {}
        for some in batched(rows, AT_ONCE, strict=False):
            faults |= await self._faults(connection, some, now, {alert.device_id for alert in alerts})
        by_device: dict[str, list[tuple[SensorRow, str]]] = {}
        for row in rows:
            if row.channel_id in faults:
                by_device.setdefault(row.device_id, []).append((row, faults[row.channel_id]))
        verdicts: list[Verdict] = [_finding(found) for found in by_device.values()]
        verdicts += [
            Over(Subject(alert.kind, device_id=alert.device_id), self._tongue.alerts.sound)
            for alert in alerts
            if alert.device_id not in by_device
        ]
        changed = {
            row.device_id for row in rows if (row.channel_id in faults) != (row.channel_id in self.doubts.channels)
        }
        if changed:
            await alert_sight.note_plants_of(connection, changed, now)
        names = {row.channel_id: row.name for row in rows}
        self.doubts.channels = {
            channel_id: self._tongue.alerts.doubted.format(name=names[channel_id]) for channel_id in faults
        }
        return await keep(connection, verdicts, now, self._tongue) if verdicts else set()

    async def _faults(
        self, connection: Connection, rows: Sequence[SensorRow], now: datetime, opened: Collection[str | None]
    ) -> dict[int, str]:
        """Tell what is wrong with some sensors, by channel."""
        sensors = await _sensors(connection, rows, now)
        suspects = [row for row in rows if still(sensors[row.channel_id], now) or _silent_for(row) > MUTE_LEAST]
        pasts = await _pasts(connection, suspects, now)
        found = {}
        for row in rows:
            past, is_open = pasts.get(row.channel_id), row.device_id in opened
            words = fault(sensors[row.channel_id], past, now, self._tongue, is_open=is_open)
            silent = past is not None and mute(_silent_for(row), past, is_open=is_open)
            if words is None and silent and row.time is not None:
                words = self._tongue.alerts.mute.format(name=row.name, since=self._speech.moment(row.time))
            if words is not None:
                found[row.channel_id] = words
        return found

    async def look_at_batteries(self, connection: Connection, now: datetime) -> set[UUID]:
        """Judge the batteries of devices; give the ids of the alerts with news. Needs a transaction."""
        batteries = await store.batteries(connection, now - BATTERY_DAYS)
        subjects = [Subject(AlertKind.BATTERY_LOW, device_id=battery.device_id) for battery in batteries]
        alerts = await known(connection, subjects, now)
        opened = {alert.device_id for alert in alerts if alert.resolved_at is None}
        judged = [
            alert_battery.judge(battery, self._tongue, is_open=battery.device_id in opened) for battery in batteries
        ]
        verdicts = [verdict for verdict in judged if verdict is not None]
        return await settle(connection, verdicts, alerts, now, self._tongue)


def _finding(found: Sequence[tuple[SensorRow, str]]) -> Finding:
    row = found[0][0]
    return Finding(
        Subject(AlertKind.SENSOR_FAULT, device_id=row.device_id),
        Severity.WARNING,
        f"{row.device_name}: {' '.join(words for _, words in found)}",
        channel_id=row.channel_id,
    )


async def _sensors(connection: Connection, rows: Sequence[SensorRow], now: datetime) -> dict[int, Sensor]:
    """Give some sensors, with their last day where something may be wrong, by channel."""
    calibrations = await calibration.of_channels(connection, [row.channel_id for row in rows])
    sensors = {}
    for row in rows:
        calibrated = calibrations.get(row.channel_id)
        line = None if calibrated is None else calibrated.line_at(now)
        sensors[row.channel_id] = Sensor(row.channel_id, row.name, row.metric, row.unit, (), line)
    if suspects := await store.suspects(connection, sensors.values(), now - DAY):
        for channel_id, hours in (await store.hours(connection, suspects, now - DAY)).items():
            sensors[channel_id] = replace(sensors[channel_id], hours=hours)
    return sensors


async def _pasts(connection: Connection, suspects: Sequence[SensorRow], now: datetime) -> Mapping[int, Past]:
    if not suspects:
        return {}
    ids = [row.channel_id for row in suspects]
    found = await store.pasts(connection, ids, now - DAY - PAST, now - DAY)
    return {channel_id: found.get(channel_id, Past(0, 0)) for channel_id in ids}


def _silent_for(row: SensorRow) -> timedelta:
    """Tell for how long a sensor had said nothing when its device was heard last."""
    if row.time is None or row.last_seen is None:
        return timedelta()
    return row.last_seen - row.time


async def _open_faults(connection: Connection, now: datetime) -> list[Alert]:
    subjects = [Subject(AlertKind.SENSOR_FAULT, device_id=signs.device_id) for signs in await store.devices(connection)]
    return [alert for alert in await known(connection, subjects, now) if alert.resolved_at is None]
