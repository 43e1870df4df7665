"""A large garden as a pretender tells it: three hundred plants that one probe feels for, four metrics each."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

PLANTS = 300
METRICS = {"soil_moisture": "%", "temperature": "°C", "humidity": "%", "illuminance": "lx"}
PROBE = "plant-000001"


def plant_id(number: int) -> str:
    """Name a plant."""
    return str(UUID(int=number + 1))


def garden(plants: int = PLANTS) -> dict[str, Any]:
    """Give the garden as a snapshot tells it."""
    now = datetime.now(UTC).isoformat()
    probe = {"id": PROBE, "name": "Probe", "kind": "plantops", "status": "online", "created_at": now}
    return {"devices": [probe], "plants": [_plant(number, now) for number in range(plants)]}


def _plant(number: int, now: str) -> dict[str, Any]:
    assignments = [
        {
            "id": str(UUID(int=number * 10 + place + 1000)),
            "plant_id": plant_id(number),
            "channel_id": number * 10 + place,
            "device_id": PROBE,
            "metric": metric,
            "from": now,
        }
        for place, metric in enumerate(METRICS)
    ]
    said = {"id": plant_id(number), "name": f"Plant {number}", "created_at": now, "updated_at": now}
    return {**said, "assignments": assignments, "site": {}}


def readings(number: int, **values: float) -> dict[str, Any]:
    """Give an event of the stream: what the probe felt for one plant."""
    now = datetime.now(UTC).isoformat()
    places = {metric: number * 10 + place for place, metric in enumerate(METRICS)}
    told = [
        {"metric": metric, "unit": METRICS[metric], "value": value, "time": now, "channel_id": places[metric]}
        for metric, value in values.items()
    ]
    plants = [{"plant_id": plant_id(number), "value": one} for one in told]
    return {"type": "readings", "device_id": PROBE, "last_seen": now, "channels": [], "plants": plants}
