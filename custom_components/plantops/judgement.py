"""What the garden's facts mean for one plant or device, in a word. Pure: the time is an argument."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from .lib.aioplantops.alerts import Alert, AlertKind
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.metrics import METRICS, Metric
from .lib.aioplantops.models import Device, DeviceKind, DeviceStatus, Latest, Plant
from .lib.aioplantops.severity import Severity
from .lib.aioplantops.tasks import CareTask
from .wording import to_do

BATTERY_LOW_PERCENT = 15.0
"""Where no alert tells it, e.g. because the backend has not judged yet."""


class PlantHealth(StrEnum):
    """How a plant is, in a word."""

    WELL = "well"
    THIRSTY = "thirsty"
    PROBLEM = "problem"
    CRITICAL = "critical"


def alerts_of_plant(garden: Garden, plant: Plant) -> Iterator[Alert]:
    """Give the open alerts that are about a plant."""
    return (alert for alert in garden.alerts.values() if alert.plant_id == plant.id)


def alerts_of_device(garden: Garden, device: Device) -> Iterator[Alert]:
    """Give the open alerts that are about a device itself."""
    return (alert for alert in garden.alerts.values() if alert.plant_id is None and alert.device_id == device.id)


def needs_water(garden: Garden, plant: Plant, now: datetime) -> bool | None:
    """Tell whether a plant wants water now; None: nobody knows."""
    if any(alert.kind is AlertKind.SOIL_MOISTURE_LOW for alert in alerts_of_plant(garden, plant)):
        return True
    return None if plant.next_watering is None else plant.next_watering.at <= now


def days_to_dry(plant: Plant, now: datetime) -> float | None:
    """Tell the days until a plant wants water; 0: now."""
    if plant.next_watering is None:
        return None
    return round(max(0.0, (plant.next_watering.at - now).total_seconds() / 86_400), 1)


def health(garden: Garden, plant: Plant, now: datetime) -> PlantHealth | None:
    """Tell how a plant is; None: nothing is measured or known of it."""
    alerts = tuple(alerts_of_plant(garden, plant))
    if any(alert.severity is Severity.CRITICAL for alert in alerts):
        return PlantHealth.CRITICAL
    thirsty = needs_water(garden, plant, now)
    others = [alert for alert in alerts if alert.kind is not AlertKind.SOIL_MOISTURE_LOW]
    if any(alert.severity is Severity.WARNING for alert in others):
        return PlantHealth.PROBLEM
    if thirsty:
        return PlantHealth.THIRSTY
    return None if thirsty is None and not plant.values and not alerts else PlantHealth.WELL


def devices_of(garden: Garden, plant: Plant) -> list[Device]:
    """Give the devices whose channels serve a plant now."""
    ids = {assignment.device_id for assignment in plant.assignments}
    return [garden.devices[device_id] for device_id in sorted(ids) if device_id in garden.devices]


def silent(garden: Garden, plant: Plant) -> bool:
    """Tell whether none of a plant's devices is heard any more: what is known of it is old."""
    devices = devices_of(garden, plant)
    return bool(devices) and all(connected(garden, device) is False for device in devices)


def last_heard(garden: Garden, plant: Plant) -> datetime | None:
    """Tell when one of a plant's devices was heard last."""
    return max((device.last_seen for device in devices_of(garden, plant) if device.last_seen is not None), default=None)


def due_at(task: CareTask) -> datetime:
    """Tell when a task is due: not before the time that it was put off to."""
    return task.due_at if task.snoozed_until is None else max(task.due_at, task.snoozed_until)


def tasks_due(garden: Garden, plant: Plant | None, now: datetime) -> int:
    """Count what is to be done now: to a plant, or in the whole garden."""
    return sum(
        1 for task in garden.tasks.values() if due_at(task) <= now and (plant is None or task.plant_id == plant.id)
    )


def title_of(garden: Garden, task: CareTask, language: str) -> str:
    """Say what is to be done, and to whom."""
    plant = None if task.plant_id is None else garden.plants.get(task.plant_id)
    title = to_do(language, task.title, task.kind, None if plant is None else plant.name)
    return title if plant is None or plant.name in title else f"{plant.name}: {title}"


def felt(plant: Plant, metric: Metric) -> float | None:
    """Tell what a plant feels, in the metric's own unit; None: nothing, or a probe that is not calibrated."""
    found = next((value for value in plant.values if value.metric is metric), None)
    return None if found is None or found.unit != METRICS[metric].unit else found.value


def uncalibrated(plant: Plant, metric: Metric) -> bool:
    """Tell whether a plant feels something that nobody has calibrated: volts, of which no per cents are known."""
    return felt(plant, metric) is None and any(value.metric is metric for value in plant.values)


def told(device: Device, metric: Metric) -> Latest | None:
    """Give the newest reading of a device's own channel of a metric."""
    latest = (channel.latest for channel in device.channels if channel.metric is metric)
    return next((one for one in latest if one is not None), None)


def connected(garden: Garden, device: Device) -> bool | None:
    """Tell whether a device is heard; one that sleeps, or speaks over HTTP, is until an alert says otherwise."""
    if any(alert.kind is AlertKind.DEVICE_SILENT for alert in alerts_of_device(garden, device)):
        return False
    if device.kind is DeviceKind.HTTP or device.sleep_seconds:
        return None if device.last_seen is None else True
    return None if device.status is DeviceStatus.UNKNOWN else device.status is DeviceStatus.ONLINE


def battery_low(garden: Garden, device: Device) -> bool | None:
    """Tell whether a device's battery is to be changed soon."""
    if any(alert.kind is AlertKind.BATTERY_LOW for alert in alerts_of_device(garden, device)):
        return True
    latest = told(device, Metric.BATTERY)
    return None if latest is None else latest.value <= BATTERY_LOW_PERCENT
