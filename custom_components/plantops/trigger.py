"""What automations can begin with: thirst, problems, waterings that the soil tells of, silence, tasks."""

from typing import ClassVar, override

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityTargetStateTriggerBase,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .belonging import ours
from .lib.aioplantops.care import CareKind, CareSource


class _Ours(EntityTriggerBase):
    """Looks at our own entities of one kind only."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return ours(self._hass, super().entity_filter(entities), self._key)


class _Becomes(_Ours, EntityTargetStateTriggerBase):
    """A binary sensor turns on, or off."""

    _domain_specs = {"binary_sensor": DomainSpec()}  # noqa: RUF012 - Home Assistant's own way


class NeedsWater(_Becomes):
    """A plant begins to want water."""

    _key = "needs_water"
    _to_states = {STATE_ON}  # noqa: RUF012


class ProblemOpened(_Becomes):
    """Something is wrong with a plant that was well."""

    _key = "problem"
    _to_states = {STATE_ON}  # noqa: RUF012


class ProblemCleared(_Becomes):
    """Nothing is wrong with a plant any more."""

    _key = "problem"
    _to_states = {STATE_OFF}  # noqa: RUF012


class DeviceSilent(_Becomes):
    """A device is not heard any more."""

    _key = "heard"
    _to_states = {STATE_OFF}  # noqa: RUF012
    _primary_entities_only = False


class WateringDetected(_Ours, StatelessEntityTriggerBase):
    """The soil tells that a plant was watered."""

    _key = "care"
    _domain_specs = {"event": DomainSpec()}  # noqa: RUF012

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        kind, source = state.attributes.get("event_type"), state.attributes.get("source")
        return (kind, source) == (CareKind.WATERED.value, CareSource.DETECTED.value)


class TaskDue(_Ours):
    """One more task is due."""

    _key = "tasks_due"
    _domain_specs = {"sensor": DomainSpec()}  # noqa: RUF012

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        return from_state.state.isdigit() and to_state.state.isdigit() and int(to_state.state) > int(from_state.state)


TRIGGERS: dict[str, type[Trigger]] = {
    "device_silent": DeviceSilent,
    "needs_water": NeedsWater,
    "problem_cleared": ProblemCleared,
    "problem_opened": ProblemOpened,
    "task_due": TaskDue,
    "watering_detected": WateringDetected,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Give all of them."""
    return TRIGGERS
