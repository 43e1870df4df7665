"""How people are told what happens: the channels on which they are, and what they were told."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from pydantic import Field

from .errors import NotFound, PlantOpsError
from .severity import Severity
from .wire import Answer, Name, Request, Utc

type Address = Annotated[str, Field(min_length=1, max_length=2_000)]
type SigningSecret = Annotated[str, Field(min_length=16, max_length=200)]
type PlantIds = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]
type Areas = Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]


class ChannelNotKnown(NotFound):
    """There is no such notification channel."""

    code = "notification_channel_not_found"


class ChannelSetOutside(PlantOpsError):
    """This channel comes from DISCORD_WEBHOOK_URL: its name and address are changed, and it is removed, there."""

    code, status = "channel_set_outside", HTTPStatus.CONFLICT


class TooManyChannels(PlantOpsError):
    """There are as many notification channels as can be: remove some first."""

    code, status = "too_many_channels", HTTPStatus.CONFLICT


class TargetRefused(PlantOpsError):
    """PlantOps may not speak to this address."""

    code, status = "target_refused", HTTPStatus.UNPROCESSABLE_ENTITY


class ChannelKind(StrEnum):
    """How a channel is spoken to."""

    DISCORD = "discord"
    """A Discord webhook."""
    WEBHOOK = "webhook"
    """Any HTTPS address; each request is signed."""
    APPRISE = "apprise"
    """A service that Apprise knows, such as ntfy, e-mail, Telegram, named by its Apprise URL."""


class ChannelSource(StrEnum):
    """Where a channel comes from."""

    USER = "user"
    SETTINGS = "settings"
    """The variable DISCORD_WEBHOOK_URL."""


class NewsKind(StrEnum):
    """What a piece of news is about."""

    ALERT_OPENED = "alert_opened"
    ALERT_ESCALATED = "alert_escalated"
    ALERT_RESOLVED = "alert_resolved"
    """It takes back what was not told yet of its subject, and is told where the beginning was told."""
    TASK_DUE = "task_due"
    IRRIGATION = "irrigation"
    DIGEST = "digest"
    """What somebody sums up for people, such as the week's care."""
    CHANNEL_REFUSED = "channel_refused"
    """Another channel can't tell anything any more, until somebody mends it."""
    TEST = "test"


type Kinds = Annotated[tuple[NewsKind, ...], Field(min_length=1, max_length=len(NewsKind))]


class NotificationChannel(Answer):
    """A way on which people are told. Its address and keys are shown nowhere."""

    id: UUID
    kind: ChannelKind
    source: ChannelSource
    name: str
    service: str
    """What it speaks with, e.g. `ntfy`."""
    host: str
    """The machine that it speaks with; empty where the service has its own."""
    enabled: bool
    min_severity: Severity
    """News that weighs less is not told here."""
    kinds: tuple[NewsKind, ...] | None = None
    """What is told here; None: everything."""
    plant_ids: tuple[UUID, ...] | None = None
    """With `areas`: whose news is told here; None at both: everybody's."""
    areas: tuple[str, ...] | None = None
    digest: bool = False
    """One message a day at the settings' `digest_at`, instead of each at once; what is critical comes at once."""
    paused_until: Utc | None = None
    """The other side failed, or asked to be left in peace until then."""
    refused_at: Utc | None = None
    """Since when the other side refuses for good; nothing is sent until the channel is changed, or a test succeeds."""
    last_success_at: Utc | None = None
    last_failure_at: Utc | None = None
    last_failure: str | None = None
    """Why it failed then, in words."""
    untold: int = 0
    """News that could not be told in time; the next message says how much."""
    created_at: Utc


class NotificationChannelCreate(Request):
    """A wish for a new channel."""

    kind: ChannelKind
    name: Name
    url: Annotated[Address, Field(repr=False)]
    """The webhook's address, or an Apprise URL such as `ntfys://ntfy.sh/topic`. Never shown again."""
    secret: Annotated[SigningSecret | None, Field(repr=False)] = None
    """What requests to a `webhook` are signed with; absent: one is made, and shown once in the answer."""
    enabled: bool = True
    min_severity: Severity = Severity.INFO
    kinds: Kinds | None = None
    plant_ids: PlantIds | None = None
    areas: Areas | None = None
    digest: bool = False


class NotificationChannelCreated(NotificationChannel):
    """A new channel."""

    secret: Annotated[str | None, Field(repr=False)] = None
    """What requests to a `webhook` are signed with: the only time that it is shown."""


class NotificationChannelChange(Request):
    """What to change of a channel; absent fields stay. `null` at `kinds`, `plant_ids`, `areas` is: all."""

    name: Name = ""
    """Absent: unchanged, as all others."""
    url: Annotated[Address, Field(repr=False)] = ""
    secret: Annotated[SigningSecret, Field(repr=False)] = ""
    enabled: bool = True
    min_severity: Severity = Severity.INFO
    kinds: Kinds | None = None
    plant_ids: PlantIds | None = None
    areas: Areas | None = None
    digest: bool = False


class NotificationTest(Answer):
    """What became of a test message."""

    delivered: bool
    words: str
    """What the other side said, in words."""
    status: int | None = None
    """The HTTP status that it answered."""


class NotificationState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    """It is to be sent, perhaps once more."""
    SENT = "sent"
    """The other side took it."""
    FAILED = "failed"
    """The other side will never take it."""
    EXPIRED = "expired"
    """The other side could not be reached in time."""


class Notification(Answer):
    """A message that people were told, or will be."""

    id: UUID
    channel_id: UUID
    channel: str
    """The channel's name."""
    state: NotificationState
    severity: Severity
    title: str
    body: str
    items: int
    """Pieces of news in it."""
    created_at: Utc
    attempts: int
    next_at: Utc | None = None
    """When it is tried next; None of a waiting one: its channel must be mended first."""
    finished_at: Utc | None = None
    error: str | None = None
    """What the other side said last, when it did not take it."""
