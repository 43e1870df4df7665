"""What is put up for repair: things that a person should mend, each once, gone when it is mended."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .lib.aioplantops.alerts import AlertKind
from .lib.aioplantops.errors import PlantOpsError, ServerTooNew, ServerTooOld
from .lib.aioplantops.health import Health
from .lib.aioplantops.metrics import METRICS
from .subjects import ALERTS, CLOCK, GARDEN

if TYPE_CHECKING:
    from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator

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
        entry, mended_there = coordinator.config_entry, key == "server_too_old"
        ir.async_create_issue(
            coordinator.hass,
            DOMAIN,
            f"{key}_{entry.entry_id}",
            is_fixable=mended_there,
            severity=ir.IssueSeverity.ERROR,
            translation_key=key,
            translation_placeholders={"name": entry.title, "reason": problem.detail},
            data={"entry_id": entry.entry_id} if mended_there else None,
        )


def backend_fit(coordinator: PlantOpsCoordinator) -> None:
    """Take down what was wrong with the backend: it answers, and is understood."""
    for key in (*(key for _, key in _UNFIT), "foreign_instance"):
        ir.async_delete_issue(coordinator.hass, DOMAIN, f"{key}_{coordinator.config_entry.entry_id}")


def certificates(coordinator: PlantOpsCoordinator, health: Health) -> None:
    """Put up each certificate that ends soon, and take down those that were renewed or are there no more."""
    entry = coordinator.config_entry
    wanted: Shown = {
        f"certificate_{certificate.file}_{entry.entry_id}": (
            "certificate_ends",
            {"name": entry.title, "file": certificate.file, "reason": certificate.problem},
            {},
        )
        for certificate in health.certificates or ()
        if certificate.problem is not None
    }
    show(coordinator.hass, entry, wanted, ("certificate_",))


@callback
def follow(coordinator: PlantOpsCoordinator) -> None:
    """Keep what is put up about devices and channels like the garden, until the entry is unloaded."""

    @callback
    def look() -> None:
        if coordinator.last_update_success:
            show(coordinator.hass, coordinator.config_entry, {**_silent(coordinator), **_uncalibrated(coordinator)})

    look()
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(look, (ALERTS, GARDEN, CLOCK)))


type Shown = dict[str, tuple[str, dict[str, str], dict[str, str] | None]]
"""By id: the sentence, what stands in it, and what its way out needs to know; None: there is no way out here."""

FOLLOWED = ("device_silent_", "channel_uncalibrated_")


def show(hass: HomeAssistant, entry: PlantOpsConfigEntry, wanted: Shown, followed: tuple[str, ...] = FOLLOWED) -> None:
    """Put up what is wanted, and take down all else of the entry whose id begins like those that are followed."""
    for issue_id, (key, words, data) in wanted.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=data is not None,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=words,
            data=None if data is None else {**data, "entry_id": entry.entry_id},
        )
    ours = [issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN]
    for issue_id in ours:
        if issue_id.startswith(followed) and issue_id.endswith(entry.entry_id) and issue_id not in wanted:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _silent(coordinator: PlantOpsCoordinator) -> Shown:
    garden, now = coordinator.data, dt_util.utcnow()
    shown: Shown = {}
    for alert in garden.alerts.values():
        device = garden.devices.get(alert.device_id or "")
        if alert.kind is AlertKind.DEVICE_SILENT and device is not None and not alert.quiet(now):
            words = {"device": device.name, "reason": alert.words}
            data = {"device_id": device.id, "alert_id": str(alert.id)}
            shown[f"device_silent_{device.id}_{coordinator.config_entry.entry_id}"] = ("device_silent", words, data)
    return shown


def _uncalibrated(coordinator: PlantOpsCoordinator) -> Shown:
    garden = coordinator.data
    served: dict[int, list[str]] = {}
    for plant in garden.plants.values():
        for assignment in plant.assignments:
            served.setdefault(assignment.channel_id, []).append(plant.name)
    shown: Shown = {}
    for device in garden.devices.values():
        for channel in device.channels:
            if channel.id not in served or channel.unit == METRICS[channel.metric].unit:
                continue
            words = {
                "device": device.name,
                "channel": channel.key,
                "unit": channel.unit,
                "plants": ", ".join(sorted(served[channel.id])),
            }
            issue_id = f"channel_uncalibrated_{channel.id}_{coordinator.config_entry.entry_id}"
            data = {"device_id": device.id, "channel_id": str(channel.id)}
            shown[issue_id] = ("channel_uncalibrated", words, data)
    return shown


def forget(hass: HomeAssistant, entry_id: str) -> None:
    """Take down everything of an entry that is removed."""
    ours = [issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN]
    for issue_id in ours:
        if entry_id in issue_id:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
