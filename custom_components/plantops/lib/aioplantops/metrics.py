"""What can be measured in a garden: one line for each metric, with its unit and what nature allows.

To add a metric, add one line to ``METRICS``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Metric(StrEnum):
    """The metrics that PlantOps knows."""

    SOIL_MOISTURE = "soil_moisture"
    SOIL_TEMPERATURE = "soil_temperature"
    SOIL_CONDUCTIVITY = "soil_conductivity"
    SOIL_PH = "soil_ph"
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    PRESSURE = "pressure"
    ILLUMINANCE = "illuminance"
    PPFD = "ppfd"
    CO2 = "co2"
    BATTERY = "battery"
    BATTERY_VOLTAGE = "battery_voltage"
    SIGNAL_STRENGTH = "signal_strength"
    WATER_LEVEL = "water_level"
    FLOW = "flow"
    VALVE_OPEN = "valve_open"
    LEAK = "leak"


@dataclass(frozen=True, slots=True)
class Span:
    """The closed span of values that can be real; outside it a reading is refused, never clamped."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Tell whether ``value`` lies in the span."""
        return self.low <= value <= self.high

    def nearest(self, value: float) -> float:
        """Give ``value``, or the end of the span that it lies beyond."""
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class Conversion:
    """``value * factor + offset`` turns a reading in another unit into the metric's own unit."""

    factor: float
    offset: float = 0.0

    def __call__(self, value: float) -> float:
        """Convert one value."""
        return value * self.factor + self.offset


AS_SENT = Conversion(1.0)
_FAHRENHEIT = Conversion(5 / 9, -160 / 9)
_KELVIN = Conversion(1.0, -273.15)
_MILLI = Conversion(0.001)
_KILO = Conversion(1000.0)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A metric's unit for people, what nature allows, and the other units that nodes send."""

    metric: Metric
    name: str
    unit: str
    span: Span
    decimals: int = 1
    conversions: Mapping[str, Conversion] = field(default_factory=dict)
    """Other units with a fixed relation to ``unit``: converted at the door."""
    uncalibrated: Mapping[str, Span] = field(default_factory=dict)
    """Units with no fixed relation to ``unit`` (a probe's volts): stored as sent, calibrated when read."""
    display: Span | None = None
    """What people are shown of a calibrated value at most; None: all that can be real."""

    @property
    def shown(self) -> Span:
        """The span in which a calibrated value is shown; beyond it, its end is shown. Charts show what was measured."""
        return self.display or self.span


_VOLTS = {"V": Span(0.0, 36.0)}
_TEMPERATURES = {"°F": _FAHRENHEIT, "F": _FAHRENHEIT, "K": _KELVIN, "C": AS_SENT, "℃": AS_SENT, "℉": _FAHRENHEIT}
_CONDUCTIVITIES = {
    "S/cm": Conversion(1_000_000.0),
    "uS/cm": AS_SENT,
    "μS/cm": AS_SENT,
    "mS/cm": _KILO,
    "S/m": Conversion(10_000.0),
    "dS/m": _KILO,
}
_PPFD = {"umol/m2/s": AS_SENT, "µmol/s/m²": AS_SENT, "µmol/m²s": AS_SENT, "μmol/m²/s": AS_SENT, "µmol/(m²·s)": AS_SENT}
_FLOWS = {
    "l/min": AS_SENT,
    "L/h": Conversion(1 / 60),
    "L/s": Conversion(60.0),
    "mL/s": Conversion(0.06),
    "m³/h": Conversion(1000 / 60),
    "m³/min": Conversion(1000.0),
    "gal/min": Conversion(3.785411784),
}
_PRESSURES = {
    "mbar": AS_SENT,
    "Pa": Conversion(0.01),
    "kPa": Conversion(10.0),
    "cbar": Conversion(10.0),
    "bar": Conversion(1000.0),
    "inHg": Conversion(33.8639),
    "mmHg": Conversion(1.333224),
    "psi": Conversion(68.94757),
}

