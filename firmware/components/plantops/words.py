"""What may be written in a node's file, and what is said about what may not."""

import logging
import re

import esphome.config_validation as cv

_LOGGER = logging.getLogger(__name__)

MAX_KEY = 40
MAX_NAME = 60
MAX_REGISTRATION_KEY = 100
REGISTER = "/api/v1/devices/register"
FIRST_PRINTED, DELETE = 0x20, 0x7F

METRICS = (
    "soil_moisture",
    "soil_temperature",
    "soil_conductivity",
    "soil_ph",
    "temperature",
    "humidity",
    "pressure",
    "illuminance",
    "ppfd",
    "co2",
    "battery",
    "battery_voltage",
    "signal_strength",
    "water_level",
    "flow",
    "valve_open",
    "leak",
)
"""PlantOps' metrics, as docs/protocol.md lists them."""


def metric(value: object) -> str:
    """Take one of PlantOps' metrics; `soil_moisture_2` is told what it means."""
    text = str(cv.string_strict(value))
    if text in METRICS:
        return text
    root = re.sub(r"_\d+$", "", text)
    if root in METRICS:
        raise cv.Invalid(f"The metric of a second probe is still '{root}': write `as: {text}` beside it.")
    raise cv.Invalid(f"'{text}' is none of PlantOps' metrics: {', '.join(METRICS)}.")


def key(value: object) -> str:
    """Take a channel's or valve's key, unique on the device."""
    text = str(cv.string_strict(value))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_/-]*", text) or len(text) > MAX_KEY:
        raise cv.Invalid(
            f"A key has letters, digits, _, - and /, begins with a letter or digit, and has at most {MAX_KEY}."
        )
    return text


def one_line(value: object) -> str:
    """Take a name for people."""
    text = str(cv.string_strict(value)).strip()
    if (
        not text
        or len(text.encode()) > MAX_NAME
        or any(ord(letter) < FIRST_PRINTED or ord(letter) == DELETE for letter in text)
    ):
        raise cv.Invalid(f"A name is one line of at most {MAX_NAME} bytes.")
    return text


def https_url(value: object) -> str:
    """Take the backend's address; the path is added."""
    text = str(cv.url(value)).rstrip("/").removesuffix(REGISTER)
    if not text.startswith("https://"):
        raise cv.Invalid(
            "A device registers over https:// only: it shows its registration key, and is told a password."
        )
    return text + REGISTER


def registration_key(value: object) -> str:
    """Take the key as `plantops registration-key create` printed it; a node without one measures, but sends nothing."""
    text = str(cv.string_strict(value)).strip()
    if not text:
        _LOGGER.warning("No registration key yet: `plantops firmware secrets` writes one. The node will send nothing.")
    if "…" in text or any(letter.isspace() for letter in text):
        raise cv.Invalid("This is no registration key: `plantops firmware secrets` writes one.")
    if len(text) > MAX_REGISTRATION_KEY:
        raise cv.Invalid("A registration key has at most 100 characters.")
    return text
