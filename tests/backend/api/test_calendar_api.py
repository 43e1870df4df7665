"""The calendar feed: its secret, what is in it, and that a second reader of the format agrees."""

import re
from datetime import timedelta

import pytest
from aioplantops.calendar import CalendarFeedNotFound
from aioplantops.care import CareKind, CareLog
from aioplantops.client import PlantOpsClient
from aioplantops.models import PlantChange, PlantCreate, Scope
from aioplantops.tasks import TaskKind, TaskRuleCreate
from structlog.testing import capture_logs

from tests.backend.api.conftest import House

LONG = "Ä very long note; with a comma, a semicolon, 🌱 and a\nsecond line. " * 4


def unfolded(text: str) -> list[str]:
    """Read the lines of RFC 5545, 3.1, by hand: the library that writes them is not asked."""
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")


def entries(text: str) -> dict[str, dict[str, str]]:
    """Read the events by their UIDs."""
    found: dict[str, dict[str, str]] = {}
    event: dict[str, str] = {}
    for line in unfolded(text):
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            found[event["UID"]] = event
        elif ":" in line:
            name, value = re.split(":", line, maxsplit=1)
            event[name] = value
    return found


async def test_a_calendar_reads_what_is_to_be_done_and_what_was(house: House, client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Basil, sweet"))
    await client.change_plant(plant.id, PlantChange(area="Balcony"))
    at = house.clock() - timedelta(days=2)
    event = await client.log_care(plant.id, CareLog(kind=CareKind.WATERED, at=at, litres=0.5, note=LONG))
    await client.log_care(plant.id, CareLog(kind=CareKind.PRUNED, at=at - timedelta(days=400)))
    rule = TaskRuleCreate(plant_id=plant.id, kind=TaskKind.MISTED, every=2, due_time="18:30")
    await client.create_task_rule(rule)
    feed = await client.create_calendar_feed("Phone")
    answer = await house.client.get(feed.path)
    assert (answer.status, answer.content_type) == (200, "text/calendar")
    told = entries(await answer.text())
    watering, misting = sorted([task async for task in client.tasks()], key=lambda task: task.kind, reverse=True)
    identity = (await client.health()).instance_id
    assert set(told) == {f"{one.id}@{identity}.plantops" for one in (event, watering, misting)}
    by_title = {one["SUMMARY"]: one for one in told.values()}
    done = by_title["Watered Basil\\, sweet (0.5 l)"]
    assert done["DESCRIPTION"].startswith("Ä very long note\\; with a comma\\, a semicolon\\, 🌱 and a\\nsecond")
    assert done["LOCATION"] == "Balcony"
    assert "DTSTART;TZID=Europe/Berlin" in done
    assert re.fullmatch(r"\d{8}", by_title["Water Basil\\, sweet"]["DTSTART;VALUE=DATE"])
    assert by_title["Mist Basil\\, sweet"]["DTSTART;TZID=Europe/Berlin"].endswith("T183000")
    again = await house.client.get(feed.path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert "max-age=300" in again.headers["Cache-Control"]
    await client.complete_task(watering.id)
    changed = await house.client.get(feed.path, headers={"If-None-Match": answer.headers["ETag"]})
    assert changed.status == 200


async def test_a_secret_opens_the_calendar_until_it_is_revoked_and_stands_nowhere(
    house: House, client: PlantOpsClient
) -> None:
    feed = await client.create_calendar_feed("Phone")
    secret = feed.path.rpartition("/")[2].removesuffix(".ics")
    assert (await house.client.get(feed.path)).status == 200
    (listed,) = [one async for one in client.calendar_feeds()]
    assert listed.last_used_at is not None
    answers = [await house.client.get(f"/api/v1/calendar/{wrong}.ics") for wrong in ("A" * 43, "short", secret[::-1])]
    bodies = [await answer.json() for answer in answers]
    assert [(body["status"], body["code"]) for body in bodies] == [(404, "calendar_feed_not_found")] * 3
    assert (await house.client.get("/api/v1/tasks", headers={"Authorization": f"Bearer {secret}"})).status == 401
    async with house.database.acquire() as connection:
        await connection.execute("ALTER TABLE calendar_feed RENAME TO gone")
        with capture_logs() as said:
            assert (await house.client.get(feed.path)).status == 500
        await connection.execute("ALTER TABLE gone RENAME TO calendar_feed")
    assert [line["path"] for line in said if line["event"] == "request_broke"] == ["/api/v1/calendar/…"]
    assert secret not in str(said)
    await client.delete_calendar_feed(feed.id)
    assert (await house.client.get(feed.path)).status == 404
    with pytest.raises(CalendarFeedNotFound):
        await client.delete_calendar_feed(feed.id)
    made = await house.client.post("/api/v1/calendar-feeds", json={"name": "x"}, headers=house.bearer(Scope.GARDEN))
    assert made.status == 403
