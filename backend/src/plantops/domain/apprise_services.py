"""The services of Apprise that may be told, in one table: everything else that Apprise can do is left out. Pure.

Left out on purpose: what acts on this machine (`dbus`, `gnome`, `macosx`, `windows`, `glib`, `syslog`, `blink1`), what
speaks to the house's own servers (`mqtt`, `rsyslog`, `smpp`), what sends any request anywhere (`json`, `xml`, `form`:
our webhook does that, signed), what reads key files (`fcm`, `vapid`), and what has a kind of its own (`discord`).
To add a service, add a line here and in `docs/notifications.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppriseService:
    """A service, and how its URLs begin."""

    name: str
    schemas: tuple[str, ...]
    own_host: bool = False
    """Whether the URL names a machine that people run themselves; else it is the service's own, on the internet."""


APPRISE_SERVICES = (
    AppriseService("Bark", ("bark", "barks"), own_host=True),
    AppriseService("E-mail", ("mailto", "mailtos"), own_host=True),
    AppriseService("Gotify", ("gotify", "gotifys"), own_host=True),
    AppriseService("Home Assistant", ("hassio", "hassios"), own_host=True),
    AppriseService("Join", ("join",)),
    AppriseService("LINE", ("line",)),
    AppriseService("Matrix", ("matrix", "matrixs"), own_host=True),
    AppriseService("Mattermost", ("mmost", "mmosts"), own_host=True),
    AppriseService("Microsoft Teams", ("workflows",)),
    AppriseService("Nextcloud", ("ncloud", "nclouds"), own_host=True),
    AppriseService("Nextcloud Talk", ("nctalk", "nctalks"), own_host=True),
    AppriseService("ntfy", ("ntfy", "ntfys"), own_host=True),
    AppriseService("Prowl", ("prowl",)),
    AppriseService("Pushbullet", ("pbul",)),
    AppriseService("Pushover", ("pover",)),
    AppriseService("Rocket.Chat", ("rocket", "rockets"), own_host=True),
    AppriseService("Signal", ("signal", "signals"), own_host=True),
    AppriseService("SimplePush", ("spush",)),
    AppriseService("Slack", ("slack",)),
    AppriseService("Synology Chat", ("synology", "synologys"), own_host=True),
    AppriseService("Telegram", ("tgram",)),
    AppriseService("Threema", ("threema",)),
    AppriseService("Twilio", ("twilio",)),
    AppriseService("Zulip", ("zulip",)),
)

BY_SCHEMA: Mapping[str, AppriseService] = {
    schema: service for service in APPRISE_SERVICES for schema in service.schemas
}


def service_of(url: str) -> AppriseService | None:
    """Tell which service an Apprise URL is for; None: none that may be told."""
    schema, found, _ = url.partition("://")
    return BY_SCHEMA.get(schema.lower()) if found else None
