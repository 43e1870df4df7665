"""Actions that do something: write care down, tick tasks off and put them off, move probes, calibrate, water."""

import probatio as vol
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType

from .answers import in_utc, plain, read
from .lib.aioplantops.calibration import Capture, ProcedureStep
from .lib.aioplantops.care import CareKind, CareLog
from .lib.aioplantops.irrigation import LONGEST_SECONDS, WaterPlant
from .lib.aioplantops.models import AssignmentCreate
from .problems import told
from .targets import DeviceTarget, device_of, plant_of

_NUMBER = vol.All(vol.Coerce(float), vol.Range(min=0, min_included=False))

LOG_CARE = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
        vol.Required("kind", default=CareKind.WATERED.value): vol.In(
            [kind.value for kind in CareKind if kind is not CareKind.PHOTO]
        ),
        vol.Optional("at"): cv.datetime,
        vol.Optional("note"): cv.string,
        vol.Optional("litres"): _NUMBER,
        vol.Optional("pot_litres"): _NUMBER,
        vol.Optional("substrate"): cv.string,
        vol.Optional("area"): cv.string,
    }
)


async def log_care(call: ServiceCall) -> ServiceResponse:
    """Write down what was done to some plants."""
    targets = [plant_of(call.hass, device_id) for device_id in call.data[ATTR_DEVICE_ID]]
    said = {name: value for name, value in call.data.items() if name != ATTR_DEVICE_ID}
    events: list[JsonValueType] = []
    for target in targets:
        with told(target.coordinator):
            care = read(CareLog, said)
            events.append(plain(await target.coordinator.client.log_care(target.plant.id, care)))
    return {"events": events}


ASSIGN_CHANNEL = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required("probe"): cv.string,
        vol.Required("channel"): cv.string,
        vol.Optional("from"): cv.datetime,
        vol.Optional("until"): cv.datetime,
    }
)


async def assign_channel(call: ServiceCall) -> ServiceResponse:
    """Let a probe's channel serve a plant."""
    target, probe = plant_of(call.hass, call.data[ATTR_DEVICE_ID]), device_of(call.hass, call.data["probe"])
    channel = probe.channel(call.data["channel"])
    span = {name: in_utc(call.data[name]) for name in ("from", "until") if name in call.data}
    with told(target.coordinator):
        wish = read(AssignmentCreate, {"channel_id": channel.id, **span})
        return plain(await target.coordinator.client.assign(target.plant.id, wish))


STEPS = ("dry", "wet", "reference", "status", "take", "commit", "cancel")
CALIBRATE = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required("channel"): cv.string,
        vol.Required("step"): vol.In(STEPS),
        vol.Optional("value"): vol.Coerce(float),
        vol.Optional("anyway", default=False): cv.boolean,
    }
)


async def calibrate(call: ServiceCall) -> ServiceResponse:
    """Go one step of a calibration, and tell how far it is."""
    target = device_of(call.hass, call.data[ATTR_DEVICE_ID])
    with told(target.coordinator):
        return await _step(target, call)


async def _step(target: DeviceTarget, call: ServiceCall) -> ServiceResponse:
    calibrator = target.coordinator.client.calibrator(target.channel(call.data["channel"]).id)
    match call.data["step"]:
        case "status":
            return plain(await calibrator.procedure())
        case "take":
            return plain(await calibrator.capture(anyway=call.data["anyway"]))
        case "commit":
            return plain(await calibrator.commit())
        case "cancel":
            await calibrator.cancel()
            return {}
        case step:
            wish = {"capture": Capture(step), "value": call.data.get("value")}
            return plain(await calibrator.begin(read(ProcedureStep, wish)))


WATER = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Exclusive("seconds", "measure"): vol.All(vol.Coerce(float), vol.Range(min=1, max=LONGEST_SECONDS)),
        vol.Exclusive("litres", "measure"): _NUMBER,
        vol.Optional("force", default=False): cv.boolean,
    }
)


async def water(call: ServiceCall) -> ServiceResponse:
    """Open the valve of a plant for a while."""
    target = plant_of(call.hass, call.data[ATTR_DEVICE_ID])
    said = {name: value for name, value in call.data.items() if name != ATTR_DEVICE_ID}
    with told(target.coordinator):
        # The context's id is the same for a call that is sent again: it waters once.
        wish = read(WaterPlant, {**said, "key": f"ha-{call.context.id}-{target.plant.id}"})
        return plain(await target.coordinator.client.water(target.plant.id, wish))
