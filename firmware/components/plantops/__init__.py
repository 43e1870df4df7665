"""The PlantOps node for ESPHome: readings that are never lost, an account of its own, valves that close.

See docs/firmware.md of the PlantOps project. The logic lies in core_*.h, which know nothing of ESPHome.
"""

from collections.abc import Callable

import esphome.codegen as cg
import esphome.config_validation as cv
import esphome.final_validate as fv
from esphome import automation
from esphome.components import http_request, logger, mqtt, number, ota, sensor, switch
from esphome.const import (
    CONF_CERTIFICATE_AUTHORITY,
    CONF_CHANNELS,
    CONF_ID,
    CONF_MODEL,
    CONF_NAME,
    CONF_RESTORE_MODE,
    CONF_SENSOR,
    CONF_SLEEP_DURATION,
    CONF_SWITCH,
    CONF_URL,
)
from esphome.core import CORE, ID, TimePeriod
from esphome.cpp_generator import MockObj, TemplateArguments
from esphome.types import ConfigType

from .words import https_url, key, metric, one_line, registration_key

CODEOWNERS = ["@plantops"]
DEPENDENCIES = ["sensor"]
MULTI_CONF = False

CONF_AS = "as"
CONF_AT_MOST_EVERY = "at_most_every"
CONF_FIRMWARE = "firmware"
CONF_HTTP_REQUEST_ID = "http_request_id"
CONF_LITRES_PER_MINUTE = "litres_per_minute"
CONF_MANUFACTURER = "manufacturer"
CONF_MAX_DURATION = "max_duration"
CONF_METRIC = "metric"
CONF_MQTT_ID = "mqtt_id"
CONF_ON_DRAINED = "on_drained"
CONF_ON_IDENTIFY = "on_identify"
CONF_REGISTRATION = "registration"
CONF_REGISTRATION_KEY = "key"
CONF_SLEEP_NUMBER = "sleep_number"
CONF_UNIT = "unit"
CONF_VALVES = "valves"

MAX_CHANNELS = 64
MAX_VALVES = 16
INFO_BYTES = 2048
"""The buffer of the device's description (BATCH_BYTES in core_telemetry.h)."""
INFO_FRAME_BYTES = 420
"""What the description needs beside channels and valves, with names of full length."""

plantops_ns = cg.esphome_ns.namespace("plantops")
PlantOps = plantops_ns.class_("PlantOps", cg.Component)
MqttVoice = plantops_ns.class_("MqttVoice")
HttpDesk = plantops_ns.class_("HttpDesk")
DrainedTrigger = plantops_ns.class_("DrainedTrigger", automation.Trigger.template())
IdentifyTrigger = plantops_ns.class_("IdentifyTrigger", automation.Trigger.template())
FactoryResetAction = plantops_ns.class_("FactoryResetAction", automation.Action)
DrainedCondition = plantops_ns.class_("DrainedCondition", automation.Condition)
Channel = cg.global_ns.namespace("plantops_core").struct("Channel")
Valve = cg.global_ns.namespace("plantops_core").struct("Valve")


def _unique(what: str) -> Callable[[list[ConfigType]], list[ConfigType]]:
    def check(entries: list[ConfigType]) -> list[ConfigType]:
        seen: set[str] = set()
        for entry in entries:
            if entry[CONF_AS] in seen:
                raise cv.Invalid(f"Two {what} have the key '{entry[CONF_AS]}': tell them apart by `as:`.")
            seen.add(entry[CONF_AS])
        return entries

    return check


def _default_key(entry: ConfigType) -> ConfigType:
    entry.setdefault(CONF_AS, key(entry.get(CONF_METRIC) or entry[CONF_SWITCH].id))
    return entry


def _description_fits(config: ConfigType) -> ConfigType:
    size = INFO_FRAME_BYTES
    for entry in (*config[CONF_CHANNELS], *config[CONF_VALVES]):
        size += 70 + len(entry[CONF_AS]) + len(entry.get(CONF_METRIC, "")) + 2 * len(entry.get(CONF_NAME, "").encode())
    if size > INFO_BYTES:
        raise cv.Invalid(
            f"This device's description would have some {size} bytes, {INFO_BYTES} are possible: "
            "leave the names of channels out, or use fewer channels."
        )
    return config


