"""Going through a config flow as a person does."""

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.plantops.const import DOMAIN

ANOTHER = "0b5f2a5e-7b1c-4a5e-9d57-3f1f9b6a0c11"
"""An installation that is not the house."""


async def begin(hass: HomeAssistant) -> str:
    """Begin to add a backend by hand."""
    shown = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert shown["type"] is FlowResultType.FORM
    assert shown["errors"] == {}
    return shown["flow_id"]


async def fill(hass: HomeAssistant, flow_id: str, **data: str) -> ConfigFlowResult:
    """Fill the form in, and give what comes of it."""
    result = await hass.config_entries.flow.async_configure(flow_id, data)
    await hass.async_block_till_done()
    return result
