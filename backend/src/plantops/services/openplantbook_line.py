"""The line to OpenPlantbook: its three questions, a token that lasts a while, and every way in which it may fail us."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode

from aioplantops.notifications import TargetRefused
from aioplantops.openplantbook import (
    OpenPlantbookBusy,
    OpenPlantbookNotUnderstood,
    OpenPlantbookPlantNotFound,
    OpenPlantbookRefused,
    OpenPlantbookSilent,
)

from plantops.domain.species.openplantbook import Detail, Hits, Nonsense, Said, Token, read
from plantops.ops.logs import Clock

from .outside import Outside, OutsideFailed, Reply

HITS_BYTES = 256 * 1024
"""A hundred plants are some 15 kB."""
DETAIL_BYTES = 64 * 1024
TOKEN_BYTES = 16 * 1024
SPARE = timedelta(minutes=1)
"""A token is not used in its last minute."""
LONGEST_TOKEN = timedelta(days=1)
LONGEST_WAIT_SECONDS = 24 * 3600
USUAL_WAIT_SECONDS = 3600
"""Where it doesn't say how long: it counts by the day."""
AT_ONCE = 2
"""Questions under way at the same time: its patience is short, and each may take as long as `Outside` allows."""
REFUSALS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
"""How it may answer a wrong client id or secret."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account consists of."""

    client_id: str
    client_secret: str = field(repr=False)

    def written(self) -> str:
        """Write them down, to be sealed."""
        return json.dumps([self.client_id, self.client_secret])

    @classmethod
    def of(cls, text: str) -> Credentials:
        """Read what was written down."""
        return cls(*json.loads(text))


@dataclass(frozen=True, slots=True)
class _Pass:
    """A token, whose it is, and until when it is used."""

    credentials: Credentials
    token: str = field(repr=False)
    until: datetime


class Line:
    """Asks OpenPlantbook. Every method raises the errors of `aioplantops.openplantbook`, in words."""

    def __init__(self, outside: Outside, base_url: str, clock: Clock) -> None:
        """Take the way outside, where OpenPlantbook is (OPENPLANTBOOK_URL), and the clock (aware UTC)."""
        self._outside = outside
        self._base = base_url.rstrip("/")
        self._clock = clock
        self._pass: _Pass | None = None
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def enter(self, credentials: Credentials) -> None:
        """Try an account. Raises OpenPlantbookRefused where it does not open."""
        self._pass = None
        await self._token(credentials)

    async def search(self, credentials: Credentials, text: str) -> Hits:
        """Search by any name."""
        reply = await self._get(credentials, f"/plant/search?{urlencode({'alias': text}, quote_via=quote)}", HITS_BYTES)
        return _understood(Hits, reply)

    async def detail(self, credentials: Credentials, pid: str) -> Detail:
        """Tell all of a plant. Raises OpenPlantbookPlantNotFound too."""
        reply = await self._get(credentials, f"/plant/detail/{quote(pid, safe='')}/", DETAIL_BYTES)
        detail = _understood(Detail, reply)
        if detail.pid.casefold() != pid.casefold():
            raise OpenPlantbookNotUnderstood("OpenPlantbook told of another plant than was asked for.")
        return detail

    async def _get(self, credentials: Credentials, path: str, most_bytes: int) -> Reply:
        """Ask with a token; once more with a new one where the token is not taken any more."""
        kept = self._pass is not None
        reply = await self._ask("GET", path, most_bytes, token=await self._token(credentials))
        if reply.status == HTTPStatus.UNAUTHORIZED and kept:
            self._pass = None
            reply = await self._ask("GET", path, most_bytes, token=await self._token(credentials))
        if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            self._pass = None
            raise OpenPlantbookRefused
        if reply.status == HTTPStatus.NOT_FOUND:
            raise OpenPlantbookPlantNotFound
        return _fine(reply)

    async def _token(self, credentials: Credentials) -> str:
        now, kept = self._clock(), self._pass
        if kept is not None and kept.credentials == credentials and now < kept.until:
            return kept.token
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
        reply = await self._ask("POST", "/token/", TOKEN_BYTES, form=form)
        if reply.status in REFUSALS:
            raise OpenPlantbookRefused
        given = _understood(Token, _fine(reply))
        lasts = min(timedelta(seconds=min(given.expires_in, LONGEST_TOKEN.total_seconds())), LONGEST_TOKEN)
        self._pass = _Pass(credentials, given.access_token, now + lasts - SPARE)
        return given.access_token

    async def _ask(
        self, method: str, path: str, most_bytes: int, *, token: str = "", form: Mapping[str, str] | None = None
    ) -> Reply:
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        async with self._turn:
            try:
                return await self._outside.ask(
                    method, f"{self._base}{path}", body=body, headers=headers, most_bytes=most_bytes
                )
            except (OutsideFailed, TargetRefused) as error:
                raise OpenPlantbookSilent(f"OpenPlantbook cannot be asked: {error.detail}") from None


def _fine(reply: Reply) -> Reply:
    """Let through what is an answer. Raises OpenPlantbookBusy, OpenPlantbookSilent and OpenPlantbookNotUnderstood."""
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise OpenPlantbookBusy(retry_after=_wait(reply.retry_after))
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise OpenPlantbookSilent(f"OpenPlantbook is not well (status {reply.status}); nothing was changed. Try later.")
    if reply.status != HTTPStatus.OK:
        raise OpenPlantbookNotUnderstood(f"OpenPlantbook answered with status {reply.status}; nothing was changed.")
    if not reply.whole:
        raise OpenPlantbookNotUnderstood("OpenPlantbook answered more than could be meant; nothing was changed.")
    return reply


def _understood[Answer: Said](model: type[Answer], reply: Reply) -> Answer:
    try:
        return read(model, reply.body)
    except Nonsense as error:
        raise OpenPlantbookNotUnderstood(
            f"OpenPlantbook's answer is not what it should be: {error}. Nothing was changed."
        ) from None


def _wait(said: str | None) -> int:
    """Read Retry-After in seconds; a date, or nonsense, counts as the usual time."""
    if said is None or re.fullmatch(r"[0-9]{1,9}", said) is None:
        return USUAL_WAIT_SECONDS
    return min(max(int(said), 1), LONGEST_WAIT_SECONDS)
