"""What is put up for repair: things that a person should mend, each once, gone when it is mended."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .lib.aioplantops.errors import PlantOpsError, ServerTooNew, ServerTooOld
from .lib.aioplantops.health import Health

if TYPE_CHECKING:
    from .coordinator import PlantOpsCoordinator

_UNFIT: tuple[tuple[type[PlantOpsError], str], ...] = (
    (ServerTooOld, "server_too_old"),
    (ServerTooNew, "server_too_new"),
)


def backend_unfit(coordinator: PlantOpsCoordinator, problem: PlantOpsError) -> None:
    """Put up that backend and integration do not understand each other, if that is the problem."""
    key = next((key for kind, key in _UNFIT if isinstance(problem, kind)), None)
    if problem.code == "foreign_instance":
        key = problem.code
    if key is not None:
        entry = coordinator.config_entry
        ir.async_create_issue(
            coordinator.hass,
            DOMAIN,
            f"{key}_{entry.entry_id}",
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=key,
            translation_placeholders={"name": entry.title, "reason": problem.detail},
        )


def backend_fit(coordinator: PlantOpsCoordinator) -> None:
    """Take down what was wrong with the backend: it answers, and is understood."""
    for key in (*(key for _, key in _UNFIT), "foreign_instance"):
        ir.async_delete_issue(coordinator.hass, DOMAIN, f"{key}_{coordinator.config_entry.entry_id}")


def certificates(coordinator: PlantOpsCoordinator, health: Health) -> None:
    """Put up each certificate that ends soon, and take down those that were renewed."""
    entry = coordinator.config_entry
    for certificate in health.certificates or ():
        issue_id = f"certificate_{certificate.file}_{entry.entry_id}"
        if certificate.problem is None:
            ir.async_delete_issue(coordinator.hass, DOMAIN, issue_id)
            continue
        ir.async_create_issue(
            coordinator.hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="certificate_ends",
            translation_placeholders={"name": entry.title, "file": certificate.file, "reason": certificate.problem},
        )


def forget(hass: HomeAssistant, entry_id: str) -> None:
    """Take down everything of an entry that is removed."""
    ours = [issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN]
    for issue_id in ours:
        if entry_id in issue_id:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
