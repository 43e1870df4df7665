"""For tests only: gives a node on this machine a line to a program, which speaks MQTT and HTTPS in its place."""

import esphome.codegen as cg
import esphome.config_validation as cv
from esphome.components.plantops import PlantOps
from esphome.const import CONF_ID
from esphome.types import ConfigType

DEPENDENCIES = ["plantops"]
CONF_NODE = "node"
Line = cg.esphome_ns.namespace("line").class_("Line", cg.Component)

CONFIG_SCHEMA = cv.Schema({cv.GenerateID(): cv.declare_id(Line), cv.GenerateID(CONF_NODE): cv.use_id(PlantOps)}).extend(
    cv.COMPONENT_SCHEMA
)


async def to_code(config: ConfigType) -> None:
    """Give the node its voice and its desk."""
    line = cg.new_Pvariable(config[CONF_ID], await cg.get_variable(config[CONF_NODE]))
    await cg.register_component(line, config)
