"""Home Assistant's own doors, as its pages use them: first questions, login, REST, and commands over a WebSocket."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Any

import aiohttp

from plantops.ops.supervision import ServiceFailed

PATIENCE = aiohttp.ClientTimeout(total=60.0)


class HassRefused(ServiceFailed):
    """Home Assistant does not do what was asked of it."""


class NotThere(HassRefused):
    """Home Assistant has no such page."""


class Door:
    """The way into one Home Assistant."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        """Take its address; nobody is logged in yet."""
        self.url = url
        self._session = session
        self._token = ""

    async def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Send a request; give the answer's JSON. Raises HassRefused, with what it said."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return await self._send(method, path, json=body, headers=headers)

    async def _send(self, method: str, path: str, **how: Any) -> Any:
        with self._in_words():
            async with self._session.request(method, self.url + path, timeout=PATIENCE, **how) as answer:
                if not answer.ok:
                    said = f"Home Assistant refuses {method} {path} ({answer.status}): {(await answer.text())[:300]}"
                    raise NotThere(said) if answer.status == HTTPStatus.NOT_FOUND else HassRefused(said)
                return await answer.json(content_type=None)

    async def is_open(self) -> bool:
        """Tell whether it shows its pages already."""
        try:
            await self.ask("GET", "/manifest.json")
        except HassRefused:
            return False
        return True

    async def make_owner(self, name: str, login: str, password: str) -> bool:
        """Answer its first question, for an owner; False if somebody has done so before."""
        try:
            steps = await self.ask("GET", "/api/onboarding")
        except NotThere:
            return False  # all questions were answered before it was started
        if any(step["step"] == "user" and step["done"] for step in steps):
            return False
        owner = {"client_id": self._client, "name": name, "username": login, "password": password, "language": "en"}
        await self.ask("POST", "/api/onboarding/users", owner)
        return True

    @property
    def _client(self) -> str:
        return f"{self.url}/"

    async def log_in(self, login: str, password: str) -> None:
        """Log in as its page does. Raises HassRefused when name or password is another."""
        begin = {"client_id": self._client, "handler": ["homeassistant", None], "redirect_uri": self._client}
        flow = await self.ask("POST", "/auth/login_flow", begin)
        fields = {"client_id": self._client, "username": login, "password": password}
        done = await self.ask("POST", f"/auth/login_flow/{flow['flow_id']}", fields)
        if done["type"] != "create_entry":
            raise HassRefused(f"Home Assistant does not let {login!r} in: its password was changed.")
        code = {"grant_type": "authorization_code", "code": done["result"], "client_id": self._client}
        self._token = (await self._send("POST", "/auth/token", data=code))["access_token"]

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """Open a WebSocket until the block ends."""
        with self._in_words():
            socket = await self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        async with socket:
            await Line.heard(socket)
            await socket.send_json({"type": "auth", "access_token": self._token})
            if (await Line.heard(socket))["type"] != "auth_ok":
                raise HassRefused("Home Assistant does not take the token that it has just given.")
            yield Line(socket)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (aiohttp.ClientError, TimeoutError) as error:
            raise HassRefused(f"Home Assistant at {self.url} does not answer: {error}") from error


class Line:
    """An open WebSocket: one command after the other."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Take the socket, which knows who is there."""
        self._socket = socket
        self._number = 0

    async def command(self, kind: str, **fields: object) -> Any:
        """Send a command; give its result. Raises HassRefused, with what it said."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "type": kind, **fields})
        while True:
            answer = await self.heard(self._socket)
            if answer["id"] == self._number and answer["type"] == "result":
                if not answer["success"]:
                    raise HassRefused(f"Home Assistant refuses {kind}: {answer['error']['message']}")
                return answer["result"]

    @staticmethod
    async def heard(socket: aiohttp.ClientWebSocketResponse) -> Any:
        """Wait for the next message. Raises HassRefused when none comes any more."""
        try:
            message = await socket.receive(timeout=PATIENCE.total)
        except TimeoutError:
            raise HassRefused("Home Assistant says nothing more.") from None
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise HassRefused("Home Assistant has hung up.")
        return message.json()
