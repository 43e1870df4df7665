"""What a test of the notifier needs: one that speaks with strangers on this machine, and short words to fill it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.notifications import ChannelKind, Notification, NotificationChannel, NotificationChannelCreate
from aioplantops.severity import Severity
from plantops.domain.notice import Notice, NoticeKind
from plantops.domain.tongue import IN_ENGLISH, Tongue
from plantops.ops.metrics import Metrics
from plantops.ops.vault import Vault
from plantops.services.channel_keys import ChannelKeys
from plantops.services.courier import Courier
from plantops.services.messenger import Messenger
from plantops.services.notification_channels import NotificationChannels
from plantops.services.notifier import Notifier, Voice
from plantops.services.outside import Outside
from plantops.storage import notices
from plantops.storage.pool import Database

from tests.backend.services.strangers import HERE

NOON = datetime(2026, 11, 25, 11, tzinfo=UTC)
"""In Berlin."""
MINUTE = timedelta(minutes=1)


@dataclass
class Wall:
    """A clock that a test turns."""

    time: datetime = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.time


@dataclass
class Post:
    """A notifier and the channels that it serves."""

    database: Database
    clock: Wall = field(default_factory=Wall)
    vault: Vault = field(default_factory=lambda: Vault(bytes(32)))
    discord_url: str | None = None
    metrics: Metrics = field(default_factory=Metrics)
    timeout_seconds: float = 60.0
    tongue: Tongue = IN_ENGLISH

    def __post_init__(self) -> None:
        """Build the rooms."""
        self.keys = ChannelKeys(self.vault, self.discord_url)
        messenger = Messenger(Outside(HERE, timeout_seconds=self.timeout_seconds), Courier(HERE), clock=self.clock)
        self.channels = NotificationChannels(self.database, self.keys, messenger, clock=self.clock, tongue=self.tongue)
        voice = Voice(self.keys, messenger, ZoneInfo("Europe/Berlin"), lambda: 0.5, self.tongue)
        self.notifier = Notifier(self.database, voice, metrics=self.metrics, clock=self.clock)

    async def webhook(self, url: str, **wish: Any) -> UUID:
        """Make a webhook."""
        fields = {"kind": ChannelKind.WEBHOOK, "name": "Hook", "url": url, "secret": "s" * 16, **wish}
        return (await self.channels.create(NotificationChannelCreate.model_validate(fields))).id

    async def channel(self, channel_id: UUID) -> NotificationChannel:
        """Give a channel as people see it."""
        return next(one for one in (await self.channels.list_all()).items if one.id == channel_id)

    async def happen(self, title: str = "Basil is too dry", **fields: Any) -> None:
        """Let something happen now."""
        usual = {
            "kind": NoticeKind.ALERT_OPENED,
            "severity": Severity.WARNING,
            "subject": f"alert:{title}",
            "at": self.clock(),
            "body": "12 %.",
        }
        async with self.database.transaction() as connection:
            await notices.happen(connection, Notice(title=title, **{**usual, **fields}))

    async def after(self, wait: timedelta = MINUTE) -> int:
        """Let what just happened be given out, let time go by, and do what is due then."""
        tried = await self.notifier.round()
        self.clock.time += wait
        return tried + await self.notifier.round()

    async def told(self) -> list[Notification]:
        """Give all messages, the newest first."""
        return list((await self.channels.told(None, 200)).items)
