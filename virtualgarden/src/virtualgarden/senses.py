"""What a node can sense: one line for each kind of channel, with its metric, its unit, and how it is read.

To add a kind, add one line to `SENSES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from random import Random
from types import MappingProxyType
from typing import ClassVar

from aioplantops.metrics import Metric

from virtualgarden.physics.air import Air
from virtualgarden.physics.power import Battery, Radio
from virtualgarden.physics.probe import SoilProbe
from virtualgarden.physics.soil import Pot
from virtualgarden.physics.spot import Light


class Sense(StrEnum):
    """The kinds of channels."""

    SOIL_PERCENT = auto()
    SOIL_VOLTS = auto()
    SOIL_CELSIUS = auto()
    SOIL_CONDUCTIVITY = auto()
    CELSIUS = auto()
    FAHRENHEIT = auto()
    HUMIDITY = auto()
    LUX = auto()
    KILOLUX = auto()
    PPFD = auto()
    CO2 = auto()
    BATTERY_PERCENT = auto()
    BATTERY_MILLIVOLTS = auto()
    BATTERY_VOLTS = auto()
    SIGNAL = auto()
    TANK = auto()
    LEAK = auto()


class Tank:
    """A rain barrel that feeds a drip hose and is filled up before it is empty."""

    STATE: ClassVar[tuple[str, ...]] = ("litres",)
    FULL = 60.0

    def __init__(self, random: Random) -> None:
        """Begin somewhere between full and half empty."""
        self.litres = random.uniform(0.5, 1.0) * self.FULL
        self.leaks = False
        """Whether the floor beside it is wet."""

    def take(self, litres: float) -> None:
        """Let water run out; somebody fills the tank when little is left."""
        self.litres -= litres
        if self.litres < 0.12 * self.FULL:
            self.litres = 0.97 * self.FULL

    @property
    def percent(self) -> float:
        """The level, %."""
        return 100.0 * self.litres / self.FULL


@dataclass(slots=True)
class Feel:
    """Everything around one of a node's probes at one moment."""

    air: Air
    light: Light
    pot: Pot
    probe: SoilProbe
    battery: Battery
    radio: Radio
    tank: Tank
    random: Random
    """For the noise of the plain sensors."""
    air_offset: float
    """How much too warm this node's air sensor is, °C: it sits beside its own processor."""

    @property
    def celsius(self) -> float:
        """Air temperature as the sensor sees it, °C."""
        return self.air.celsius + self.air_offset + self.random.gauss(0.0, 0.04)

    @property
    def humidity(self) -> float:
        """Relative humidity as the sensor sees it, %: a sensor that is too warm shows too little."""
        return max(1.0, min(100.0, self.air.humidity - 4.0 * self.air_offset + self.random.gauss(0.0, 0.3)))

    @property
    def flicker(self) -> float:
        """The factor by which leaves and people disturb the light."""
        return max(0.5, self.random.gauss(1.0, 0.015))


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of channel speaks."""

    metric: Metric
    unit: str | None
    """The unit that is sent; None: not declared, so the metric's own."""
    decimals: int
    read: Callable[[Feel], float]


SENSES: Mapping[Sense, Kind] = MappingProxyType({
    Sense.SOIL_PERCENT: Kind(Metric.SOIL_MOISTURE, "%", 1, lambda feel: feel.probe.percent()),
    Sense.SOIL_VOLTS: Kind(Metric.SOIL_MOISTURE, "V", 3, lambda feel: feel.probe.volts()),
    Sense.SOIL_CELSIUS: Kind(Metric.SOIL_TEMPERATURE, "°C", 2, lambda feel: feel.probe.temperature),
    Sense.SOIL_CONDUCTIVITY: Kind(
        Metric.SOIL_CONDUCTIVITY, "µS/cm", 0, lambda feel: max(0.0, feel.probe.conductivity(feel.pot.salt))
    ),
    Sense.CELSIUS: Kind(Metric.TEMPERATURE, "°C", 1, lambda feel: feel.celsius),
    Sense.FAHRENHEIT: Kind(Metric.TEMPERATURE, "°F", 1, lambda feel: feel.celsius * 1.8 + 32.0),
    Sense.HUMIDITY: Kind(Metric.HUMIDITY, "%", 1, lambda feel: feel.humidity),
    Sense.LUX: Kind(Metric.ILLUMINANCE, None, 0, lambda feel: feel.light.lux * feel.flicker),
    Sense.KILOLUX: Kind(Metric.ILLUMINANCE, "klx", 3, lambda feel: feel.light.lux * feel.flicker / 1000.0),
    Sense.PPFD: Kind(Metric.PPFD, "µmol/m²/s", 1, lambda feel: feel.light.ppfd * feel.flicker),
    Sense.CO2: Kind(Metric.CO2, "ppm", 0, lambda feel: feel.air.co2_ppm + feel.random.gauss(0.0, 8.0)),
    Sense.BATTERY_PERCENT: Kind(Metric.BATTERY, "%", 0, lambda feel: feel.battery.percent()),
    Sense.BATTERY_MILLIVOLTS: Kind(
        Metric.BATTERY_VOLTAGE, "mV", 0, lambda feel: 1000.0 * feel.battery.volts(feel.air.celsius)
    ),
    Sense.BATTERY_VOLTS: Kind(Metric.BATTERY_VOLTAGE, "V", 2, lambda feel: feel.battery.volts(feel.air.celsius)),
    Sense.SIGNAL: Kind(Metric.SIGNAL_STRENGTH, "dBm", 0, lambda feel: feel.radio.strength()),
    Sense.TANK: Kind(Metric.WATER_LEVEL, "%", 0, lambda feel: feel.tank.percent),
    Sense.LEAK: Kind(Metric.LEAK, None, 0, lambda feel: float(feel.tank.leaks)),
})  # fmt: skip
