"""A small garden in which everything is there that can be shown, and nothing that changes with the time of day."""

from typing import Any
from uuid import UUID

LONG_AGO = "2026-11-01T07:00:00Z"
"""All that was, and all that was due: what is foretold for later would be shown in other words tomorrow."""

PLANT, NODE = str(UUID(int=1)), "plant-000001"

VALUES: dict[str, tuple[str, float]] = {
    "soil_moisture": ("%", 12.5),
    "soil_temperature": ("°C", 19.25),
    "soil_conductivity": ("µS/cm", 420.0),
    "soil_ph": ("pH", 6.4),
    "temperature": ("°C", 21.5),
    "humidity": ("%", 48.0),
    "pressure": ("hPa", 1013.2),
    "illuminance": ("lx", 1200.0),
    "ppfd": ("µmol/m²/s", 22.2),
    "co2": ("ppm", 640.0),
    "water_level": ("%", 80.0),
}
OF_THE_NODE = {"battery": ("%", 12.0), "battery_voltage": ("V", 3.3), "signal_strength": ("dBm", -61.0)}


def _channels() -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "device_id": NODE,
            "key": metric,
            "name": metric,
            "metric": metric,
            "unit": unit,
            "latest": {"time": LONG_AGO, "value": value},
        }
        for number, (metric, (unit, value)) in enumerate((VALUES | OF_THE_NODE).items(), start=1)
    ]


def _plant() -> dict[str, Any]:
    assignments, values = [], []
    for number, (metric, (unit, value)) in enumerate(VALUES.items(), start=1):
        of = {"metric": metric, "channel_id": number}
        one = {"id": str(UUID(int=100 + number)), "plant_id": PLANT, "device_id": NODE, "from": LONG_AGO}
        assignments.append({**of, **one})
        values.append({**of, "unit": unit, "value": value, "time": LONG_AGO})
    light = {"dli": 4.5, "coverage": 1.0, "metric": "ppfd"}
    band = {"low": 20.0, "high": 60.0, "low_from": "profile", "high_from": "own"}
    foretold = {"at": LONG_AGO, "earliest": LONG_AGO, "latest": LONG_AGO, "basis": "threshold", "confidence": "high"}
    return {
        "id": PLANT,
        "name": "Fern",
        "species": "Nephrolepis exaltata",
        "species_id": "nephrolepis-exaltata",
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
        "photo_id": str(UUID(int=3)),
        "assignments": assignments,
        "values": values,
        "thresholds": dict.fromkeys(("soil_moisture", "temperature", "humidity", "soil_conductivity", "dli"), band),
        "air": {"time": LONG_AGO, "vpd": 1.33, "dew_point": 10.1},
        "light": {"time": LONG_AGO, "day": "2026-11-01", "today": light, "yesterday": light, "last_24_hours": light},
        "next_watering": {**foretold, "reason": "It dries by 4 % a day and wants water at 20 %."},
        "last_watered_at": LONG_AGO,
    }


def _alert(number: int, kind: str, **about: str) -> dict[str, Any]:
    said = {"severity": "warning", "opened_at": LONG_AGO, "words": f"The words of {kind}."}
    return {"id": str(UUID(int=200 + number)), "kind": kind, **said, **about}


def garden() -> dict[str, Any]:
    """Give it as a backend's snapshot tells it."""
    node = {
        "id": NODE,
        "name": "Node",
        "kind": "plantops",
        "status": "online",
        "last_seen": LONG_AGO,
        "hardware_id": "0123456789ab",
        "model": "Seedling",
        "manufacturer": "Gardeners",
        "firmware": "1.2.3",
        "sleep_seconds": 600.0,
        "created_at": LONG_AGO,
        "channels": _channels(),
    }
    irrigator = {
        "id": str(UUID(int=4)),
        "name": "Drip",
        "plant_ids": [PLANT],
        "device_id": NODE,
        "valve": "valve",
        "max_seconds": 30.0,
        "pause_seconds": 3600.0,
        "daily_max_seconds": 120.0,
        "state": "idle",
        "created_at": LONG_AGO,
    }
    task = {"id": str(UUID(int=5)), "plant_id": PLANT, "kind": "custom", "title": "Turn it", "due_at": LONG_AGO}
    return {
        "devices": [node],
        "plants": [_plant()],
        "alerts": [
            _alert(1, "soil_moisture_low", plant_id=PLANT),
            _alert(2, "temperature_high", plant_id=PLANT),
            _alert(3, "battery_low", device_id=NODE),
        ],
        "irrigation": [irrigator],
        "tasks": [{**task, "basis": "date"}],
    }


CERTIFICATES = [{"file": "server.crt", "ends_at": "2027-11-01T07:00:00Z", "days_left": 365}]