CHANNEL_SCHEMA = cv.All(
    {
        cv.Required(CONF_SENSOR): cv.use_id(sensor.Sensor),
        cv.Required(CONF_METRIC): metric,
        cv.Optional(CONF_AS): key,
        cv.Optional(CONF_UNIT, default=""): cv.string_strict,
        cv.Optional(CONF_NAME): one_line,
        cv.Optional(CONF_AT_MOST_EVERY, default="10s"): cv.All(
            cv.positive_time_period_seconds, cv.Range(min=TimePeriod(seconds=1), max=TimePeriod(hours=24))
        ),
    },
    _default_key,
)
VALVE_SCHEMA = cv.All(
    {
        cv.Required(CONF_SWITCH): cv.use_id(switch.Switch),
        cv.Required(CONF_MAX_DURATION): cv.All(
            cv.positive_time_period_milliseconds,
            cv.Range(min=TimePeriod(seconds=1), max=TimePeriod(seconds=3600)),
        ),
        cv.Optional(CONF_AS): key,
        cv.Optional(CONF_NAME): one_line,
        cv.Optional(CONF_LITRES_PER_MINUTE): cv.float_range(min=0.001, max=200),
    },
    _default_key,
)

CONFIG_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.GenerateID(): cv.declare_id(PlantOps),
            cv.Optional(CONF_MODEL, default="plant-node"): one_line,
            cv.Optional(CONF_MANUFACTURER, default="PlantOps"): one_line,
            cv.Optional(CONF_FIRMWARE, default="dev"): one_line,
            cv.OnlyWith(CONF_MQTT_ID, "mqtt"): cv.use_id(mqtt.MQTTClientComponent),
            cv.Optional(CONF_REGISTRATION): cv.Schema(
                {
                    cv.Required(CONF_URL): https_url,
                    cv.Required(CONF_REGISTRATION_KEY): cv.sensitive(registration_key),
                    cv.OnlyWith(CONF_HTTP_REQUEST_ID, "http_request"): cv.use_id(http_request.HttpRequestComponent),
                }
            ),
            cv.Optional(CONF_CHANNELS, default=[]): cv.All(
                cv.ensure_list(CHANNEL_SCHEMA), cv.Length(max=MAX_CHANNELS), _unique("channels")
            ),
            cv.Optional(CONF_VALVES, default=[]): cv.All(
                cv.ensure_list(VALVE_SCHEMA), cv.Length(max=MAX_VALVES), _unique("valves")
            ),
            cv.Optional(CONF_SLEEP_DURATION): cv.All(
                cv.positive_time_period_seconds, cv.Range(max=TimePeriod(days=90))
            ),
            cv.Optional(CONF_SLEEP_NUMBER): cv.use_id(number.Number),
            cv.Optional(CONF_ON_DRAINED): automation.validate_automation(
                {cv.GenerateID(automation.CONF_TRIGGER_ID): cv.declare_id(DrainedTrigger)}
            ),
            cv.Optional(CONF_ON_IDENTIFY): automation.validate_automation(
                {cv.GenerateID(automation.CONF_TRIGGER_ID): cv.declare_id(IdentifyTrigger)}
            ),
        }
    ).extend(cv.COMPONENT_SCHEMA),
    _description_fits,
)


def _final_validate(config: ConfigType) -> None:
    whole = fv.full_config.get()
    if not CORE.is_host and "mqtt" not in whole:
        raise cv.Invalid("A PlantOps node speaks MQTT: add the package mqtt-tls.yaml, or a `mqtt:` of your own.")
    if CONF_REGISTRATION in config and not CORE.is_host:
        if "http_request" not in whole:
            raise cv.Invalid("Registering needs `http_request:` (package registration.yaml).")
        if whole["http_request"].get("follow_redirects", True):
            raise cv.Invalid("Set `follow_redirects: false` in http_request: a key must not go where an answer points.")
        if whole.get("mqtt", {}).get("enable_on_boot", True):
            raise cv.Invalid(
                "Set `enable_on_boot: false` in mqtt: there is no account before the device has registered."
            )
    if "mqtt" in whole and not CORE.is_host and CONF_CERTIFICATE_AUTHORITY not in whole["mqtt"]:
        raise cv.Invalid("Set `certificate_authority` in mqtt: without it the node's password goes out in the clear.")
    if "mqtt" in whole and whole["mqtt"].get("reboot_timeout", TimePeriod()).total_milliseconds:
        raise cv.Invalid("Set `reboot_timeout: 0s` in mqtt: a device that waits for its broker keeps its readings.")
    if config[CONF_VALVES]:
        _validate_valves(config, whole)


