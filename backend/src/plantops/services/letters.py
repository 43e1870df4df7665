"""What could not be delivered: kept for people to look at, bounded, and mentioned in the log once a minute."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from aioplantops.models import DeadLetter, Page

from plantops.domain.intake import Reason, Refused
from plantops.ops.logs import Clock, Throttle
from plantops.ops.metrics import Metrics
from plantops.storage import letters
from plantops.storage.letters import Letter
from plantops.storage.pool import Connection, Database

from .cursor import foreign_cursor

MOST_PER_MINUTE = 60
"""Letters that one device may fill the tray with in a minute; beyond that they are only counted."""

CURSOR_DIGITS = 18
"""As many as always fit into the database's bigint."""

MOST_SENDERS = 20_000
"""Devices whose letters of this minute are counted; one more, and all begin anew."""

log = structlog.get_logger()


class Letters:
    """The tray of dead letters."""

    def __init__(self, *, metrics: Metrics, clock: Clock) -> None:
        """Take the gauges, and the clock (aware UTC)."""
        self._metrics = metrics
        self._clock = clock
        self._throttle = Throttle(clock)
        self._minute = clock()
        self._sent: dict[str, int] = {}

    def admits(self, device_id: str | None, at: datetime) -> bool:
        """Count one more letter of a device; tell whether it may still go into the tray this minute."""
        if not timedelta(0) <= at - self._minute < timedelta(minutes=1) or len(self._sent) > MOST_SENDERS:
            self._minute, self._sent = at, {}
        sender = device_id or ""
        self._sent[sender] = sent = self._sent.get(sender, 0) + 1
        return sent <= MOST_PER_MINUTE

    async def keep(self, connection: Connection, tray: Sequence[Letter]) -> None:
        """Put admitted letters into the tray, in the caller's transaction if there is one."""
        if tray:
            await letters.add(connection, tray)

    def count(self, tray: Iterable[Letter]) -> None:
        """Count letters that are safely in the tray, and mention them, once a minute for each device."""
        for letter in tray:
            self._metrics.dead_letters.labels(letter.reason).inc()
            sender = letter.device_id or ""
            if (amount := self._throttle.count("message_refused", sender)) is not None:
                log.warning(
                    "message_refused",
                    device_id=letter.device_id,
                    topic=letter.topic,
                    reason=letter.reason,
                    detail=letter.detail,
                    letters=amount,
                )

    def admitted(self, refused: Iterable[Refused]) -> list[Letter]:
        """Make letters of whole messages, as many as may go into the tray."""
        return [
            Letter(
                message.received_at,
                message.device_id,
                message.topic,
                message.refusal.reason,
                message.refusal.detail,
                message.refusal.payload,
                message.refusal.payload_bytes,
            )
            for message in refused
            if self.admits(message.device_id, message.received_at)
        ]


class DeadLetters:
    """Reads dead letters."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    async def page(
        self, cursor: str | None, limit: int, *, device_id: str | None = None, reason: Reason | None = None
    ) -> Page[DeadLetter]:
        """List them, newest first; of one device or reason if named. Raises Invalid for a cursor that is none."""
        if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= CURSOR_DIGITS):
            raise foreign_cursor()
        before = None if cursor is None else int(cursor)
        async with self._database.acquire("list_letters") as connection:
            found = await letters.page(connection, before, limit + 1, device_id=device_id, reason=reason)
        more = len(found) > limit
        return Page(items=tuple(found[:limit]), next=str(found[limit - 1].id) if more else None)
