"""A probe's volts become per cent: in the past, now, on the stream and on their way out; and no longer when undone."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aioplantops.calibration import (
    Calibration,
    CalibrationCreate,
    CalibrationInvalid,
    CalibrationNotFound,
    TooManyCalibrations,
)
from aioplantops.errors import ChannelNotFound
from aioplantops.metrics import Metric
from aioplantops.models import Channel, Device
from plantops.domain.resolution import Span
from plantops.services import calibration
from plantops.services.export import Selection

from tests.backend.services.intake import NOON
from tests.backend.services.listening import Listening, agree, until
from tests.backend.services.rooms import SOIL, Rooms

HOUR = timedelta(hours=1)
DRY, WET = 2.8, 1.2
"""What a capacitive probe sends, V."""


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give a garden with a probe that sends volts every half hour, on each kind of database."""
    async with Rooms.open(database) as opened:
        await opened.store("plant-1", [("soil_moisture", NOON - 30 * HOUR, 2.0)])
        async with opened.database.acquire() as connection:
            await connection.execute("UPDATE channel SET unit = 'V', sent_unit = 'V'")
        opened.registry.forget_all()
        times = (NOON - 9 * HOUR + step * HOUR / 2 for step in range(18))
        await opened.store("plant-1", [("soil_moisture", time, 2.0 + 0.02 * step) for step, time in enumerate(times)])
        yield opened


async def calibrate(rooms: Rooms, from_: datetime | None = None, dry: float = DRY, **more: Any) -> Calibration:
    """Calibrate the probe from an hour on."""
    points = [{"sent": dry, "value": 0}, {"sent": WET, "value": 100}]
    wish = CalibrationCreate.model_validate({"points": points, "from": from_, **more})
    return await rooms.calibrations.create(await rooms.channel("plant-1"), wish)


def percent(sent: float, dry: float = DRY) -> Any:
    return pytest.approx(100 * (dry - sent) / (dry - WET))


async def probe(rooms: Rooms) -> Channel:
    """Give the probe's channel as the API tells it, the same wherever it is told."""
    alone = await rooms.devices.channel(await rooms.channel("plant-1"))
    device = await rooms.garden.device("plant-1")
    told = [one for one in Device.model_validate(device).channels if one.id == alone.id]
    assert told == [alone]
    return alone


async def test_a_probe_speaks_volts_until_it_is_calibrated(rooms: Rooms) -> None:
    channel = await probe(rooms)
    assert channel.latest is not None
    assert (channel.unit, channel.calibrated, channel.latest.value) == ("V", False, 2.34)
    made = await calibrate(rooms)
    assert (made.from_, made.until, made.in_force, made.sent_unit, made.unit) == (NOON, None, True, "V", "%")
    channel = await probe(rooms)
    assert (channel.unit, channel.calibrated, channel.latest) == ("%", True, None), "no reading since this hour began"
    await rooms.store("plant-1", [("soil_moisture", NOON + timedelta(seconds=1), 2.4)])
    channel = await probe(rooms)
    assert channel.latest is not None
    assert channel.latest.value == percent(2.4)


async def test_a_calibration_works_back_into_the_past(rooms: Rooms) -> None:
    await calibrate(rooms, NOON - 99 * HOUR)
    channel = await probe(rooms)
    assert channel.latest is not None
    assert channel.latest.value == percent(2.34)
    history = await rooms.histories.of_channel(channel.id, Span(NOON - 10 * HOUR, NOON), 500)
    assert history.unit == "%"
    assert [point.mean for point in history.points] == [percent(2.0 + 0.02 * step) for step in range(18)]
    hours = await rooms.histories.of_channel(channel.id, Span(NOON - 10 * HOUR, NOON), 10)
    assert hours.bucket_seconds == 3_600
    assert [(point.min, point.mean, point.max) for point in hours.points] == [
        (percent(2.02 + 0.04 * hour), percent(2.01 + 0.04 * hour), percent(2.0 + 0.04 * hour)) for hour in range(9)
    ], "the most volts are the least moisture"
    as_sent = await rooms.histories.of_channel(channel.id, Span(NOON - HOUR, NOON), 10, as_sent=True)
    assert (as_sent.unit, [point.mean for point in as_sent.points]) == ("V", [2.32, 2.34])


