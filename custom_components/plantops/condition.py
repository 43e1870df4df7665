"""What automations can ask: whether plants want water, have problems or tasks, and whether devices are silent."""

from typing import ClassVar, override

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityConditionBase, EntityStateConditionBase

from .belonging import ours


class _Ours(EntityConditionBase):
    """Looks at our own entities of one kind only."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return ours(self._hass, super().entity_filter(entities), self._key)


class _Is(_Ours, EntityStateConditionBase):
    """A binary sensor is on, or off."""

    _domain_specs = {"binary_sensor": DomainSpec()}  # noqa: RUF012 - Home Assistant's own way


class NeedsWater(_Is):
    """A plant wants water."""

    _key = "needs_water"
    _states = {STATE_ON}  # noqa: RUF012


class HasProblem(_Is):
    """Something is wrong with a plant."""

    _key = "problem"
    _states = {STATE_ON}  # noqa: RUF012


class IsSilent(_Is):
    """A device is not heard."""

    _key = "heard"
    _states = {STATE_OFF}  # noqa: RUF012
    _primary_entities_only = False


class TaskIsDue(_Ours):
    """Something is to be done now."""

    _key = "tasks_due"
    _domain_specs = {"sensor": DomainSpec()}  # noqa: RUF012

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state.isdigit() and int(entity_state.state) > 0


CONDITIONS: dict[str, type[Condition]] = {
    "has_problem": HasProblem,
    "is_silent": IsSilent,
    "needs_water": NeedsWater,
    "task_is_due": TaskIsDue,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Give all of them."""
    return CONDITIONS
