"""One client of the live stream as the hub sees it: a bounded queue that never makes anybody wait."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

MOST_TURNS = 256
"""Turns of the hub (10 ms and more each) that a client may lag behind."""

MOST_BYTES = 4 * 1024 * 1024
"""Bytes of events that a client may lag behind; the snapshot comes on top."""


class Farewell(IntEnum):
    """Why a client is let go: the WebSocket's close code."""

    GOING_AWAY = 1001
    """The backend stops. Connect again a little later."""
    SLOW = 4000
    """The client read too slowly and missed events. Connect again for a new snapshot."""
    NOT_ALLOWED = 4001
    """The token was revoked or has expired. Connecting again needs another one."""
    RENEW = 4002
    """News of other backends were missed. Connect again for a new snapshot."""
    UNASKED = 4003
    """The client said more than a listener has to say."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event as JSON, in two parts: the connection's own `seq` goes between them."""

    head: str
    tail: str

    @classmethod
    def of(cls, kind: str, name: str, body: str) -> Message:
        """Make an event of a type that carries one thing, given as JSON."""
        return cls(f'{{"type":"{kind}","seq":', f',"{name}":{body}}}')

    @classmethod
    def split(cls, json: str) -> Message:
        """Take an event as its model writes it, with `seq` 0."""
        head, _, tail = json.partition('"seq":0')
        return cls(head + '"seq":', tail)

    def __len__(self) -> int:
        """Count its characters, nearly its bytes."""
        return len(self.head) + len(self.tail)

    def numbered(self, seq: int) -> str:
        """Write it with the connection's number."""
        return f"{self.head}{seq}{self.tail}"


class Listener:
    """What waits for one client."""

    def __init__(self) -> None:
        """Begin with nothing; the snapshot comes first."""
        self.farewell: Farewell | None = None
        self._turns: deque[tuple[Sequence[Message], int]] = deque()
        self._bytes = 0
        self._snapshot: str | None = None
        self._seq = 0
        self._wake = asyncio.Event()

    def begin(self, garden: str) -> None:
        """Give the snapshot: a garden as JSON."""
        self._snapshot = f'{{"type":"snapshot","seq":0,"garden":{garden}}}'
        self._wake.set()

    def put(self, messages: Sequence[Message], size: int) -> bool:
        """Add the messages of one turn, shared with all other listeners; False when the client is too slow for it."""
        if len(self._turns) >= MOST_TURNS or self._bytes + size > MOST_BYTES:
            return False
        self._turns.append((messages, size))
        self._bytes += size
        self._wake.set()
        return True

    def dismiss(self, farewell: Farewell) -> None:
        """Let the client go; what waits is not delivered any more."""
        if self.farewell is None:
            self.farewell = farewell
            self._turns.clear()
            self._snapshot = None
            self._wake.set()

    async def messages(self) -> AsyncIterator[str]:
        """Give the snapshot and then the events, as JSON, numbered, until the client is let go."""
        while self.farewell is None:
            await self._wake.wait()
            self._wake.clear()
            if self._snapshot is not None:
                snapshot, self._snapshot = self._snapshot, None
                yield snapshot
            while self._turns:
                messages, size = self._turns.popleft()
                self._bytes -= size
                for message in messages:
                    if self.farewell is not None:
                        return
                    self._seq += 1
                    yield message.numbered(self._seq)
