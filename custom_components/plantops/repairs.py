"""The ways out of what is put up for repair."""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from .coordinator import PlantOpsConfigEntry


class AnotherToken(ConfirmRepairFlow):
    """Asks for a token that may more."""

    def __init__(self, entry: PlantOpsConfigEntry | None) -> None:
        """Take the entry that lacks it; None: it was removed meanwhile."""
        self._entry = entry

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain, then begin the reauthentication."""
        if user_input is not None and self._entry is not None:
            self._entry.async_start_reauth(self.hass)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Give the way out of one issue."""
    entry_id = str((data or {}).get("entry_id"))
    return AnotherToken(hass.config_entries.async_get_entry(entry_id))