async def test_a_chart_shows_what_can_be_told_in_its_newest_unit(rooms: Rooms) -> None:
    await calibrate(rooms, NOON - 4 * HOUR)
    channel = await rooms.channel("plant-1")
    across = await rooms.histories.of_channel(channel, Span(NOON - 10 * HOUR, NOON), 500)
    assert (across.unit, len(across.points), across.points[0].time) == ("%", 8, NOON - 4 * HOUR)
    before = await rooms.histories.of_channel(channel, Span(NOON - 10 * HOUR, NOON - 4 * HOUR), 500)
    assert (before.unit, before.points[0].mean) == ("V", 2.0)
    plant = await rooms.plant()
    await rooms.assign(plant.id, channel, NOON - 6 * HOUR)
    felt = await rooms.histories.of_plant(plant.id, SOIL, Span(NOON - 10 * HOUR, NOON), 500)
    assert felt.points == across.points


async def test_the_version_made_last_holds_and_the_one_before_comes_back(rooms: Rooms) -> None:
    one = await calibrate(rooms, NOON - 6 * HOUR)
    two = await calibrate(rooms, NOON - 3 * HOUR, 3.0, substrate="Coir")
    three = await calibrate(rooms, NOON - 3 * HOUR, 3.2)
    channel = await rooms.channel("plant-1")
    told = await rooms.calibrations.of_channel(channel)
    assert [(version.id, version.until, version.in_force) for version in told.versions] == [
        (three.id, None, True),
        (two.id, None, False),
        (one.id, NOON - 3 * HOUR, True),
    ]
    assert (told.sent_unit, told.unit, told.versions[1].substrate) == ("V", "%", "Coir")
    assert [point.residual for point in three.points] == [pytest.approx(0, abs=1e-9)] * 2
    for undone, dry in ((None, 3.2), (three, 3.0), (two, DRY)):
        if undone is not None:
            await rooms.calibrations.remove(channel, undone.id)
        latest = (await probe(rooms)).latest
        assert latest is not None
        assert latest.value == percent(2.34, dry)
    await rooms.calibrations.remove(channel, one.id)
    assert ((await probe(rooms)).unit, (await rooms.calibrations.of_channel(channel)).unit) == ("V", "V")
    with pytest.raises(CalibrationNotFound):
        await rooms.calibrations.remove(channel, one.id)


async def test_a_channel_that_is_declared_anew_is_not_calibrated_any_more(rooms: Rooms) -> None:
    await calibrate(rooms, NOON - 6 * HOUR)
    async with rooms.database.acquire() as connection:
        await connection.execute("UPDATE channel SET unit = '%', sent_unit = '%'")
    channel = await probe(rooms)
    assert (channel.unit, channel.calibrated) == ("%", False)
    assert not (await rooms.calibrations.of_channel(channel.id)).versions[0].in_force


async def test_what_people_see_ends_where_per_cents_end_but_charts_do_not(rooms: Rooms) -> None:
    await calibrate(rooms, NOON - 99 * HOUR, 2.3)
    channel = await probe(rooms)
    assert channel.latest is not None
    assert channel.latest.value == 0.0
    history = await rooms.histories.of_channel(channel.id, Span(NOON - HOUR, NOON), 10)
    assert history.points[-1].mean == percent(2.34, 2.3)
    assert history.points[-1].mean is not None
    assert history.points[-1].mean < 0


