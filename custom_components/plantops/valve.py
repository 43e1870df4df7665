"""Valves that water plants: open for a while, or close now."""

from dataclasses import dataclass
from typing import Any, override
from uuid import UUID

from homeassistant.components.valve.const import ValveDeviceClass, ValveEntityFeature
from homeassistant.components.valve.entity import ValveEntity, ValveEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .entity import PlantOpsEntity, follow
from .lib.aioplantops.irrigation import Irrigator, IrrigatorState, WaterPlant
from .problems import told
from .subjects import GARDEN

PARALLEL_UPDATES = 1

OPENED_SECONDS = 15.0
"""How long opening a valve waters, where the irrigator allows so much; the action Water takes any time."""


@dataclass(frozen=True, kw_only=True)
class IrrigatorDescription(ValveEntityDescription):
    """The one line of this platform's table."""

    def exists(self, irrigator: Irrigator) -> bool:
        """Every irrigator has a valve."""
        return True


VALVE = IrrigatorDescription(key="irrigator", device_class=ValveDeviceClass.WATER, reports_position=False)


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Show every irrigator."""
    coordinator = entry.runtime_data
    await follow(
        coordinator,
        async_add_entities,
        lambda garden: garden.irrigators.values(),
        (VALVE,),
        lambda one, line: IrrigatorValve(coordinator, one, line),
    )
    _remove_what_is_gone(hass, entry)


def _remove_what_is_gone(hass: HomeAssistant, entry: PlantOpsConfigEntry) -> None:
    """Remove the valves of irrigators that are gone, now and later: their device stays, and they would stay with it."""
    coordinator, registry = entry.runtime_data, er.async_get(hass)
    there: set[UUID] | None = None

    @callback
    def look() -> None:
        nonlocal there
        now = set(coordinator.data.irrigators)
        if not coordinator.last_update_success or there == now:
            return
        there = now
        wanted = {f"{irrigator_id}_{VALVE.key}" for irrigator_id in there}
        for known in er.async_entries_for_config_entry(registry, entry.entry_id):
            if known.domain == Platform.VALVE and known.unique_id not in wanted:
                registry.async_remove(known.entity_id)

    look()
    entry.async_on_unload(coordinator.async_add_listener(look, (GARDEN,)))


class IrrigatorValve(PlantOpsEntity, ValveEntity):
    """A valve or pump; it closes by itself."""

    _attr_supported_features = ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE

    def __init__(
        self, coordinator: PlantOpsCoordinator, irrigator: Irrigator, description: IrrigatorDescription
    ) -> None:
        """Hang on the physical device that has the valve."""
        super().__init__(coordinator, description, (irrigator.id,))
        self.irrigator_id: UUID = irrigator.id
        self._attr_unique_id = f"{irrigator.id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, f"{coordinator.instance}/{irrigator.device_id}")})
        self._attr_translation_placeholders = {"name": irrigator.name}

    @property
    def _irrigator(self) -> Irrigator:
        return self.garden.irrigators[self.irrigator_id]

    @property
    @override
    def available(self) -> bool:
        """Whether the backend is there, and the irrigator may water."""
        known = self.garden.irrigators.get(self.irrigator_id)
        return super().available and known is not None and known.state is not IrrigatorState.OFF

    @property
    @override
    def is_closed(self) -> bool:
        """Whether no water flows."""
        return self._irrigator.state is not IrrigatorState.RUNNING

    @property
    @override
    def is_opening(self) -> bool:
        """Whether it was told to open and has not said so yet."""
        return self._irrigator.state is IrrigatorState.STARTING

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Why it is blocked, what it did last."""
        irrigator = self._irrigator
        last = irrigator.last_command
        return {
            "blocked": None if irrigator.block is None else irrigator.block.words,
            "last_watering": None if last is None else last.sent_at,
            "last_result": None if last is None else last.state.value,
        }

    @override
    async def async_open_valve(self) -> None:
        """Water for a moment."""
        irrigator = self._irrigator
        if not irrigator.plant_ids:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="valve_without_plant")
        seconds = min(OPENED_SECONDS, irrigator.max_seconds)
        with told(self.coordinator):
            wish = WaterPlant(seconds=seconds, irrigator_id=irrigator.id)
            await self.coordinator.client.water(irrigator.plant_ids[0], wish)

    @override
    async def async_close_valve(self) -> None:
        """Close it now."""
        with told(self.coordinator):
            await self.coordinator.client.stop_irrigator(self.irrigator_id)
