"""Calibrating over HTTP, as a client with our library and one without it do."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from aioplantops.calibration import (
    CalibrationCreate,
    CalibrationNotBegun,
    CalibrationPoint,
    CalibrationUnsteady,
    Capture,
    ProcedureStep,
)
from aioplantops.client import PlantOpsClient
from aioplantops.history import PostedReading, ReadingsPost
from aioplantops.models import Scope
from aioplantops.telemetry import ChannelInfo

from tests.backend.api.conftest import House
from tests.backend.api.test_garden_api import ask

HOUR = timedelta(hours=1)


async def post(client: PlantOpsClient, *values: float, at: datetime, every: timedelta) -> int:
    """Post what a probe sends, volts, ending at a time; give its channel."""
    times = [at - every * back for back in range(len(values))][::-1]
    readings = tuple(
        PostedReading(c="soil", t=time.timestamp(), v=value) for time, value in zip(times, values, strict=True)
    )
    soil = ChannelInfo(metric="soil_moisture", unit="V")
    posted = await client.post_readings(ReadingsPost(device_id="probe", channels={"soil": soil}, readings=readings))
    assert posted.stored == len(values)
    return (await client.device("probe")).channels[0].id


async def test_the_library_calibrates_step_by_step(house: House, client: PlantOpsClient) -> None:
    hour = house.clock.hour()
    channel = await post(client, 2.8, 2.4, 2.0, at=hour - HOUR, every=HOUR)
    calibrator = client.calibrator(channel)
    with pytest.raises(CalibrationNotBegun):
        await calibrator.procedure()
    for capture, value in ((Capture.DRY, 2.8), (Capture.WET, 1.2)):
        told = await calibrator.begin(ProcedureStep(capture=capture))
        assert (told.live is None, (await calibrator.versions()).under_way) == (False, True)
        with pytest.raises(CalibrationUnsteady, match="No reading came yet"):
            await calibrator.capture()
        house.clock.ahead += timedelta(minutes=5)
        await post(client, *[value] * 6, at=house.clock(), every=timedelta(seconds=40))
        told = await calibrator.procedure()
        assert told.live is not None
        assert (told.live.steady, told.live.sent) == (True, value)
        await calibrator.capture()
    made = await calibrator.commit(hour - 9 * HOUR)
    known = await calibrator.versions()
    assert (known.versions, known.under_way) == ((made,), False)
    assert (await client.channel(channel)).unit == "%"
    history = await client.channel_history(channel, hour - 4 * HOUR, hour - HOUR / 2)
    assert [point.mean for point in history.points if point.count] == [
        pytest.approx(0, abs=1e-9),
        pytest.approx(25),
        pytest.approx(50),
    ]
    sent = await client.channel_history(channel, hour - 4 * HOUR, hour - HOUR / 2, as_sent=True)
    assert (sent.unit, [point.mean for point in sent.points if point.count]) == ("V", [2.8, 2.4, 2.0])
    lines = [line.split(",") async for line in client.export(hour - 2.5 * HOUR, hour - HOUR / 2)]
    assert [(line[3], float(line[5])) for line in lines[1:]] == [("V", 2.4), ("V", 2.0)]
    told_lines = client.export(hour - 2.5 * HOUR, hour - HOUR / 2, calibrated=True)
    assert [line.split(",")[3] async for line in told_lines] == ["unit", "%", "%"]
    await calibrator.begin(ProcedureStep(capture=Capture.DRY))
    await calibrator.cancel()
    again = CalibrationCreate(points=tuple(CalibrationPoint(sent=p.sent, value=p.value) for p in made.points))
    assert (await calibrator.create(again)).factor == pytest.approx(made.factor)
    for version in (await calibrator.versions()).versions:
        await calibrator.remove(version.id)
    assert (await client.channel(channel)).unit == "V"


POINTS = [{"sent": 2.8, "value": 0}, {"sent": 1.2, "value": 100}]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("", {"points": [POINTS[0]]}, (422, "invalid", "at least 2")),
        ("", {"points": POINTS * 11}, (422, "invalid", "at most 20")),
        ("", {"points": [POINTS[0], {"sent": 2.79, "value": 100}]}, (422, "calibration_invalid", "too close")),
        ("", {"points": [POINTS[0], {"sent": "1.2", "value": 100}]}, (422, "invalid", "number")),
        ("", {"points": POINTS, "from": "2026-11-01T08:30:00Z"}, (422, "invalid", "whole UTC hour")),
        ("", {"points": POINTS, "from": "2199-11-01T08:00:00Z"}, (422, "calibration_invalid", "future")),
        ("/procedure", {"capture": "reference"}, (422, "invalid", "needs a `value`")),
        ("/procedure", {"capture": "air"}, (422, "invalid", "'dry', 'wet' or 'reference'")),
        ("/procedure/capture", {}, (404, "calibration_not_begun", "begin one")),
        ("/procedure/commit", {}, (404, "calibration_not_begun", "begin one")),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    house: House, client: PlantOpsClient, path: str, body: Any, told: tuple[int, str, str]
) -> None:
    status, code, words = told
    channel = await post(client, 2.0, at=house.clock.hour(), every=HOUR)
    address = f"/api/v1/channels/{channel}/calibration{path}"
    refusal = await ask(house, "POST", address, body, scope=Scope.GARDEN, status=status)
    assert refusal["code"] == code
    assert words in str(refusal)
    assert (await ask(house, "POST", address, body, scope=Scope.CARE, status=403))["code"] == "scope_missing"
    listed = await ask(house, "GET", f"/api/v1/channels/{channel}/calibration", scope=Scope.READ)
    assert (listed["versions"], listed["unit"], listed["sent_unit"]) == ([], "V", "V")


async def test_numbers_that_are_none_are_refused(house: House, client: PlantOpsClient) -> None:
    channel = await post(client, 2.0, at=house.clock.hour(), every=HOUR)
    answer = await house.client.post(
        f"/api/v1/channels/{channel}/calibration",
        data='{"points": [{"sent": NaN, "value": 0}, {"sent": 1.2, "value": 100}]}',
        headers={**house.bearer(), "Content-Type": "application/json"},
    )
    assert (answer.status, "finite" in await answer.text()) == (422, True)
