"""What virtual nodes measure: a plant in the garden, or running numbers for checkers."""

from collections.abc import Mapping
from itertools import count

from aioplantops.metrics import Metric
from aioplantops.telemetry import ChannelInfo, Command, Info

from virtualgarden.garden import Garden
from virtualgarden.nodes import NodeKind
from virtualgarden.senses import SENSES

MAKER = "PlantOps virtual garden"
FIRMWARE = "0.1.0 (virtual)"
PUMP_LITRES_PER_SECOND = 0.02
"""A small 5 V pump."""
TOP_NUMBER = 200_000
"""Numbers run up to here and begin anew: illuminance may be as high as 250,000 lx."""


def describe(kind: NodeKind) -> Info:
    """Tell what a node says of itself."""
    channels = {}
    for line in kind.lines:
        sense = SENSES[line.sense]
        channels[line.key] = ChannelInfo(metric=sense.metric, unit=sense.unit, name=line.name)
    return Info(
        model=kind.model,
        manufacturer=MAKER,
        firmware=FIRMWARE,
        hardware_id=kind.mac,
        name=kind.name,
        sleep_seconds=kind.sleep_seconds,
        channels=channels,
    )


class GardenSource:
    """The senses of one node of the garden; whoever measures first lets the garden's time go on."""

    def __init__(self, garden: Garden, kind: NodeKind) -> None:
        """Take the garden and the node in it."""
        self.garden = garden
        self.kind = kind
        self.info = describe(kind)

    def measure(self, unix: float) -> Mapping[str, float]:
        """Read all channels at Unix time `unix`."""
        if unix - self.garden.unix >= 1.0:
            self.garden.advance_to(unix)
        return self.garden.measure(self.kind.device_id)

    def obey(self, command: Command) -> str:
        """Water the plant whose valve is named (`pump` or its number), identify, or restart."""
        if command.action != "water":
            return f"{command.action}: done"
        if command.seconds is None:
            raise ValueError("water needs seconds")
        litres = command.seconds * PUMP_LITRES_PER_SECOND
        plant = self._plant_at(command.valve)
        self.garden.water(plant, litres)
        return f"{plant} got {litres:.2f} l"

    def _plant_at(self, valve: str | None) -> str:
        plants = self.kind.plants
        number = (valve or "").rpartition("_")[2]
        if number.isdecimal() and 1 <= int(number) <= len(plants):
            return plants[int(number) - 1]
        if valve in {None, "pump", "valve"}:
            return plants[0]
        raise ValueError(f"there is no valve {valve}")


class NumberedSource:
    """Running numbers instead of a plant: what arrives tells by itself what is missing or double.

    All channels of one measurement carry the same number.
    """

    def __init__(self, channels: int = 1, *, sleep_seconds: float = 0.0) -> None:
        """Take the number of channels: `illuminance`, `illuminance_2`, ..."""
        self.keys = tuple(
            "illuminance" if number == 1 else f"illuminance_{number}" for number in range(1, channels + 1)
        )
        self.info = Info(
            model="Numbered node",
            manufacturer=MAKER,
            firmware=FIRMWARE,
            sleep_seconds=sleep_seconds,
            channels={key: ChannelInfo(metric=Metric.ILLUMINANCE, unit="lx") for key in self.keys},
        )
        self._numbers = count()

    def measure(self, unix: float) -> Mapping[str, float]:  # noqa: ARG002 - numbers need no time
        """Give the next number on every channel."""
        number = float(next(self._numbers) % TOP_NUMBER)
        return dict.fromkeys(self.keys, number)

    def obey(self, command: Command) -> str:
        """Do anything that is asked."""
        return f"{command.action}: done"