async def test_listeners_see_values_change(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON - 20 * HOUR)
    one, later = Listening(rooms), Listening(rooms)

    def felt(listening: Listening) -> tuple[float, str]:
        value = listening.heard.garden.value(plant.id, SOIL)
        assert value is not None
        return value.value, value.unit

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one.run())]
        await one.joined.wait()
        assert felt(one) == (2.34, "V")
        first = await calibrate(rooms, NOON - 9 * HOUR)
        await until(lambda: felt(one) == (percent(2.34), "%"))
        await rooms.store("plant-1", [("soil_moisture", NOON, 2.5)])
        await until(lambda: felt(one) == (percent(2.5), "%"))
        rooms.hub.changed(newest=["plant-1"])  # as another backend would announce it
        running.append(tasks.create_task(later.run()))
        await later.joined.wait()
        await agree(rooms, [one, later])
        await rooms.store("plant-1", [("soil_moisture", NOON - 40 * HOUR, 2.5)])
        await rooms.calibrations.remove(await rooms.channel("plant-1"), first.id)
        await until(lambda: felt(later) == (2.5, "V"))
        await agree(rooms, [one, later])
        for task in running:
            task.cancel()


async def test_what_was_sent_is_exported_unless_it_is_wanted_calibrated(rooms: Rooms) -> None:
    await calibrate(rooms, NOON - HOUR)
    span = Span(NOON - 2 * HOUR, NOON)

    async def taken(**selection: Any) -> list[tuple[str, float]]:
        written = bytearray()

        async def write(chunk: bytes) -> None:
            written.extend(chunk)

        async with rooms.exports.open(Selection(span=span, **selection)) as export:
            await export.write(write)
        return [(line["unit"], float(line["value"])) for line in csv.DictReader(io.StringIO(written.decode()))]

    sent = [2.0 + 0.02 * step for step in range(14, 18)]
    assert await taken() == [("V", one) for one in sent], "to the last bit"
    plant = await rooms.plant()
    channel = await rooms.channel("plant-1")
    await rooms.assign(plant.id, channel, NOON - 9 * HOUR)
    for selection in ({"channel_id": channel}, {"plant_id": plant.id}, {"device_id": "plant-1"}, {}):
        told = await taken(calibrated=True, **selection)
        assert told == [("V", sent[0]), ("V", sent[1]), ("%", percent(sent[2])), ("%", percent(sent[3]))]


async def test_what_makes_no_calibration_is_refused_and_changes_nothing(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CalibrationInvalid, match="too close"):
        await calibrate(rooms, dry=1.21)
    with pytest.raises(CalibrationInvalid, match=r"future \(2026-11-20 13:00 UTC\)"):
        await calibrate(rooms, NOON + HOUR)
    with pytest.raises(ChannelNotFound):
        await rooms.calibrations.of_channel(99)
    monkeypatch.setattr(calibration, "MOST_VERSIONS", 1)
    one = await calibrate(rooms)
    with pytest.raises(TooManyCalibrations):
        await calibrate(rooms)
    with pytest.raises(CalibrationNotFound):
        await rooms.calibrations.remove(await rooms.channel("plant-1"), UUID(int=7))
    versions = (await rooms.calibrations.of_channel(await rooms.channel("plant-1"))).versions
    assert versions == (one,)


async def test_a_thermometer_can_be_corrected(rooms: Rooms) -> None:
    await rooms.store("plant-2", [("temperature", NOON, 20.5)])
    wish = {"points": [{"sent": 0.4, "value": 0}, {"sent": 100.9, "value": 100}]}
    channel = await rooms.channel("plant-2", "temperature")
    made = await rooms.calibrations.create(channel, CalibrationCreate.model_validate(wish))
    assert (made.sent_unit, made.unit) == ("°C", "°C")
    latest = (await rooms.devices.channel(channel)).latest
    assert latest is not None
    assert latest.value == pytest.approx(20)
    assert (await rooms.calibrations.of_channel(channel)).metric is Metric.TEMPERATURE
