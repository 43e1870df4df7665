"""A house that speaks German says everything in German: alerts, what ends them, messages, reasons, tasks, calendars."""

import ast
import importlib
import inspect
import json
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest
from aioplantops.calibration import CalibrationUnsteady, Capture, ProcedureCapture, ProcedureStep
from aioplantops.care import CareKind, CareLog
from aioplantops.notifications import ChannelKind, NotificationChannelCreate
from aioplantops.tasks import Recurrence, TaskComplete, TaskKind, TaskRuleCreate
from plantops.domain.tongue import TONGUES, Language, Speech
from plantops.services.calendars import Calendars

from tests.backend.services.growing import DAY, HOUR, MINUTE, NODE, Garden
from tests.backend.services.rooms import Rooms
from tests.backend.services.strangers import says, stranger
from tests.backend.services.telling import Post, Wall
from tests.servers import DatabaseServer

GERMAN = TONGUES[Language.DE]
HERE = Speech(GERMAN, ZoneInfo("Europe/Berlin"))


@pytest.fixture
async def rooms(embedded_server: DatabaseServer) -> AsyncIterator[Rooms]:
    """Give a garden of people who speak German."""
    async with embedded_server.migrated() as url, Rooms.open(url, speech=HERE) as opened:
        yield opened


async def test_a_german_house_is_told_of_alerts_in_german(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture", "temperature")
    post = Post(rooms.database, clock=Wall(rooms.clock()), tongue=GERMAN)
    async with stranger(says(204)) as discord:
        wish = {"kind": ChannelKind.DISCORD, "name": "Familie", "url": discord.discord}
        channel = await post.channels.create(NotificationChannelCreate.model_validate(wish))
        assert (await post.channels.test(channel.id)).delivered
        await garden.live(3 * HOUR, 10 * MINUTE, HOUR, soil_moisture=50.0, temperature=20.0)
        await garden.live(3 * HOUR, 10 * MINUTE, 30 * MINUTE, soil_moisture=22.0, temperature=9.5)
        post.clock.time = rooms.clock()
        await post.notifier.round()
        assert await post.after() == 1
        words = {alert.words for alert in await garden.alerts()}
        assert words == {
            "Der Boden von Basil ist bei 22 %, unter der Grenze von 30 %: Zeit zu gießen.",
            "Basil hat 9,5 °C, unter der Grenze von 16,0 °C: Der Platz ist zu kalt.",
        }
        await rooms.care.log(garden.plant.id, CareLog(litres=0.5))
        await garden.live(3 * HOUR, 10 * MINUTE, 30 * MINUTE, soil_moisture=60.0, temperature=20.0)
    endings = {alert.ending for alert in await garden.alerts(is_open=None)}
    assert endings == {"Wieder bei 60 %.", "Wieder bei 20,0 °C."}
    trial, told = (json.loads(heard.body)["embeds"][0] for heard in discord.heard)
    assert trial["title"] == "Nachrichten von PlantOps kommen hier an"
    assert "Kanals „Familie“" in trial["description"]
    assert told["title"].endswith(", und 1 weitere")
    for sentence in ("Basil ist zu trocken: ", "Basil steht zu kalt: ", *words):
        assert sentence in told["description"]


async def test_a_silent_node_is_told_with_german_times(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(4 * HOUR, 10 * MINUTE, soil_moisture=22.0)
    since = f"seit dem {HERE.moment(rooms.clock())}"
    await garden.live(2 * HOUR, 10 * MINUTE)
    dry, silent = await garden.alerts()
    assert silent.words == (
        f"{NODE} hat sich {since} nicht gemeldet, gewöhnlich aber alle paar Minuten. Bitte nach Strom und WLAN sehen."
    )
    assert dry.held == f"{NODE} hat sich {since} nicht gemeldet."


async def test_a_probe_that_is_calibrated_says_in_german_what_is_missing(rooms: Rooms) -> None:
    await Garden.planted(rooms, "soil_moisture")
    channel = await rooms.channel(NODE)
    procedure = await rooms.procedures.begin(channel, ProcedureStep(capture=Capture.DRY))
    assert procedure.live is not None
    assert procedure.live.missing == "Noch kam kein Wert: bitte warten, bis das Gerät sich meldet."
    rooms.clock.now += MINUTE
    await rooms.store(NODE, [("soil_moisture", rooms.clock.now, 12.0)])
    with pytest.raises(CalibrationUnsteady, match="1 von 5 Werten kamen: bitte noch auf 4 warten"):
        await rooms.procedures.capture(channel, ProcedureCapture())


async def test_tasks_logs_reasons_and_the_calendar_are_german_too(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    for days in (20, 10):
        await rooms.care.log(garden.plant.id, CareLog(at=rooms.clock() - days * DAY, litres=0.5))
    plant = await rooms.garden.plant(garden.plant.id)
    assert plant.next_watering is not None
    assert plant.next_watering.reason == "Laut Pflegebuch wurde etwa alle 10 Tage gegossen."
    rule = TaskRuleCreate(plant_id=garden.plant.id, kind=TaskKind.PHOTO, by=Recurrence.INTERVAL, every=3)
    assert (await rooms.rules.create(rule)).title == "Basil fotografieren"
    tasks = {task.kind: task for task in (await rooms.tasks.page(None, 10)).items}
    assert {task.title for task in tasks.values()} == {"Basil fotografieren", "Basil gießen"}
    await rooms.tasks.complete(tasks[TaskKind.PHOTO].id, TaskComplete())
    noted = [one for one in (await rooms.care.page(garden.plant.id, None, 10)).items if one.kind is CareKind.NOTE]
    assert [one.note for one in noted] == ["Basil fotografieren: erledigt."]
    calendars = Calendars(rooms.database, HERE.zone, rooms.clock, GERMAN)
    _, secret = await calendars.create("Telefon")
    text = (await calendars.read(secret))[0].decode()
    for line in ("//DE", "SUMMARY:Basil gegossen (0\\,5 l)", "SUMMARY:Basil gießen", "CATEGORIES:Pflanzen,Zu tun"):
        assert line in text


def test_the_front_door_gives_its_language_to_everybody_who_speaks() -> None:
    told: dict[str, bool] = {}
    for name in ("plantops.app", "plantops.voices", "plantops.waterworks"):
        module = importlib.import_module(name)
        calls = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call)]
        for call in calls:
            built = getattr(module, ast.unparse(call.func), None)
            if not inspect.isclass(built) or not built.__module__.startswith("plantops."):
                continue
            if "tongue" in inspect.signature(built).parameters:
                told[built.__name__] = "tongue" in ast.unparse(call)
    assert len(told) > 10
    assert [name for name, speaks in told.items() if not speaks] == [], "they would speak English in a German house"
