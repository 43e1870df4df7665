"""Carries one message to one channel, once, and tells what became of it; never what the channel's address is."""

import json
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from aioplantops.notifications import ChannelKind, TargetRefused

from plantops.domain.delivery import Outcome, Verdict, judge
from plantops.domain.discord import DISCORD_WEBHOOK, discord_body
from plantops.domain.telling import Outgoing
from plantops.domain.webhook import webhook_body, webhook_headers
from plantops.ops.logs import Clock

from .courier import Courier
from .outside import Outside, OutsideFailed

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Keys:
    """What a channel needs, and nobody shall see."""

    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    """What a webhook is signed with."""

    def text(self) -> str:
        """Write it down, to be sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Keys:
        """Read what was written down; what is no such text (the keys were lost) leads nowhere."""
        try:
            return cls(**json.loads(text))
        except ValueError, TypeError:
            return cls("")


@dataclass(frozen=True, slots=True)
class Place:
    """What people may know of where a channel leads."""

    service: str
    host: str


class Messenger:
    """Knows how each kind of channel is spoken to."""

    def __init__(self, outside: Outside, courier: Courier, *, clock: Clock) -> None:
        """Take the door for HTTP, who carries messages by Apprise, and the clock (aware UTC)."""
        self._outside = outside
        self._courier = courier
        self._clock = clock

    async def look(self, kind: ChannelKind, url: str) -> Place:
        """Tell where an address leads, if it may be spoken to. Raises TargetRefused, and OutsideFailed."""
        match kind:
            case ChannelKind.DISCORD:
                if DISCORD_WEBHOOK.fullmatch(url) is None:
                    raise TargetRefused(
                        "This is no Discord webhook: its address is like https://discord.com/api/webhooks/<number>/<token>."
                    )
                await self._outside.check(url)
                return Place("Discord", urlsplit(url).hostname or "")
            case ChannelKind.WEBHOOK:
                await self._outside.check(url)
                return Place("Webhook", urlsplit(url).hostname or "")
            case ChannelKind.APPRISE:
                place = await self._courier.look(url)
                if place.host:
                    await self._outside.check_host(place.host, place.port, plain=place.plain)
                return Place(place.service, place.host)

    async def carry(self, kind: ChannelKind, keys: Keys, outgoing: Outgoing) -> Verdict:
        """Try once. Raises nothing: what may not be told is refused, what cannot be told may be told later."""
        try:
            return await self._carry(kind, keys, outgoing)
        except TargetRefused as error:
            return Verdict(Outcome.REFUSED, error.detail)
        except OutsideFailed as error:
            return Verdict(Outcome.LATER, error.detail)

    async def _carry(self, kind: ChannelKind, keys: Keys, outgoing: Outgoing) -> Verdict:
        match kind:
            case ChannelKind.APPRISE:
                return await self._courier.carry(keys.url, outgoing.message, self._clock())
            case ChannelKind.DISCORD:
                url, body, headers = f"{keys.url}?wait=true", discord_body(outgoing.message, outgoing.created_at), JSON
            case ChannelKind.WEBHOOK:
                body = webhook_body(outgoing)
                url, headers = keys.url, dict(webhook_headers(outgoing, body, keys.secret or "", self._clock()))
        reply = await self._outside.ask("POST", url, body=body, headers=headers)
        return judge(reply.status, reply.retry_after, self._clock())
