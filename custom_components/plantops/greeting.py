"""Meeting a backend for the first time: who answers, whether the token opens, and what is wrong, to be translated."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant

from .connection import CertificateUnreadable, client_for, shown_fingerprint
from .const import CONF_CERTIFICATE
from .lib.aioplantops.errors import (
    CannotConnect,
    CertificateUntrusted,
    LoginBlocked,
    NotUnderstood,
    PlantOpsError,
    RateLimited,
    ScopeMissing,
    ServerTooNew,
    ServerTooOld,
    Unauthorized,
)
from .lib.aioplantops.events import Hello
from .lib.aioplantops.health import Health

WRONG: tuple[tuple[type[PlantOpsError], str, str], ...] = (
    (CertificateUnreadable, CONF_CERTIFICATE, "certificate_unreadable"),
    (CertificateUntrusted, CONF_CERTIFICATE, "certificate_untrusted"),
    (Unauthorized, CONF_TOKEN, "invalid_token"),
    (ScopeMissing, CONF_TOKEN, "scope_missing"),
    (NotUnderstood, CONF_URL, "wrong_url"),
    (CannotConnect, CONF_URL, "cannot_connect"),
    (ServerTooOld, "base", "server_too_old"),
    (ServerTooNew, "base", "server_too_new"),
    (LoginBlocked, "base", "blocked"),
    (RateLimited, "base", "blocked"),
    (PlantOpsError, "base", "refused"),
)
"""What can go wrong: the field that it is shown at, and the sentence that says it."""


class Misfit(Exception):
    """Why an entry cannot be made of what was given."""

    def __init__(self, errors: Mapping[str, str], placeholders: Mapping[str, str]) -> None:
        """Take the form's fields with the sentences to show there, and what stands in those."""
        super().__init__(errors)
        self.errors = errors
        self.placeholders = placeholders


async def meet(hass: HomeAssistant, data: Mapping[str, Any]) -> Hello:
    """Go all the way that the integration will go: address, certificate, token, schema. Raises Misfit."""
    try:
        client = await client_for(hass, data)
        await client.transport.send("GET", "/api/health", Health)
        return await client.transport.stream().greet()
    except PlantOpsError as error:
        raise await _misfit(hass, data, error) from error


async def _misfit(hass: HomeAssistant, data: Mapping[str, Any], error: PlantOpsError) -> Misfit:
    field, key = next((field, key) for kind, field, key in WRONG if isinstance(error, kind))
    shown = await shown_fingerprint(hass, data[CONF_URL]) if isinstance(error, CertificateUntrusted) else None
    return Misfit({field: key}, {"reason": error.detail, "fingerprint": shown or "?"})
