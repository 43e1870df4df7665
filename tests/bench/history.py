"""How fast the past is there: charts over HTTP from a store with many millions of readings, and the whole garden."""

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aioplantops.history import History
from plantops.storage.pool import Database

from tests.bench.latency import Spread
from tests.bench.load import Load
from tests.bench.past import Tell, calibrate_all, live_through, plant_all
from tests.bench.rig import Backend, Post, Store, make_token
from tests.bench.throughput import Garden

POINTS = 1_000
DAYS = {"a day": 1, "a week": 7, "a month": 30, "a year": 365}
WARM_UP = 5


@dataclass(slots=True)
class Archive:
    """A backend over a store with a past."""

    url: str
    backend: Backend
    channels: list[int]
    begin: datetime
    end: datetime
    rows: int
    plants: int
    known_channels: int

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, post: Post, store: Store, channels: int, tell: Tell) -> AsyncIterator[Archive]:
        """Let 200 devices be known, write a year of so many channels, and start the backend on it."""
        end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        begin = (end - timedelta(days=366)).replace(hour=0)
        async with store.database() as url:
            async with Garden.open(folder, post, store, url=url) as garden:
                await garden.greet(Load("past", 0))
            async with Database.open(url, max_size=1) as database, database.acquire("bench") as connection:
                ids = [row["id"] for row in await connection.fetch("SELECT id FROM channel ORDER BY id")]
                chosen = random.Random(1).sample(ids, channels)
                plants, known = await plant_all(connection, begin)
                rows = await live_through(connection, sorted(chosen), begin, end, tell)
            async with Backend.open(folder, post, url) as backend:
                yield cls(url, backend, chosen, begin, end, rows, plants, known)


async def charts(archive: Archive, days: int, times: int) -> tuple[Spread, int, int, str]:
    """Ask for charts of so many days; give times, the most points and bytes of an answer, and the resolution."""
    took, bodies = await _ask(archive, _addresses(archive, days, times))
    answers = [History.model_validate_json(body) for body in bodies]
    most = max(len(answer.points) for answer in answers)
    return Spread.of(took[WARM_UP:]), most, max(len(body) for body in bodies), str(answers[0].resolution)


def _addresses(archive: Archive, days: int, times: int) -> list[str]:
    """Write down charts of so many days, of any channel and any time, and some more to warm up."""
    dice = random.Random(days)
    span = timedelta(days=days)
    addresses: list[str] = []
    for _ in range(times + WARM_UP):
        late = (archive.end - archive.begin - span).total_seconds()
        begin = archive.begin + timedelta(seconds=dice.randrange(int(late)))
        query = f"from={_iso(begin)}&until={_iso(begin + span)}&points={POINTS}"
        addresses.append(f"/api/v1/channels/{dice.choice(archive.channels)}/history?{query}")
    return addresses


async def calibrate(archive: Archive) -> None:
    """Calibrate every channel that has a past."""
    async with Database.open(archive.url, max_size=1) as database, database.acquire("bench") as connection:
        await calibrate_all(connection, archive.channels, archive.begin)


async def calibrated_charts(archive: Archive, days: int, times: int) -> tuple[Spread, Spread]:
    """Ask for charts of so many days as they were sent and calibrated, in turns; give the times of both."""
    addresses = _addresses(archive, days, times)
    took, _ = await _ask(archive, [f"{address}{end}" for address in addresses for end in ("&as_sent=true", "")])
    return Spread.of(took[2 * WARM_UP :: 2]), Spread.of(took[2 * WARM_UP + 1 :: 2])


async def gardens(archive: Archive, times: int) -> tuple[Spread, int]:
    """Ask for the whole garden; give times and the bytes of an answer."""
    took, bodies = await _ask(archive, ["/api/v1/garden"] * (times + WARM_UP))
    return Spread.of(took[WARM_UP:]), len(bodies[-1])


async def _ask(archive: Archive, addresses: list[str]) -> tuple[list[float], list[bytes]]:
    """Ask one after the other, as one dashboard would; give milliseconds and answers."""
    token = await make_token(archive.url)  # a new one, whose requests of this minute are not counted yet
    headers = {"Authorization": f"Bearer {token}"}
    milliseconds: list[float] = []
    bodies: list[bytes] = []
    async with aiohttp.ClientSession(archive.backend.url, headers=headers, raise_for_status=True) as session:
        for address in addresses:
            begun = time.perf_counter()
            async with session.get(address) as answer:
                bodies.append(await answer.read())
            milliseconds.append((time.perf_counter() - begun) * 1_000)
    return milliseconds, bodies


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
