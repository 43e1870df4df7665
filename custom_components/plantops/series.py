"""Which sensors have a past in the backend, and how it is asked for."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from .coordinator import PlantOpsCoordinator
from .lib.aioplantops.history import History
from .lib.aioplantops.metrics import METRICS, Metric
from .lib.aioplantops.models import Channel, Device
from .plant_sensors import METRIC_SENSORS
from .sensor import DEVICE_SENSORS


@dataclass(frozen=True, slots=True)
class Series:
    """A sensor that shows a metric, and the backend's memory of it."""

    unique_id: str
    """The sensor's, whatever its entity is called."""
    metric: Metric
    unit: str | None
    """What Home Assistant calls the unit of the metric."""
    draw: Callable[..., Awaitable[History]]
    """Asks for a span: `draw(from, until, points=…)`."""

    async def ask(self, from_: datetime, until: datetime, points: int) -> History | None:
        """Give its past; None when the backend knows it in another unit, such as a probe's volts."""
        history = await self.draw(from_, until, points=max(2, points))
        return history if history.unit == METRICS[self.metric].unit else None


def series_of(coordinator: PlantOpsCoordinator) -> Iterator[Series]:
    """Give all sensors of a garden whose hours the backend keeps."""
    client, garden = coordinator.client, coordinator.data
    for plant in garden.plants.values():
        for line in METRIC_SENSORS:
            if line.exists(plant):
                unit = line.native_unit_of_measurement
                draw = partial(client.plant_history, plant.id, line.metric)
                yield Series(f"{plant.id}_{line.key}", line.metric, unit, draw)
    for device in garden.devices.values():
        for kind in DEVICE_SENSORS:
            if kind.metric is not None and (channel := _channel(device, kind.metric)) is not None:
                unit = kind.native_unit_of_measurement
                draw = partial(client.channel_history, channel.id)
                yield Series(f"{coordinator.instance}_{device.id}_{kind.key}", kind.metric, unit, draw)


def _channel(device: Device, metric: Metric) -> Channel | None:
    """Give the channel that the device's sensor shows: see `judgement.told`."""
    found = (channel for channel in device.channels if channel.metric is metric and channel.latest is not None)
    return next(found, None)