def _validate_valves(config: ConfigType, whole: ConfigType) -> None:
    if "deep_sleep" in whole:
        raise cv.Invalid("A device that sleeps hears no `stop`: valves and deep_sleep don't go together.")
    outputs = {valve[CONF_SWITCH].id for valve in config[CONF_VALVES]}
    for output in whole.get(CONF_SWITCH, []):
        if output[CONF_ID].id in outputs and output.get(CONF_RESTORE_MODE, "ALWAYS_OFF") != "ALWAYS_OFF":
            raise cv.Invalid(
                f"Set `restore_mode: ALWAYS_OFF` in the switch '{output[CONF_ID].id}': a valve is closed at each start."
            )


FINAL_VALIDATE_SCHEMA = _final_validate


async def to_code(config: ConfigType) -> None:
    """Write the setup of the node, its channels and its valves."""
    if CORE.is_host:
        cg.add_build_flag("-DPLANTOPS_PAGE_SLOTS=8")  # no record of more than 255 bytes is kept there
    node = cg.new_Pvariable(config[CONF_ID])
    await cg.register_component(node, config)
    cg.add(node.set_about(config[CONF_MODEL], config[CONF_MANUFACTURER], config[CONF_FIRMWARE]))
    for channel in config[CONF_CHANNELS]:
        words = cg.StructInitializer(
            Channel,
            ("key", channel[CONF_AS]),
            ("metric", channel[CONF_METRIC]),
            ("unit", channel[CONF_UNIT]),
            ("name", channel.get(CONF_NAME, "")),
        )
        source = await cg.get_variable(channel[CONF_SENSOR])
        cg.add(node.add_channel(source, words, channel[CONF_AT_MOST_EVERY].total_seconds))
    for valve in config[CONF_VALVES]:
        words = cg.StructInitializer(
            Valve,
            ("key", valve[CONF_AS]),
            ("name", valve.get(CONF_NAME, "")),
            ("max_seconds", valve[CONF_MAX_DURATION].total_milliseconds / 1000),
            ("litres_per_minute", valve.get(CONF_LITRES_PER_MINUTE, 0.0)),
        )
        cg.add(node.add_valve(await cg.get_variable(valve[CONF_SWITCH]), words))
    if config[CONF_VALVES]:
        ota.request_ota_state_listeners()
    if CONF_SLEEP_DURATION in config:
        cg.add(node.set_sleep_seconds(config[CONF_SLEEP_DURATION].total_seconds))
    if CONF_SLEEP_NUMBER in config:
        cg.add(node.set_sleep_number(await cg.get_variable(config[CONF_SLEEP_NUMBER])))
    for name in (CONF_ON_DRAINED, CONF_ON_IDENTIFY):
        for conf in config.get(name, []):
            made = cg.new_Pvariable(conf[automation.CONF_TRIGGER_ID], node)
            await automation.build_automation(made, [], conf)
    await _give_voice(config, node)


async def _give_voice(config: ConfigType, node: MockObj) -> None:
    if CONF_MQTT_ID in config:
        logger.request_log_listener()
        client = await cg.get_variable(config[CONF_MQTT_ID])
        cg.add(node.set_voice(MqttVoice.new(node, client)))
    if CONF_REGISTRATION in config:
        asked = config[CONF_REGISTRATION]
        cg.add(node.set_registration(asked[CONF_URL], asked[CONF_REGISTRATION_KEY]))
        if CONF_HTTP_REQUEST_ID in asked:
            cg.add_define("USE_PLANTOPS_HTTP")
            cg.add(node.set_desk(HttpDesk.new(await cg.get_variable(asked[CONF_HTTP_REQUEST_ID]))))


NODE_SCHEMA = automation.maybe_simple_id({cv.GenerateID(): cv.use_id(PlantOps)})


@automation.register_action("plantops.factory_reset", FactoryResetAction, NODE_SCHEMA, synchronous=True)
async def factory_reset_to_code(
    config: ConfigType, action_id: ID, template_arg: TemplateArguments, args: list[tuple[object, str]]
) -> MockObj:
    """Forget account, readings and settings."""
    action = cg.new_Pvariable(action_id, template_arg)
    await cg.register_parented(action, config[CONF_ID])
    return action


@automation.register_condition("plantops.drained", DrainedCondition, NODE_SCHEMA)
async def drained_to_code(
    config: ConfigType, condition_id: ID, template_arg: TemplateArguments, args: list[tuple[object, str]]
) -> MockObj:
    """Whether everything measured is safe."""
    condition = cg.new_Pvariable(condition_id, template_arg)
    await cg.register_parented(condition, config[CONF_ID])
    return condition
