"""How a backend is added, found, changed and given another token."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, override

import probatio as vol
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from yarl import URL

from .binding import SENSOR
from .binding_flow import SensorFlow
from .connection import tidy_url
from .const import CONF_CERTIFICATE, CONF_STATISTICS, CONF_SUGGEST_AREAS, DOMAIN, Statistics
from .coordinator import PlantOpsConfigEntry
from .greeting import Misfit, meet

_TOKEN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
        vol.Required(CONF_TOKEN): _TOKEN,
        vol.Optional(CONF_CERTIFICATE): TextSelector(TextSelectorConfig(multiline=True)),
    }
)
_REAUTH = vol.Schema({vol.Required(CONF_TOKEN): _TOKEN})
_STATISTICS = SelectSelector(
    SelectSelectorConfig(options=[one.value for one in Statistics], translation_key=CONF_STATISTICS)
)
_OPTIONS = vol.Schema(
    {
        vol.Required(CONF_SUGGEST_AREAS, default=True): BooleanSelector(),
        vol.Required(CONF_STATISTICS, default=Statistics.GAPS.value): _STATISTICS,
    }
)


class PlantOpsFlow(ConfigFlow, domain=DOMAIN):
    """Adds a backend, and mends the way to one."""

    VERSION = 1

    def __init__(self) -> None:
        """Know nothing yet."""
        self._found: dict[str, Any] = {}
        self._placeholders: dict[str, str] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: PlantOpsConfigEntry) -> PlantOpsOptions:
        """Give what asks for the options."""
        return PlantOpsOptions()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """Give what asks for a sensor that is there already."""
        return {SENSOR: SensorFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for address and token."""
        return await self._ask("user", user_input, self._found)

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """Take what the network told; a backend that is known and only moved is followed."""
        told = discovery_info.properties
        if not (instance := told.get("id")):
            return self.async_abort(reason="wrong_url")
        await self.async_set_unique_id(instance)
        host = f"[{discovery_info.host}]" if ":" in discovery_info.host else discovery_info.host
        https = told.get("https")
        url = f"https://{host}:{https}" if https else f"http://{host}:{discovery_info.port}"
        self._abort_if_unique_id_configured(updates=self._moved(instance, host, told, discovery_info.port))
        self._found = {CONF_URL: url}
        name = discovery_info.name.partition("._plantops")[0] or "PlantOps"
        self._placeholders = {"name": name, "version": told.get("version") or "?"}
        self.context["title_placeholders"] = {"name": name}
        return await self.async_step_zeroconf_confirm()

    def _moved(
        self, instance: str, host: str, told: Mapping[str, str | None], port: int | None
    ) -> dict[str, Any] | None:
        """Tell the new address of a known backend. Names that a person chose stay: they move by themselves."""
        entry = next((entry for entry in self._async_current_entries() if entry.unique_id == instance), None)
        if entry is None or not (before := URL(entry.data[CONF_URL])).host or not _is_address(before.host):
            return None
        new_port = told.get("https") if before.scheme == "https" else str(port)
        return {CONF_URL: f"{before.scheme}://{host}:{new_port or before.port}"}

    async def async_step_zeroconf_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the token of the backend that was found."""
        return await self._ask("zeroconf_confirm", user_input, self._found)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another address, token or certificate of the same backend."""
        before = self._get_reconfigure_entry().data
        return await self._ask("reconfigure", user_input, {k: v for k, v in before.items() if k != CONF_TOKEN})

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to ask for another token."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another token."""
        entry = self._get_reauth_entry()
        errors: Mapping[str, str] = {}
        placeholders = {"name": entry.title, "reason": "", "fingerprint": ""}
        if user_input is not None:
            try:
                hello = await meet(self.hass, {**entry.data, CONF_TOKEN: user_input[CONF_TOKEN].strip()})
            except Misfit as misfit:
                errors = {"base": next(iter(misfit.errors.values()))}
                placeholders |= misfit.placeholders
            else:
                await self.async_set_unique_id(str(hello.instance_id))
                self._abort_if_unique_id_mismatch(reason="foreign_instance")
                return self.async_update_reload_and_abort(
                    entry, data_updates={CONF_TOKEN: user_input[CONF_TOKEN].strip()}
                )
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_REAUTH,
            errors=dict(errors),
            description_placeholders=placeholders,
        )

    async def _ask(
        self, step: str, user_input: dict[str, Any] | None, suggested: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Show the form until what is in it opens a backend."""
        errors: Mapping[str, str] = {}
        placeholders = {"reason": "", "fingerprint": "", **self._placeholders}
        if user_input is not None:
            data = _tidied(user_input)
            try:
                hello = await meet(self.hass, data)
            except Misfit as misfit:
                errors = misfit.errors
                placeholders |= misfit.placeholders
            else:
                return await self._keep(str(hello.instance_id), data)
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, user_input or suggested),
            errors=dict(errors),
            description_placeholders=placeholders,
        )

    async def _keep(self, instance: str, data: dict[str, Any]) -> ConfigFlowResult:
        """Make an entry, or change the one that is being changed."""
        await self.async_set_unique_id(instance, raise_on_progress=False)
        if self.source == SOURCE_RECONFIGURE:
            self._abort_if_unique_id_mismatch(reason="foreign_instance")
            return self.async_update_reload_and_abort(self._get_reconfigure_entry(), data=data)
        self._abort_if_unique_id_configured(updates=data)
        others = self._async_current_entries(include_ignore=False)
        title = f"PlantOps on {URL(data[CONF_URL]).host}" if others else "PlantOps"
        return self.async_create_entry(title=title, data=data)


class PlantOpsOptions(OptionsFlowWithReload):
    """Asks how the garden is shown."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for all options at once."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        schema = self.add_suggested_values_to_schema(_OPTIONS, self.config_entry.options)
        return self.async_show_form(step_id="init", data_schema=schema)


def _tidied(user_input: Mapping[str, Any]) -> dict[str, Any]:
    data = {CONF_URL: tidy_url(user_input[CONF_URL]), CONF_TOKEN: user_input[CONF_TOKEN].strip()}
    certificate = user_input.get(CONF_CERTIFICATE, "").strip()
    return {**data, CONF_CERTIFICATE: certificate} if certificate else data


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
