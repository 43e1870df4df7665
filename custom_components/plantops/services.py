"""The actions that PlantOps adds to Home Assistant, as one table."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import probatio as vol
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback

from . import actions, questions, task_actions
from .const import DOMAIN

type Does = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


@dataclass(frozen=True, slots=True)
class Action:
    """A line of the table."""

    name: str
    does: Does
    schema: vol.Schema
    response: SupportsResponse = SupportsResponse.OPTIONAL


ACTIONS: tuple[Action, ...] = (
    Action("log_care", actions.log_care, actions.LOG_CARE),
    Action("complete_task", task_actions.complete_task, task_actions.COMPLETE_TASK),
    Action("snooze_task", task_actions.snooze_task, task_actions.SNOOZE_TASK),
    Action("assign_channel", actions.assign_channel, actions.ASSIGN_CHANNEL),
    Action("calibrate", actions.calibrate, actions.CALIBRATE),
    Action("water", actions.water, actions.WATER),
    Action("get_history", questions.get_history, questions.GET_HISTORY, SupportsResponse.ONLY),
    Action("get_schedule", questions.get_schedule, questions.GET_SCHEDULE, SupportsResponse.ONLY),
    Action("plan_absence", questions.plan_absence, questions.PLAN_ABSENCE, SupportsResponse.ONLY),
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Offer all of them, also while no backend is loaded: then they say so."""
    for action in ACTIONS:
        hass.services.async_register(
            DOMAIN, action.name, action.does, schema=action.schema, supports_response=action.response
        )
