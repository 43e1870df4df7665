"""The nodes of the virtual garden: which board sits where and what it measures.

To add a node, add one line to `NODES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aioplantops.metrics import METRICS

from virtualgarden.senses import SENSES, Sense

BOARD = "PlantOps node (ESP32-C3)"
HERB_BOX = "PlantOps herb box (ESP32, three probes)"
BATTERY_BOARD = "PlantOps battery node (ESP32-C6)"
STOCK_BOARD = "esp32dev"

AIR = (Sense.CELSIUS, Sense.HUMIDITY)
MAINS = (Sense.SIGNAL,)


@dataclass(frozen=True, slots=True)
class Line:
    """One channel of a node."""

    sense: Sense
    plant: str
    """Whose pot, or whose place, is measured."""
    key: str
    name: str

    @property
    def of_one_plant(self) -> bool:
        """Whether the channel serves this plant alone: it measures the soil."""
        return self.sense.startswith("soil")


@dataclass(frozen=True, slots=True)
class NodeKind:
    """One board, its plants and its senses."""

    mac: str
    """12 lower-case hexadecimal digits, as ESPHome shows it."""
    plants: tuple[str, ...]
    senses: tuple[Sense, ...]
    dbm: float = -62.0
    model: str = BOARD
    battery_days: float = 60.0
    sleep_seconds: float = 0.0
    stock: bool = False
    """A stock ESPHome node, without the PlantOps component."""
    clock_late_seconds: float = 0.0
    """How long after its start the node learns the time."""
    pumps: Mapping[str, str] = field(default_factory=dict)
    """By the valve's name, the plant that it waters."""

    @property
    def device_id(self) -> str:
        """The node's name, which is its broker account: `plant-` and the end of its MAC."""
        return f"{'stock' if self.stock else 'plant'}-{self.mac[-6:]}"

    @property
    def name(self) -> str:
        """What the owner calls it: not just like a plant, which is another thing in the same lists."""
        return f"{' & '.join(self.plants)} node"

    @property
    def lines(self) -> tuple[Line, ...]:
        """All channels: those in the soil once for each plant, the others once."""
        made = []
        for sense in self.senses:
            kind = SENSES[sense]
            many = sense.startswith("soil") and len(self.plants) > 1
            for number, plant in enumerate(self.plants if many else self.plants[:1], start=1):
                title = METRICS[kind.metric].name
                key = f"{kind.metric}_{number}" if many else str(kind.metric)
                made.append(Line(sense, plant, key, f"{title} {plant}" if many else title))
        return tuple(made)


SOIL = (Sense.SOIL_PERCENT, Sense.SOIL_CELSIUS)
ALL_SOIL = (*SOIL, Sense.SOIL_CONDUCTIVITY)

NODES = (
    NodeKind("84f7033fa2c1", ("Monstera",), (*ALL_SOIL, *AIR, Sense.LUX, *MAINS), -55),
    NodeKind("84f703517e08", ("Peace lily",), (*SOIL, Sense.LUX, *MAINS), -67),
    NodeKind("84f70362b9d4", ("Basil",), (*SOIL, *AIR, Sense.PPFD, Sense.TANK, Sense.LEAK, *MAINS), -58,
        pumps={"pump": "Basil"}),
    NodeKind("e05a1b7c0d11", ("Mint", "Chives", "Parsley"),
        (*SOIL, Sense.CELSIUS, Sense.KILOLUX, *MAINS), -58, HERB_BOX),
    NodeKind("84f703904412", ("Boston fern",), (Sense.SOIL_VOLTS, Sense.SOIL_CELSIUS, *AIR, *MAINS), -74),
    NodeKind("84f703a1c5e6", ("Calathea",), (*SOIL, *AIR, Sense.LUX, *MAINS), -76, clock_late_seconds=45),
    NodeKind("f412fa08b3d2", ("Snake plant",),
        (Sense.SOIL_PERCENT, *AIR, Sense.CO2, *MAINS), -64),
    NodeKind("f412fa19c7aa", ("African violet",),
        (*SOIL, Sense.LUX, Sense.BATTERY_PERCENT, Sense.BATTERY_VOLTS, *MAINS), -70,
        BATTERY_BOARD, battery_days=75, sleep_seconds=60),
    NodeKind("84f703b8e90c", ("Fiddle-leaf fig",), (*ALL_SOIL, *AIR, Sense.PPFD, *MAINS), -60),
    NodeKind("f412fa2ad45e", ("Moth orchid",),
        (Sense.SOIL_PERCENT, *AIR, Sense.BATTERY_PERCENT, Sense.BATTERY_MILLIVOLTS, *MAINS), -63,
        BATTERY_BOARD, battery_days=40, sleep_seconds=60),
    NodeKind("84f703c23b77", ("Chili",), (*ALL_SOIL, *AIR, Sense.PPFD, *MAINS), -61),
    NodeKind("f412fa3be6f0", ("Echeveria",),
        (Sense.SOIL_PERCENT, Sense.LUX, Sense.BATTERY_PERCENT, Sense.BATTERY_VOLTS), -66,
        BATTERY_BOARD, battery_days=120, sleep_seconds=120),
    NodeKind("84f703d35a19", ("Lemon tree",), (*SOIL, Sense.FAHRENHEIT, Sense.HUMIDITY, Sense.LUX, *MAINS), -72),
    NodeKind("84f703e47c3d", ("Rosemary",), (*SOIL, *AIR, Sense.LUX, Sense.BATTERY_MILLIVOLTS, *MAINS), -79,
        battery_days=21),
    NodeKind("84f703f58b60", ("Olive",), (*ALL_SOIL, Sense.LUX, Sense.TANK, *MAINS), -81),
    NodeKind("063569abf679", ("Spider plant",), (*SOIL, *AIR, Sense.LUX, *MAINS), -57, STOCK_BOARD, stock=True),
    NodeKind("063569c41d02", ("Pothos",), (Sense.SOIL_PERCENT, Sense.FAHRENHEIT, *MAINS), -65, STOCK_BOARD, stock=True),
)  # fmt: skip
