"""Devices introduce themselves."""

from datetime import timedelta
from typing import Any

import pytest
from aioplantops.errors import DeviceNotWritable
from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import Info
from plantops.domain.intake import InfoNews, Reason, StatusNews

from tests.backend.services.intake import NOON, Intake, envelope

CHANNELS = "SELECT key, name, metric, unit, sent_unit FROM channel ORDER BY key"


def info(device_id: str, *, kind: DeviceKind = DeviceKind.PLANTOPS, **said: Any) -> InfoNews:
    """Write a device's introduction; `channels` maps keys to (metric, unit, name)."""
    fields = ("metric", "unit", "name")
    channels = {key: dict(zip(fields, words, strict=False)) for key, words in said.pop("channels", {}).items()}
    return InfoNews(device_id, Info.model_validate(said | {"channels": channels}), NOON, kind)


async def hear(house: Intake, *news: InfoNews | StatusNews) -> None:
    await house.discovery.hear(house.connection, news)


async def test_a_device_introduces_itself_and_its_channels(database: str) -> None:
    async with Intake.open(database) as house:
        said = info(
            "plant-1",
            name="Window sill",
            model="Node 2",
            firmware="1.4",
            hardware_id="a0b1c2d3e4f5",
            sleep_seconds=600,
            channels={
                "probe_a": ("soil_moisture", "V", "Fern"),
                "air": ("temperature", "°F"),
                "soil_moisture_2": ("soil_moisture",),
            },
        )
        await hear(house, said)
        assert await house.rows("SELECT name, model, firmware, hardware_id, sleep_seconds, kind FROM device") == [
            ("Window sill", "Node 2", "1.4", "a0b1c2d3e4f5", 600.0, "plantops")
        ]
        assert await house.rows(CHANNELS) == [
            ("air", "Temperature", "temperature", "°C", "°F"),
            ("probe_a", "Fern", "soil_moisture", "V", "V"),
            ("soil_moisture_2", "Soil moisture 2", "soil_moisture", "%", "%"),
        ]
        assert house.ear.devices == ["plant-1"]
        await hear(house, said)
        assert house.ear.devices == ["plant-1"], "the same again is no news"


async def test_readings_are_converted_from_the_declared_unit(database: str) -> None:
    async with Intake.open(database) as house:
        await house.store(envelope("plant-1", [("humidity", 60, 40.0)]))
        await hear(house, info("plant-1", channels={"air": ("temperature", "°F"), "probe": ("soil_moisture", "mV")}))
        (receipt,) = await house.store(envelope("plant-1", [("air", 60, 212.0), ("probe", 60, 1700.0)]))
        assert receipt.stored == 2
        values = await house.rows("SELECT round(value::numeric, 6)::text FROM telemetry ORDER BY value")
        assert values == [("1.700000",), ("40.000000",), ("100.000000",)]


async def test_what_makes_no_sense_becomes_a_letter_and_the_rest_is_taken(database: str) -> None:
    async with Intake.open(database) as house:
        await hear(
            house,
            info(
                "plant-1",
                channels={
                    "temperature": ("karma", None),
                    "humidity": ("humidity", "furlongs"),
                    "co2": ("co2", "ppm"),
                },
            ),
        )
        assert await house.rows("SELECT key FROM channel") == [("co2",)]
        assert await house.rows("SELECT reason, topic FROM dead_letter ORDER BY id") == [
            ("unknown_metric", "plantops/plant-1/info"),
            ("unknown_unit", "plantops/plant-1/info"),
        ]
        (receipt,) = await house.store(
            envelope("plant-1", [("temperature", 60, 20.0), ("humidity", 60, 50.0), ("co2", 60, 500.0)])
        )
        assert [receipt.fate(index)[1] for index in range(3)] == [Reason.UNKNOWN_METRIC, Reason.UNKNOWN_UNIT, None]
        await hear(house, info("plant-1", channels={"temperature": ("temperature", None)}))
        (receipt,) = await house.store(envelope("plant-1", [("temperature", 60, 20.0)]))
        assert receipt.stored == 1


async def test_what_is_told_in_parts_is_lifted_in_parts(database: str) -> None:
    async with Intake.open(database) as house:

        def part(**channels: tuple[str, str]) -> InfoNews:
            return info("mill", kind=DeviceKind.HTTP, channels=channels)

        async def reason() -> Reason | None:
            (receipt,) = await house.store(envelope("mill", [("humidity", 60, 50.0)], kind=DeviceKind.HTTP))
            return receipt.fate(0)[1]

        await hear(house, part(humidity=("humidity", "furlongs")))
        await hear(house, part(co2=("co2", "ppm")))
        assert await reason() is Reason.UNKNOWN_UNIT
        await hear(house, part(humidity=("humidity", "%")))
        assert await reason() is None


