"""What the backend refuses, in words of the user's language; and what a refusal says about the whole entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .lib.aioplantops.errors import (
    CannotConnect,
    NotFound,
    NotUnderstood,
    PlantOpsError,
    RateLimited,
    ScopeMissing,
    Unauthorized,
    Unavailable,
)

if TYPE_CHECKING:
    from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator

KEYS: tuple[tuple[type[PlantOpsError], str], ...] = (
    (Unauthorized, "unauthorized"),
    (ScopeMissing, "scope_missing"),
    (CannotConnect, "cannot_connect"),
    (Unavailable, "cannot_connect"),
    (RateLimited, "rate_limited"),
    (NotFound, "gone"),
    (NotUnderstood, "not_understood"),
)
"""The translated sentence for each kind of refusal; anything else is `refused`, with the backend's own sentence."""


def translation_key(error: PlantOpsError) -> str:
    """Name the sentence that says it."""
    return next((key for kind, key in KEYS if isinstance(error, kind)), "refused")


def in_words(error: PlantOpsError) -> HomeAssistantError:
    """Make an error of the backend one that Home Assistant shows in the user's language."""
    key = translation_key(error)
    family = ServiceValidationError if key in {"gone", "refused"} else HomeAssistantError
    return family(translation_domain=DOMAIN, translation_key=key, translation_placeholders={"reason": reason(error)})


def reason(error: PlantOpsError) -> str:
    """Give the backend's sentence, with the places that it names."""
    places = "; ".join(f"{wrong.get('where')}: {wrong.get('why')}" for wrong in error.errors)
    return f"{error.detail} ({places})" if places else error.detail


@contextmanager
def told(coordinator: PlantOpsCoordinator) -> Iterator[None]:
    """Around anything that is asked of the backend: what it refuses leaves as a translated error."""
    try:
        yield
    except PlantOpsError as error:
        entry = coordinator.config_entry
        if isinstance(error, Unauthorized):
            entry.async_start_reauth(coordinator.hass)
        elif isinstance(error, ScopeMissing):
            ask_for_scope(coordinator)
        raise in_words(error) from error


def ask_for_scope(coordinator: PlantOpsCoordinator) -> None:
    """Put up that the token may too little; the way out is another token."""
    entry: PlantOpsConfigEntry = coordinator.config_entry
    ir.async_create_issue(
        coordinator.hass,
        DOMAIN,
        f"token_scope_{entry.entry_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="token_scope",
        translation_placeholders={"name": entry.title},
        data={"entry_id": entry.entry_id},
    )
