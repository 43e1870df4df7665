"""For tests only: stands in for ESPHome's `json`, whose library (ArduinoJson) cannot be had without a network."""

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.core import CoroPriority, coroutine_with_priority
from esphome.types import ConfigType

CONFIG_SCHEMA = cv.Schema({})


@coroutine_with_priority(CoroPriority.BUS)
async def to_code(config: ConfigType) -> None:
    """Tell the other components that there is JSON."""
    del config
    cg.add_define("USE_JSON")


def enable_arena() -> None:
    """Do without ESPHome's own memory for documents."""
