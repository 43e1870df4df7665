"""What a sensor measures, guessed from the words that Home Assistant's discovery has for it. Pure.

Stock nodes name no PlantOps metric: they have a device class, a unit and a name, each of which may be missing or vague.
"""

import re

from .metrics import Metric, scale

_BY_CLASS = {
    "moisture": Metric.SOIL_MOISTURE,
    "humidity": Metric.HUMIDITY,
    "illuminance": Metric.ILLUMINANCE,
    "conductivity": Metric.SOIL_CONDUCTIVITY,
    "carbon_dioxide": Metric.CO2,
    "battery": Metric.BATTERY,
    "signal_strength": Metric.SIGNAL_STRENGTH,
    "atmospheric_pressure": Metric.PRESSURE,
    "pressure": Metric.PRESSURE,
    "ph": Metric.SOIL_PH,
    "temperature": Metric.TEMPERATURE,
    "voltage": Metric.BATTERY_VOLTAGE,
}
"""Home Assistant's device classes that a garden can use."""

_BY_UNIT = (
    Metric.TEMPERATURE,
    Metric.ILLUMINANCE,
    Metric.SOIL_CONDUCTIVITY,
    Metric.CO2,
    Metric.SIGNAL_STRENGTH,
    Metric.PRESSURE,
    Metric.PPFD,
    Metric.SOIL_PH,
    Metric.BATTERY_VOLTAGE,
    Metric.SOIL_MOISTURE,
)
"""What a unit alone means: the first of these that can be sent in it. Of the percentages, this is a plant's."""

_SOIL = re.compile(r"soil|moist|substrate|boden|erde|root", re.IGNORECASE)
_BY_NAME = (
    (
        re.compile(r"soil.*temp|temp.*soil|substrate.*temp|root.*temp|boden.*temp", re.IGNORECASE),
        Metric.SOIL_TEMPERATURE,
    ),
    (_SOIL, Metric.SOIL_MOISTURE),
    (re.compile(r"humid|feucht", re.IGNORECASE), Metric.HUMIDITY),
    (re.compile(r"batter|akku|charge", re.IGNORECASE), Metric.BATTERY),
    (re.compile(r"water|tank|reservoir|level", re.IGNORECASE), Metric.WATER_LEVEL),
)
"""What a name adds where class and unit leave a choice: the first that fits the unit wins."""

_STRANGE = re.compile(
    r"cpu|heap|memory|\bram\b|brightness|volume|load|duty|speed|position|dimmer|wifi_?.?quality|signal.?percent"
    r"|solar|mains|\busb|grid|vpd|deficit|dew|tds|\bvoc|internal",
    re.IGNORECASE,
)
"""Names of things that share a unit with a garden's and are none of it; asked where the class does not tell."""
_UNSURE = {Metric.TEMPERATURE, Metric.BATTERY_VOLTAGE, Metric.HUMIDITY}
"""Metrics of which the class alone leaves a choice: a probe in the soil may be of class temperature, too."""


def guess(device_class: str | None, unit: str | None, name: str) -> Metric | None:
    """Tell what a sensor measures, by its class, its unit and its name; None when it is nothing for a garden.

    A sensor without class and unit is one of ESPHome's text sensors.
    """
    if device_class is not None:
        metric = _BY_CLASS.get(device_class)
        if metric is Metric.BATTERY_VOLTAGE and _STRANGE.search(name):
            return None
        if metric in _UNSURE:
            metric = _by_name(unit, name) or metric
    elif _STRANGE.search(name):
        return None
    else:
        metric = _by_name(unit, name) or next((one for one in _BY_UNIT if scale(one, unit)), None)
    if not unit and metric is not Metric.SOIL_PH:
        return None
    return metric if metric is not None and scale(metric, unit) else None


def _by_name(unit: str | None, name: str) -> Metric | None:
    return next((metric for words, metric in _BY_NAME if words.search(name) and scale(metric, unit)), None)