METRICS: Mapping[Metric, Quantity] = MappingProxyType(
    {
        quantity.metric: quantity
        for quantity in (
            # A capacitive probe that is not yet calibrated reads a few per cent beyond its two points.
            Quantity(
                Metric.SOIL_MOISTURE, "Soil moisture", "%", Span(-20, 120), 0, uncalibrated=_VOLTS, display=Span(0, 100)
            ),
            # The DS18B20's measuring range (Maxim data sheet 19-7487): -55 to +125 °C.
            Quantity(Metric.SOIL_TEMPERATURE, "Soil temperature", "°C", Span(-55, 125), 1, _TEMPERATURES),
            Quantity(Metric.SOIL_CONDUCTIVITY, "Soil conductivity", "µS/cm", Span(0, 20_000), 0, _CONDUCTIVITIES),
            Quantity(Metric.SOIL_PH, "Soil pH", "pH", Span(0, 14), 1),
            # The coldest and hottest that common air sensors (SHT3x, BME280, DHT22) can read: -40 to +125 °C.
            Quantity(Metric.TEMPERATURE, "Temperature", "°C", Span(-55, 125), 1, _TEMPERATURES),
            Quantity(Metric.HUMIDITY, "Humidity", "%", Span(0, 100), 0),
            # BME280 data sheet (Bosch BST-BME280-DS002): 300 to 1,100 hPa.
            Quantity(Metric.PRESSURE, "Air pressure", "hPa", Span(300, 1_100), 0, _PRESSURES),
            # Full sunlight is about 120,000 lx; the VEML7700 saturates near 150,000 lx.
            Quantity(Metric.ILLUMINANCE, "Illuminance", "lx", Span(0, 250_000), 0, {"klx": _KILO, "lux": AS_SENT}),
            # Full sunlight is about 2,000 µmol/m²/s; grow lamps at close range reach some more.
            Quantity(Metric.PPFD, "Photosynthetic light", "µmol/m²/s", Span(0, 5_000), 0, _PPFD),
            # The SCD4x' range (Sensirion data sheet): 0 to 40,000 ppm.
            Quantity(Metric.CO2, "CO₂", "ppm", Span(0, 40_000), 0, {"ppb": _MILLI}),
            Quantity(Metric.BATTERY, "Battery", "%", Span(0, 100), 0),
            Quantity(Metric.BATTERY_VOLTAGE, "Battery voltage", "V", Span(0, 36), 2, {"mV": _MILLI}),
            Quantity(Metric.SIGNAL_STRENGTH, "Signal strength", "dBm", Span(-150, 20), 0),
            Quantity(Metric.WATER_LEVEL, "Water level", "%", Span(0, 100), 0),
            # A garden hose carries about 20 L/min, a house's main pipe about 100.
            Quantity(Metric.FLOW, "Water flow", "L/min", Span(0, 200), 2, _FLOWS),
            # 1: yes, 0: no.
            Quantity(Metric.VALVE_OPEN, "Valve open", "0/1", Span(0, 1), 0),
            Quantity(Metric.LEAK, "Leak", "0/1", Span(0, 1), 0),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Scale:
    """How a channel's numbers enter the store: the unit kept there, the conversion, and the span that can be real."""

    metric: Metric
    unit: str
    convert: Conversion
    span: Span


def scale(metric: Metric, unit: str | None) -> Scale | None:
    """Tell how a reading of ``metric`` sent in ``unit`` is stored; None means the metric's own unit.

    Returns None where the unit does not fit the metric. Units with a fixed relation (°F, mV, klx) become the
    metric's own; a probe's uncalibrated volts are kept as volts.
    """
    quantity = METRICS[metric]
    if unit is None or unit in {"", quantity.unit}:
        return Scale(metric, quantity.unit, AS_SENT, quantity.span)
    if (conversion := quantity.conversions.get(unit)) is not None:
        return Scale(metric, quantity.unit, conversion, quantity.span)
    if (span := quantity.uncalibrated.get(unit)) is not None:
        return Scale(metric, unit, AS_SENT, span)
    if unit == "mV" and (span := quantity.uncalibrated.get("V")) is not None:
        return Scale(metric, "V", _MILLI, span)
    return None


def metric_of(key: str) -> Metric | None:
    """Tell the metric of an undeclared channel from its key: ``soil_moisture`` and ``soil_moisture_2`` alike."""
    stem, _, number = key.rpartition("_")
    for candidate in (key, stem if number.isdecimal() else ""):
        if candidate in Metric:
            return Metric(candidate)
    return None
