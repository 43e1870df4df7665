"""Actions on care tasks: tick off, put off."""

from uuid import UUID

import probatio as vol
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv

from .answers import in_utc, plain, read
from .lib.aioplantops.tasks import TaskComplete
from .problems import told
from .targets import backend_of

MOST_DAYS = 366


def _id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise vol.Invalid("this is no id of a task; the action Get schedule tells them") from None


COMPLETE_TASK = vol.Schema(
    {
        vol.Required("task_id"): _id,
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional("note"): cv.string,
        vol.Optional("litres"): vol.All(vol.Coerce(float), vol.Range(min=0, min_included=False)),
    }
)


async def complete_task(call: ServiceCall) -> ServiceResponse:
    """Say that a task was done."""
    coordinator = backend_of(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    said = {name: call.data[name] for name in ("note", "litres") if name in call.data}
    with told(coordinator):
        done = read(TaskComplete, said)
        return plain(await coordinator.client.complete_task(call.data["task_id"], done))


SNOOZE_TASK = vol.Schema(
    vol.All(
        {
            vol.Required("task_id"): _id,
            vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
            vol.Exclusive("days", "span"): vol.All(vol.Coerce(int), vol.Range(min=1, max=MOST_DAYS)),
            vol.Exclusive("until", "span"): cv.datetime,
        },
        cv.has_at_least_one_key("days", "until"),
    )
)


async def snooze_task(call: ServiceCall) -> ServiceResponse:
    """Put a task off."""
    coordinator = backend_of(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    until = call.data.get("until")
    with told(coordinator):
        return plain(
            await coordinator.client.snooze_task(
                call.data["task_id"], until=None if until is None else in_utc(until), days=call.data.get("days")
            )
        )
