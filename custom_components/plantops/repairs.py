"""The ways out of what is put up for repair."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, override
from uuid import UUID

import probatio as vol
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import DeviceFilterSelectorConfig, DeviceSelector, DeviceSelectorConfig
from homeassistant.util import dt as dt_util

from . import issues
from .calibrating import UncalibratedChannel
from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .lib.aioplantops.errors import PlantOpsError, ScopeMissing
from .moving import move
from .problems import ask_for_scope, reason
from .targets import device_of

type Known = Mapping[str, str | int | float | None]

SNOOZE = timedelta(days=7)
_PROBE = vol.Schema(
    {
        vol.Required("probe"): DeviceSelector(
            DeviceSelectorConfig(filter=[DeviceFilterSelectorConfig(integration=DOMAIN)])
        )
    }
)


class AnotherToken(ConfirmRepairFlow):
    """Asks for a token that may more."""

    def __init__(self, entry: PlantOpsConfigEntry) -> None:
        """Take the entry that lacks it."""
        self._entry = entry

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain, then begin the reauthentication."""
        if user_input is not None:
            self._entry.async_start_reauth(self.hass)
        return await super().async_step_confirm(user_input)


class SilentDevice(RepairsFlow):
    """Asks what is done about a device that is not heard."""

    def __init__(self, coordinator: PlantOpsCoordinator, device_id: str, alert_id: UUID) -> None:
        """Take the device, and the alert that tells of its silence."""
        self._coordinator = coordinator
        self._device_id = device_id
        self._alert_id = alert_id

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask."""
        alert = self._coordinator.data.alerts.get(self._alert_id)
        device = self._coordinator.data.devices.get(self._device_id)
        if alert is None or device is None:
            return self.async_abort(reason="gone")
        words = {"device": device.name, "reason": alert.words}
        ways = ["battery", "move", "ignore"]
        return self.async_show_menu(step_id="init", menu_options=ways, description_placeholders=words)

    async def async_step_battery(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Note that somebody looked after it; it is over when the device is heard."""
        try:
            await self._coordinator.client.acknowledge_alert(self._alert_id)
        except PlantOpsError as error:
            return self._failed(error)
        return self.async_abort(reason="acknowledged")

    async def async_step_ignore(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say nothing more of it for a week."""
        try:
            await self._coordinator.client.snooze_alert(self._alert_id, dt_util.utcnow() + SNOOZE)
        except PlantOpsError as error:
            return self._failed(error)
        return self.async_abort(reason="snoozed")

    async def async_step_move(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Let another probe measure for its plants."""
        device = self._coordinator.data.devices.get(self._device_id)
        if device is None:
            return self.async_abort(reason="gone")
        if user_input is None:
            return self.async_show_form(
                step_id="move", data_schema=_PROBE, description_placeholders={"device": device.name}
            )
        try:
            target = device_of(self.hass, user_input["probe"])
            moved = await move(self._coordinator, device, target.device, dt_util.utcnow())
        except PlantOpsError as error:
            return self._failed(error)
        except HomeAssistantError as error:
            return self.async_abort(reason="failed", description_placeholders={"reason": str(error)})
        return self.async_abort(reason="moved" if moved else "nothing_to_move")

    def _failed(self, error: PlantOpsError) -> RepairsFlowResult:
        if isinstance(error, ScopeMissing):
            ask_for_scope(self._coordinator)
        return self.async_abort(reason="failed", description_placeholders={"reason": reason(error)})


class LookAgain(ConfirmRepairFlow):
    """Says what is to be done on the backend, and looks whether it was: nobody waits for hours until that shows."""

    def __init__(self, entry: PlantOpsConfigEntry) -> None:
        """Take the entry whose backend it is about."""
        self._entry = entry

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain, look, and explain once more while it is not done."""
        if user_input is None:
            return await super().async_step_confirm()
        why = await self._why_not()
        if why is None:
            return self.async_create_entry(data={})
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        known = {} if issue is None else issue.translation_placeholders or {}
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={"base": "still"},
            description_placeholders={**known, "reason": why},
        )

    async def _why_not(self) -> str | None:
        """Tell why it is not mended; None: it is."""
        raise NotImplementedError


class RenewedCertificate(LookAgain):
    """Looks whether a certificate was renewed."""

    @override
    async def _why_not(self) -> str | None:
        if self._entry.state is not ConfigEntryState.LOADED:
            return self._entry.reason or self._entry.state.value
        coordinator = self._entry.runtime_data
        try:
            health = await coordinator.client.health()
        except PlantOpsError as error:
            return reason(error)
        issues.certificates(coordinator, health)
        ours = f"_{self._entry.entry_id}"
        ends = [one.problem for one in health.certificates or () if self.issue_id == f"certificate_{one.file}{ours}"]
        return next((problem for problem in ends if problem is not None), None)


class UpdatedBackend(LookAgain):
    """Looks whether a backend was updated, by connecting anew."""

    @override
    async def _why_not(self) -> str | None:
        await self.hass.config_entries.async_reload(self._entry.entry_id)
        if self._entry.state is ConfigEntryState.LOADED:
            return None
        return self._entry.reason or self._entry.state.value


class UnboundSensor(ConfirmRepairFlow):
    """Offers to delete a sensor that is gone, or whose plants are."""

    def __init__(self, entry: PlantOpsConfigEntry, subentry_id: str) -> None:
        """Take the sensor's subentry."""
        self._entry = entry
        self._subentry_id = subentry_id

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain, then delete it."""
        if user_input is not None and self._subentry_id in self._entry.subentries:
            self.hass.config_entries.async_remove_subentry(self._entry, self._subentry_id)
        return await super().async_step_confirm(user_input)


def _unbound(entry: PlantOpsConfigEntry, known: Known) -> RepairsFlow:
    return UnboundSensor(entry, str(known["subentry_id"]))


def _silent(entry: PlantOpsConfigEntry, known: Known) -> RepairsFlow:
    return SilentDevice(entry.runtime_data, str(known["device_id"]), UUID(str(known["alert_id"])))


def _uncalibrated(entry: PlantOpsConfigEntry, known: Known) -> RepairsFlow:
    return UncalibratedChannel(entry.runtime_data, str(known["device_id"]), int(str(known["channel_id"])))


WAYS_OUT: Mapping[str, tuple[Callable[[PlantOpsConfigEntry, Known], RepairsFlow], bool]] = {
    "device_silent_": (_silent, True),
    "channel_uncalibrated_": (_uncalibrated, True),
    "sensor_gone_": (_unbound, False),
    "sensor_without_plant_": (_unbound, False),
    "token_scope_": (lambda entry, known: AnotherToken(entry), False),
    "server_too_old_": (lambda entry, known: UpdatedBackend(entry), False),
    "certificate_": (lambda entry, known: RenewedCertificate(entry), False),
}
"""By the beginning of an issue's id: its way out, and whether that needs a loaded entry."""


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Give the way out of one issue; of one whose entry is gone meanwhile, a word of goodbye."""
    known = data or {}
    entry: PlantOpsConfigEntry | None = hass.config_entries.async_get_entry(str(known.get("entry_id")))
    for beginning, (way_out, loaded) in WAYS_OUT.items():
        if issue_id.startswith(beginning) and entry is not None:
            if not loaded or entry.state is ConfigEntryState.LOADED:
                return way_out(entry, known)
            break
    return ConfirmRepairFlow()
