"""The one place of the client that touches HTTP: sends, waits, and makes sense of what comes back."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from io import BytesIO
from typing import NamedTuple

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from pydantic import BaseModel, ValidationError
from yarl import URL

from .errors import CannotConnect, NotUnderstood, PlantOpsError, Unauthorized, Unavailable, from_problem
from .problem import Problem
from .stream import PATH, Stream
from .trust import Trust, unreachable
from .wire import Request

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""A garden of thousands of plants has a few MiB; whoever answers more is no PlantOps."""

MAX_PROBLEM_BYTES = 64 * 1024

RETRIES = 2
"""So often a GET is asked again when the backend was not there."""

FIRST_PAUSE_SECONDS = 0.2
AWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
"""What a proxy answers while the backend behind it restarts."""

type Query = Mapping[str, str | int]


class Upload(NamedTuple):
    """What a request carries."""

    payload: bytes
    media: str


class Transport:
    """Talks HTTP with one backend, in a session that somebody else opened and will close."""

    def __init__(
        self,
        base_url: str | URL,
        token: str | None,
        session: ClientSession,
        timeout_seconds: float,
        *,
        trust: Trust = True,
    ) -> None:
        """Take the backend's address, e.g. ``http://plantops.local:8000``. Raises NotUnderstood when it is none."""
        try:
            self.base_url = URL(base_url)
        except TypeError, ValueError:
            self.base_url = URL()
        if self.base_url.scheme not in {"http", "https"} or not self.base_url.host:
            raise NotUnderstood("The address must look like http://plantops.local:8000.")
        if token is not None and not (token.isascii() and token.isprintable()):
            raise Unauthorized("The token holds characters that no token has; copy it again.")
        self._token = token
        self._session = session
        self._timeout_seconds = timeout_seconds
        self._trust = trust

    def address(self, path: str) -> URL:
        """Give the whole address of a path such as ``/api/v1/garden``, also when the backend lives below a path."""
        return self.base_url.with_path(self.base_url.path.rstrip("/") + path).with_query(None).with_fragment(None)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell who asks."""
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def stream(self) -> Stream:
        """Give the backend's live stream."""
        return Stream(self.address(PATH), self.headers, self._session, trust=self._trust)

    async def ask[Model: BaseModel](self, model: type[Model], path: str, query: Query | None = None) -> Model:
        """GET a model, if need be a second and third time. Raises what the backend's problem says, or CannotConnect."""
        pause = FIRST_PAUSE_SECONDS
        for _ in range(RETRIES):
            try:
                return await self.send("GET", path, model, query=query)
            except CannotConnect, Unavailable:
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter is no secret
                pause *= 2
        return await self.send("GET", path, model, query=query)

    async def send[Model: BaseModel](
        self, method: str, path: str, model: type[Model], *, body: Request | None = None, query: Query | None = None
    ) -> Model:
        """Send a request and read the answer as `model`."""
        async with self._request(method, path, body=body, query=query) as answer:
            payload = await _read(answer, MAX_ANSWER_BYTES)
        return _understood(model, answer, payload)

    async def tell(self, method: str, path: str) -> None:
        """Send a request that is answered with nothing."""
        async with self._request(method, path) as answer:
            if answer.status != HTTPStatus.NO_CONTENT:
                raise NotUnderstood

    async def upload[Model: BaseModel](self, path: str, payload: bytes, media: str, model: type[Model]) -> Model:
        """POST bytes of a kind and read the answer as `model`."""
        async with self._request("POST", path, body=Upload(payload, media), endless=True) as answer:
            return _understood(model, answer, await _read(answer, MAX_ANSWER_BYTES))

    async def download(self, path: str, media: str, limit: int) -> bytes:
        """GET bytes of a kind."""
        async with self._request("GET", path, endless=True) as answer:
            if answer.content_type != media:
                raise NotUnderstood
            return await _read(answer, limit)

    async def lines(self, path: str, query: Query) -> AsyncIterator[str]:
        """GET a text of any length, line by line, without the line ends."""
        async with self._request("GET", path, query=query, endless=True) as answer:
            if answer.content_type != "text/csv":
                raise NotUnderstood
            async for line in answer.content:
                yield line.decode("utf-8", "replace").rstrip("\r\n")

    @asynccontextmanager
    async def _request(
        self,
        method: str,
        path: str,
        *,
        body: Request | Upload | None = None,
        query: Query | None = None,
        endless: bool = False,
    ) -> AsyncIterator[ClientResponse]:
        """Send a request; what goes wrong on the way, or in the answer, leaves as one of our errors."""
        limits = {"sock_read": 60.0, "sock_connect": 10.0} if endless else {"total": self._timeout_seconds}
        if isinstance(body, Request):
            body = Upload(body.model_dump_json(by_alias=True, exclude_unset=True).encode(), "application/json")
        data = None if body is None else BytesIO(body.payload)  # so that a large one is sent in pieces
        headers = self.headers | ({} if body is None else {"Content-Type": body.media})
        try:
            async with self._session.request(
                method,
                self.address(path),
                params=query,
                data=data,
                headers=headers,
                timeout=ClientTimeout(**limits),
                allow_redirects=False,
                ssl=self._trust,
            ) as answer:
                if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise await _refusal(answer)
                yield answer
        except TimeoutError:
            raise CannotConnect("The PlantOps backend takes too long to answer.") from None
        except (ClientError, OSError) as error:
            raise unreachable(error) from error


def _understood[Model: BaseModel](model: type[Model], answer: ClientResponse, payload: bytes) -> Model:
    if answer.content_type != "application/json":
        raise NotUnderstood
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        raise NotUnderstood(f"The answer of {answer.url.path} does not fit: {_first(error)}.") from None


async def _read(answer: ClientResponse, limit: int) -> bytes:
    payload = bytearray()
    async for chunk in answer.content.iter_any():
        payload += chunk
        if len(payload) > limit:
            raise NotUnderstood
    return bytes(payload)


async def _refusal(answer: ClientResponse) -> PlantOpsError:
    """Read what went wrong from an answer that is no success."""
    if answer.content_type == "application/problem+json":
        try:
            problem = Problem.model_validate_json(await _read(answer, MAX_PROBLEM_BYTES))
        except ValidationError:
            return NotUnderstood()
        return from_problem(problem.model_dump())
    if answer.status in AWAY:
        return CannotConnect(f"The PlantOps backend is away: its proxy answers {answer.status}.")
    if answer.status < HTTPStatus.BAD_REQUEST and (place := answer.headers.get("Location")):
        return NotUnderstood(f"The address leads on to {place[:200]}; is that the right one?")
    return NotUnderstood()


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(step) for step in found["loc"]) or "the whole"
    return f"{place}: {found['msg']}"
