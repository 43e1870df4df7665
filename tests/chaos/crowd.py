"""People in front of nginx while the backend behind it is replaced: they ask, they add plants, they listen."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
import asyncpg
from aioplantops.client import PlantOpsClient
from aioplantops.stream import Connection

PER_SECOND = 50.0
LISTENERS = 10
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 120.0
ADDED = "SELECT name, count(*) FROM plant WHERE name LIKE 'crowd %' GROUP BY 1"


@dataclass(slots=True)
class Crowd:
    """What they asked and how they fared."""

    url: str
    tokens: Sequence[str]
    """They take turns: each may ask 3,000 times a minute."""
    back_seconds: float
    """A listener must have its new snapshot after so long."""
    asked: int = 0
    answered: int = 0
    failures: list[str] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    """Names of the plants that somebody was told to exist."""
    slowest_seconds: float = 0.0
    away_seconds: list[float] = field(default_factory=list)
    """How long each listener was without its stream, each time."""
    hearing: set[int] = field(default_factory=set)
    """The listeners that have their stream now."""
    doubled: int = 0
    """Plants that are there twice, or that nobody was told of."""
    missing: int = 0

    @property
    def longest_away_seconds(self) -> float:
        """Tell how long the unluckiest listener was away."""
        return max(self.away_seconds, default=0.0)

    @property
    def fine(self) -> bool:
        """Whether nobody was let down."""
        heard = len(self.away_seconds) >= LISTENERS and self.longest_away_seconds < self.back_seconds
        return heard and not self.failures and not self.doubled and not self.missing

    @asynccontextmanager
    async def in_front(self) -> AsyncIterator[None]:
        """Ask and listen until the block ends; what has begun is answered before it ends."""
        patience = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession(timeout=patience))
            # A session makes a hundred connections at most: who listens does not wait for those who ask.
            own = await stack.enter_async_context(aiohttp.ClientSession(timeout=patience))
            listening = [asyncio.create_task(self._listen(own, number)) for number in range(LISTENERS)]
            async with asyncio.TaskGroup() as people:
                asking = people.create_task(self._ask(session, people))
                try:
                    yield
                finally:
                    asking.cancel()
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)

    async def answers(self, count: int) -> None:
        """Wait until so many more were answered."""
        enough = self.answered + count
        while self.answered < enough:
            await asyncio.sleep(LOOK_SECONDS)

    async def hears(self) -> None:
        """Wait until every listener has its stream."""
        while len(self.hearing) < LISTENERS:
            await asyncio.sleep(LOOK_SECONDS)

    async def hears_again(self) -> None:
        """Wait until every listener was interrupted and has its stream again, or for two minutes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(self.away_seconds) < LISTENERS:
                    await asyncio.sleep(LOOK_SECONDS)
                await self.hears()

    async def compare(self, database_url: str) -> None:
        """Look what became of the plants."""
        connection = await asyncpg.connect(database_url)
        try:
            rows = await connection.fetch(ADDED)
            there: Counter[str] = Counter({row[0]: row[1] for row in rows})
        finally:
            await connection.close()
        self.doubled = there.total() - len(set(there) & self.added)
        self.missing = len(self.added - set(there))

    async def _ask(self, session: aiohttp.ClientSession, people: asyncio.TaskGroup) -> None:
        """Begin a request every so often, however long the others take."""
        begun = time.monotonic()
        while True:
            self.asked += 1
            people.create_task(self._once(session, self.asked))
            await asyncio.sleep(begun + self.asked / PER_SECOND - time.monotonic())

    async def _once(self, session: aiohttp.ClientSession, number: int) -> None:
        body = {"name": f"crowd {number}"} if number % 5 == 0 else None
        method, place = ("POST", f"{self.url}/api/v1/plants") if body else ("GET", f"{self.url}/api/v1/devices")
        headers = {"Authorization": f"Bearer {self.tokens[number % len(self.tokens)]}"}
        began = time.monotonic()
        try:
            async with session.request(method, place, json=body, headers=headers) as answer:
                said = await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failures.append(f"{method}: {error!r}")
            return
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
        self.answered += 1
        if answer.status != (HTTPStatus.CREATED if body else HTTPStatus.OK):
            self.failures.append(f"{method}: {answer.status} {said[:200]}")
        elif body:
            self.added.add(body["name"])

    async def _listen(self, session: aiohttp.ClientSession, number: int) -> None:
        """Listen as Home Assistant does, and note how long each interruption was."""
        lost_at: list[float] = []

        def note(connection: Connection) -> None:
            if connection.problem is None:
                self.hearing.add(number)
                self.away_seconds += [time.monotonic() - at for at in lost_at]
                lost_at.clear()
            elif number in self.hearing:
                self.hearing.remove(number)
                lost_at.append(time.monotonic())

        client = PlantOpsClient(self.url, self.tokens[0], session)
        async with aclosing(client.listen(note)) as updates:
            async for _ in updates:
                pass