async def test_units_are_never_mixed_silently(database: str) -> None:
    async with Intake.open(database) as house:
        await house.store(envelope("plant-1", [("soil_moisture", 60, 40.0), ("temperature", 60, 20.0)]))
        await hear(
            house, info("plant-1", channels={"soil_moisture": ("soil_moisture", "V"), "temperature": ("humidity",)})
        )
        (receipt,) = await house.store(envelope("plant-1", [("soil_moisture", 30, 1.5), ("temperature", 30, 50.0)]))
        assert [receipt.fate(index)[1] for index in range(2)] == [Reason.UNKNOWN_UNIT, Reason.UNKNOWN_METRIC]
        assert await house.rows("SELECT count(*) FROM telemetry") == [(2,)]
        await hear(house, info("plant-1", channels={"soil_moisture": ("soil_moisture", "%")}))
        (receipt,) = await house.store(envelope("plant-1", [("soil_moisture", 20, 41.0)]))
        assert receipt.stored == 1


async def test_a_channel_without_readings_may_still_change(database: str) -> None:
    async with Intake.open(database) as house:
        await hear(house, info("plant-1", channels={"probe": ("soil_moisture", "%", "Probe")}))
        await hear(house, info("plant-1", channels={"probe": ("soil_conductivity", "mS/cm")}))
        assert await house.rows(CHANNELS) == [("probe", "Probe", "soil_conductivity", "µS/cm", "mS/cm")]


async def test_names_that_a_person_gave_stay(database: str) -> None:
    async with Intake.open(database) as house:
        said = info("plant-1", name="node", channels={"co2": ("co2", "ppm", "sensor")})
        await hear(house, said)
        await house.connection.execute("UPDATE device SET name = 'Mine', named_by_user = true")
        await house.connection.execute("UPDATE channel SET name = 'Mine too', named_by_user = true")
        await hear(house, said)
        assert await house.rows("SELECT device.name, channel.name FROM device, channel") == [("Mine", "Mine too")]
        assert house.ear.devices == ["plant-1"]


async def test_a_device_comes_and_goes(database: str) -> None:
    async with Intake.open(database) as house:
        online = StatusNews("plant-1", DeviceStatus.ONLINE, NOON)
        offline = StatusNews("plant-1", DeviceStatus.OFFLINE, NOON + timedelta(minutes=1))
        await hear(house, online, online)
        await hear(house, online, offline)
        assert house.ear.statuses == [("plant-1", DeviceStatus.ONLINE), ("plant-1", DeviceStatus.OFFLINE)]
        assert await house.rows("SELECT status, status_at FROM device") == [("offline", NOON + timedelta(minutes=1))]


async def test_a_status_does_not_tell_how_a_device_speaks(database: str) -> None:
    async with Intake.open(database) as house:
        await hear(house, StatusNews("plant-1", DeviceStatus.ONLINE, NOON))
        stock = info("plant-1", kind=DeviceKind.ESPHOME, channels={"sensor/air": ("temperature", "°F")})
        await hear(house, stock)
        assert await house.rows("SELECT kind FROM device") == [("esphome",)]
        (receipt,) = await house.store(envelope("plant-1", [("sensor/air", None, 68.0)], kind=DeviceKind.ESPHOME))
        assert receipt.stored == 1
        await hear(house, info("plant-1", channels={"co2": ("co2",)}))
        assert await house.rows("SELECT kind FROM device") == [("plantops",)]
        await hear(house, info("plant-1", kind=DeviceKind.ESPHOME, channels={"sensor/other": ("temperature",)}))
        assert await house.rows("SELECT key FROM channel ORDER BY key") == [("co2",), ("sensor/air",)]


async def test_http_cannot_speak_for_a_device_that_has_mqtt(database: str) -> None:
    async with Intake.open(database) as house:
        await hear(house, info("plant-1"))
        with pytest.raises(DeviceNotWritable):
            await hear(house, info("plant-1", kind=DeviceKind.HTTP, name="Mine"))


async def test_there_is_room_for_64_channels(database: str) -> None:
    async with Intake.open(database) as house:
        await house.store(envelope("plant-1", [(f"humidity_{number}", 60, 50.0) for number in range(60)]))
        await hear(house, info("plant-1", channels={f"air_{number:02}": ("temperature",) for number in range(10)}))
        assert await house.rows("SELECT count(*) FROM channel") == [(64,)]
        assert await house.rows("SELECT DISTINCT reason FROM dead_letter") == [("too_many_channels",)]


async def test_what_the_store_can_take_in_no_way_stops_nobody_else(database: str) -> None:
    async with Intake.open(database) as house:
        poison = InfoNews("plant-2", Info.model_construct(firmware="1\x00", channels={}), NOON)
        await hear(house, info("plant-1", firmware="1.4"), poison, StatusNews("plant-3", DeviceStatus.ONLINE, NOON))
        assert await house.rows("SELECT id, firmware FROM device ORDER BY id") == [
            ("plant-1", "1.4"),
            ("plant-3", None),
        ]
        assert await house.rows("SELECT device_id, topic, reason FROM dead_letter") == [
            ("plant-2", "plantops/plant-2/info", "data")
        ]


async def test_a_letter_about_a_channel_keeps_only_the_beginning(database: str) -> None:
    async with Intake.open(database) as house:
        long = "x" * 50_000
        await hear(house, info("plant-1", channels={"air": (long, long), "soil": ("temperature", long)}))
        sizes = await house.rows("SELECT length(payload), payload_bytes > 50000, length(detail) < 200 FROM dead_letter")
        assert sizes == [(2048, True, True)] * 2
