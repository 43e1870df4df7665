"""How a sensor that is there already is made to measure for plants, and how that is changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import probatio as vol
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_FRIENDLY_NAME, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from .answers import read
from .binding import Binding, bindings, entity_id_of, fitting, identify, number, unit_of
from .const import DOMAIN
from .coordinator import PlantOpsCoordinator
from .lib.aioplantops.errors import PlantOpsError, ScopeMissing
from .lib.aioplantops.metric_guess import guess
from .lib.aioplantops.metrics import Metric, scale
from .lib.aioplantops.models import PlantCreate
from .problems import reason
from .wiring import appears, others, wire

METRIC_NAMES = "metric"
"""Where the translations have the names of metrics."""

DOMAINS = ("sensor", "number", "input_number")


class SensorFlow(ConfigSubentryFlow):
    """Asks which sensor, what it measures, and for which plants."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._entity_id = ""
        self._said: Mapping[str, Any] = {}
        self._wished: Binding | None = None
        self._planted: UUID | None = None
        """The new plant, once it is there: asking again after an error makes no second one."""

    @property
    def _coordinator(self) -> PlantOpsCoordinator:
        coordinator: PlantOpsCoordinator = self._get_entry().runtime_data
        return coordinator

    @property
    def _before(self) -> Binding | None:
        """What is changed; None: a new one is made."""
        return Binding.of(self._get_reconfigure_subentry()) if self.source == SOURCE_RECONFIGURE else None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the sensor."""
        return await self._which("user", user_input, "")

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the sensor, which may be another one now."""
        before = Binding.of(self._get_reconfigure_subentry())
        return await self._which("reconfigure", user_input, entity_id_of(self.hass, before.entity) or "")

    async def _which(self, step: str, user_input: dict[str, Any] | None, suggested: str) -> SubentryFlowResult:
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED or not entry.runtime_data.last_update_success:
            return self.async_abort(reason="away")
        errors: dict[str, str] = {}
        state = None
        if user_input is not None:
            suggested = self._entity_id = user_input["entity"]
            state = self.hass.states.get(self._entity_id)
            if (wrong := self._unusable(state)) is None:
                return await self.async_step_measure()
            errors = {"entity": wrong}
        ours = [one.entity_id for one in er.async_get(self.hass).entities.values() if one.platform == DOMAIN]
        config = EntitySelectorConfig(
            filter=[EntityWithDeviceFilterSelectorConfig(domain=list(DOMAINS))], exclude_entities=ours
        )
        schema = vol.Schema({vol.Required("entity"): EntitySelector(config)})
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, {"entity": suggested} if suggested else {}),
            errors=errors,
            description_placeholders=_shown(state),
        )

    def _unusable(self, state: State | None) -> str | None:
        """Tell why a sensor cannot be bound at all."""
        known = er.async_get(self.hass).async_get(self._entity_id)
        if known is not None and known.platform == DOMAIN:
            return "own_entity"
        if state is None:
            return "no_such_entity"
        if state.state not in {STATE_UNAVAILABLE, STATE_UNKNOWN} and number(state) is None:
            return "not_numeric"
        return None if any(fitting(unit_of(state))) else "unit_unfit"

    async def async_step_measure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what it measures and for which plants."""
        if user_input is None:
            return self._form()
        self._said = user_input
        if (wished := await self._wish()) is None:
            return self._form(metric="unit_unfit")
        self._wished = wished
        if not wished.plants and not user_input.get("new_plant", "").strip():
            return self._form(plants="no_plant")
        if (wrong := self._collision(wished)) is not None:
            return wrong
        if others(self._coordinator, wished):
            return await self.async_step_replace()
        return await self._bind(wished)

    async def async_step_replace(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Tell who measures for the plants now, before the sensor takes over."""
        if user_input is not None and self._wished is not None:
            return await self._bind(self._wished)
        devices = self._coordinator.data.devices
        lines = [
            f"* {self._coordinator.plant_of(one.plant_id)}: {devices[one.device_id].name}"
            for one in (others(self._coordinator, self._wished) if self._wished else ())
            if one.device_id in devices
        ]
        return self.async_show_form(step_id="replace", description_placeholders={"others": "\n".join(sorted(lines))})

    def _form(self, words: Mapping[str, str] | None = None, **errors: str) -> SubentryFlowResult:
        state = self.hass.states.get(self._entity_id)
        return self.async_show_form(
            step_id="measure",
            data_schema=self.add_suggested_values_to_schema(self._schema(state), self._said or self._suggested(state)),
            errors=errors,
            description_placeholders={**_shown(state), "reason": "", "plant": "", "other": "", **(words or {})},
        )

    def _schema(self, state: State | None) -> vol.Schema:
        metrics = [metric.value for metric in fitting(unit_of(state))]
        plants = sorted(self._coordinator.data.plants.values(), key=lambda plant: plant.name.casefold())
        options = [
            SelectOptionDict(value=str(plant.id), label=f"{plant.name} ({plant.area})" if plant.area else plant.name)
            for plant in plants
        ]
        kinds = SelectSelectorConfig(options=metrics, translation_key=METRIC_NAMES, mode=SelectSelectorMode.DROPDOWN)
        choice = SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
        return vol.Schema(
            {
                vol.Required("metric"): SelectSelector(kinds),
                vol.Optional("plants", default=[]): SelectSelector(choice),
                vol.Optional("new_plant"): TextSelector(),
            }
        )

    def _suggested(self, state: State | None) -> Mapping[str, Any]:
        if (before := self._before) is not None:
            there = [str(plant_id) for plant_id in before.plants if plant_id in self._coordinator.data.plants]
            return {"metric": before.metric.value, "plants": there}
        attributes = {} if state is None else state.attributes
        name = f"{attributes.get(ATTR_FRIENDLY_NAME, '')} {self._entity_id}"
        known = guess(attributes.get(ATTR_DEVICE_CLASS), unit_of(state), name)
        return {"metric": known.value} if known in set(fitting(unit_of(state))) else {}

    async def _wish(self) -> Binding | None:
        """Make a binding of what was said, still without the new plant; None: the unit does not fit (any more)."""
        state = self.hass.states.get(self._entity_id)
        metric = Metric(self._said["metric"])
        if state is None or (fits := scale(metric, unit_of(state))) is None:
            return None
        entity, device_id = await identify(self.hass, self._entity_id)
        plants = tuple(UUID(plant_id) for plant_id in self._said["plants"])
        return Binding(entity, metric, fits.unit, device_id, plants, state.name, self._entity_id)

    def _collision(self, wished: Binding) -> SubentryFlowResult | None:
        """Ask again where another sensor does the same already."""
        changed = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None
        for subentry_id, other in bindings(self._get_entry()).items():
            if subentry_id == changed or other.metric is not wished.metric:
                continue
            if other.unique_id == wished.unique_id:
                return self._form({"other": other.name}, metric="already_bound")
            for plant_id in set(other.plants) & set(wished.plants):
                words = {"other": other.name, "plant": self._coordinator.plant_of(plant_id)}
                return self._form(words, plants="plant_taken")
        return None

    async def _bind(self, wished: Binding) -> SubentryFlowResult:
        """Tell the backend, and keep the binding."""
        try:
            if (name := self._said.get("new_plant", "").strip()) and self._planted is None:
                self._planted = (await self._coordinator.client.create_plant(read(PlantCreate, {"name": name}))).id
            if self._planted is not None:
                wished = replace(wished, plants=(*wished.plants, self._planted))
                await appears(self._coordinator, self._planted)
            await wire(self._coordinator, wished, self._before)
        except ScopeMissing:
            return self._form(base="scope_missing")
        except PlantOpsError as error:
            return self._form({"reason": reason(error)}, base="refused")
        kept: dict[str, Any] = {"title": wished.name, "data": wished.data, "unique_id": wished.unique_id}
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(self._get_entry(), self._get_reconfigure_subentry(), **kept)
        return self.async_create_entry(**kept)


def _shown(state: State | None) -> dict[str, str]:
    """Tell what a sensor is called and what it says."""
    if state is None:
        return {"sensor": "-", "said": "-", "unit": "-"}
    unit = unit_of(state) or ""
    return {"sensor": state.name, "said": f"{state.state} {unit}".strip(), "unit": unit or "-"}
