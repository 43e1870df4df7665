"""Who stands outside of the stack: one visitor at a door, and a crowd that asks all the time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
import asyncpg
from aioplantops.access import TokenCreate
from aioplantops.client import PlantOpsClient
from aioplantops.models import Scope

from tests.house.stack.house import Stack

PEOPLE = 8
BREATH_SECONDS = 0.05
LOOK_SECONDS = 0.05


@dataclass(slots=True)
class Visitor:
    """Somebody outside, at one of the front's doors."""

    stack: Stack
    session: aiohttp.ClientSession
    token: str
    database_url: str

    def url(self, path: str = "", *, door: str = "api") -> str:
        """Name an address behind a door: page, api, https or proxy."""
        scheme = "https" if door == "https" else "http"
        return f"{scheme}://localhost:{getattr(self.stack.front.ports, door)}{path}"

    async def get(self, path: str, *, door: str = "api", **headers: str) -> tuple[aiohttp.ClientResponse, str]:
        """Ask for something; gives the answer and its text. Headers: X_Name for X-Name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(self.url(path, door=door), headers=named) as answer:
            return answer, await answer.text()

    async def addresses_that_failed(self) -> set[str]:
        """List the addresses from which somebody tried to come in, as the backend saw them."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return {row[0] for row in await connection.fetch("SELECT address FROM login_failure")}
        finally:
            await connection.close()


@dataclass(slots=True)
class Crowd:
    """People who ask all the time, and what they were answered."""

    visitor: Visitor
    answers: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    made: int = 0

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Ask, and make plants, until the block ends; each request that has begun is answered before it ends."""
        ended = asyncio.Event()
        while not (await self.visitor.get("/api/ready"))[0].ok:
            await asyncio.sleep(LOOK_SECONDS)  # an earlier test left it without a backend for a moment
        client = PlantOpsClient(self.visitor.url(), self.visitor.token, self.visitor.session)
        wish = TokenCreate(name="one of the crowd", scopes=(Scope.GARDEN,))  # each may ask 3,000 times a minute
        tokens = [(await client.create_token(wish)).token for _ in range(PEOPLE)]
        async with asyncio.TaskGroup() as people:
            for number, token in enumerate(tokens):
                people.create_task(self._ask(ended, number, token))
            try:
                yield
            finally:
                ended.set()

    async def _ask(self, ended: asyncio.Event, number: int, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        url, session = self.visitor.url("/api/v1/plants"), self.visitor.session
        while not ended.is_set():
            body = {"name": f"Plant {self.made}"} if number == 0 else None
            async with session.request("POST" if body else "GET", url, json=body, headers=headers) as answer:
                self.answers.append(answer.status)
                self.made += answer.status == HTTPStatus.CREATED
                if not answer.ok:
                    self.refusals.append(f"{answer.method} {answer.status} {await answer.text()}")
            await asyncio.sleep(BREATH_SECONDS)

    async def until_answered_more(self, count: int) -> None:
        """Wait until so many more requests were answered."""
        enough = len(self.answers) + count
        while len(self.answers) < enough:
            await asyncio.sleep(LOOK_SECONDS)
