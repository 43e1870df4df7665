"""For tests only: tells a node on this machine where its backend is, and how its program is put together."""

import os

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.components.plantops import PlantOps
from esphome.const import CONF_ID
from esphome.types import ConfigType

DEPENDENCIES = ["plantops"]
CONF_NODE = "node"
Place = cg.esphome_ns.namespace("place").class_("Place", cg.Component)

CONFIG_SCHEMA = cv.Schema(
    {cv.GenerateID(): cv.declare_id(Place), cv.GenerateID(CONF_NODE): cv.use_id(PlantOps)}
).extend(cv.COMPONENT_SCHEMA)


async def to_code(config: ConfigType) -> None:
    """Let the program find headers and libraries, and the node its place."""
    for flag in os.environ["PLANTOPS_HOST_FLAGS"].split():
        cg.add_build_flag(flag)
    place = cg.new_Pvariable(config[CONF_ID], await cg.get_variable(config[CONF_NODE]))
    await cg.register_component(place, config)
