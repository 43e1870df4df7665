"""What virtual nodes measure: a plant in the garden, or running numbers for checkers."""

from collections.abc import Mapping
from itertools import count

from aioplantops.metrics import Metric
from aioplantops.telemetry import ChannelInfo, Command, Info, ValveInfo

from virtualgarden.garden import Garden
from virtualgarden.nodes import NodeKind
from virtualgarden.senses import SENSES

MAKER = "PlantOps virtual garden"
FIRMWARE = "0.1.0 (virtual)"
PUMP_LITRES_PER_SECOND = 0.02
"""A small 5 V pump."""
PUMP_MAX_SECONDS = 600.0
"""After which the node closes by itself."""
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
        valves={
            valve: ValveInfo(
                name=f"Drip hose of {plant}",
                max_seconds=PUMP_MAX_SECONDS,
                litres_per_minute=60.0 * PUMP_LITRES_PER_SECOND,
            )
            for valve, plant in kind.pumps.items()
        },
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

    def pour(self, valve: str, seconds: float) -> None:
        """Water the plant that hangs on a valve."""
        self.garden.water(self.kind.pumps[valve], seconds * PUMP_LITRES_PER_SECOND)

    def obey(self, command: Command) -> str:
        """Identify, or restart: nothing that could be seen."""
        return f"{command.action}: done"


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

    def pour(self, valve: str, seconds: float) -> None:
        """Have nothing to pour: there is no valve."""

    def obey(self, command: Command) -> str:
        """Do anything that is asked."""
        return f"{command.action}: done"
