"""What temperature and humidity say together: dew point, and how hard the air pulls at the leaves. Pure.

Both sides of the wire derive it by these very functions: the backend where it tells a plant, a client of the stream
where it folds a reading.

Saturation vapour pressure is Tetens' formula (O. Tetens, Z. Geophysik 6, 1930, 297-309) with the constants of
F. W. Murray (J. Appl. Meteorol. 6, 1967, 203-204) as FAO-56 has it: R. G. Allen et al., Crop evapotranspiration, FAO
Irrigation and Drainage Paper 56, Rome 1998, equation 11. It is over water, also below 0 °C, as hygrometers count.
"""

from collections.abc import Iterable
from datetime import timedelta
from math import exp, log
from typing import Protocol

from .metrics import Metric
from .wire import Answer, Utc

AT_FREEZING = 0.6108
"""Saturation vapour pressure at 0 °C, kPa."""

SLOPE = 17.27
SHIFT = 237.3
"""°C."""

TOGETHER = timedelta(minutes=90)
"""Temperature and humidity that were read further apart say nothing together."""


class Air(Answer):
    """How the air around a plant is, from the newest temperature and humidity."""

    time: Utc
    """When the older of the two was read."""
    vpd: float
    """Vapour pressure deficit between leaf and air, kPa; below 0 dew settles on the leaf."""
    dew_point: float | None
    """Temperature at which this air would be saturated, °C; None at 0 % humidity."""


class Felt(Protocol):
    """A value with what was measured and when."""

    @property
    def metric(self) -> Metric:
        """What was measured."""

    @property
    def value(self) -> float:
        """In the metric's unit."""

    @property
    def time(self) -> Utc:
        """When."""


def saturation_pressure(temperature: float) -> float:
    """Tell how much vapour air can hold at a temperature (°C), as its pressure, kPa."""
    return AT_FREEZING * exp(SLOPE * temperature / (temperature + SHIFT))


def vapour_pressure_deficit(temperature: float, humidity: float, leaf_offset: float = 0.0) -> float:
    """Tell the deficit (kPa) of air (°C, %) to a leaf that is so much warmer than the air (°C; mostly below 0).

    The leaf is saturated inside: FAO-56 equation 11 at the leaf's temperature, less the air's vapour (equation 54
    turned round: humidity is a part of the saturation at the air's temperature).
    """
    return saturation_pressure(temperature + leaf_offset) - saturation_pressure(temperature) * humidity / 100


def dew_point(temperature: float, humidity: float) -> float | None:
    """Tell the dew point (°C) of air (°C, %): equation 11 turned round. None for air without any vapour."""
    if humidity <= 0:
        return None
    logarithm = log(saturation_pressure(temperature) * humidity / 100 / AT_FREEZING)
    return SHIFT * logarithm / (SLOPE - logarithm)


def air(values: Iterable[Felt], leaf_offset: float) -> Air | None:
    """Tell how the air is by a plant's newest values; None where one is missing or they don't belong together."""
    newest = {value.metric: value for value in values if value.metric in _NEEDED}
    if len(newest) < len(_NEEDED):
        return None
    temperature, humidity = (newest[metric] for metric in _NEEDED)
    return air_of((temperature.time, temperature.value), (humidity.time, humidity.value), leaf_offset)


_NEEDED = (Metric.TEMPERATURE, Metric.HUMIDITY)


def air_of(temperature: tuple[Utc, float], humidity: tuple[Utc, float], leaf_offset: float) -> Air | None:
    """Tell how the air is by a temperature (°C) and a humidity (%), each with its time."""
    if abs(temperature[0] - humidity[0]) > TOGETHER:
        return None
    dew = dew_point(temperature[1], humidity[1])
    return Air(
        time=min(temperature[0], humidity[0]),
        vpd=round(vapour_pressure_deficit(temperature[1], humidity[1], leaf_offset), 3),
        dew_point=None if dew is None else round(dew, 2),
    )
