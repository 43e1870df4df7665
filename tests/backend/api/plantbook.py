"""OpenPlantbook as a real server on this machine: it answers as the real one does, or as a test wants it to lie."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.backend.services.strangers import Respond

ID, SECRET = "a client id", "sEcReT of a client"
MONSTERA: dict[str, Any] = {
    "pid": "monstera deliciosa", "display_pid": "Monstera deliciosa", "alias": "swiss cheese plant",
    "category": "Araceae, Monstera",
    "max_light_mmol": 3400, "min_light_mmol": 1500, "max_light_lux": 15000, "min_light_lux": 800,
    "max_temp": 32, "min_temp": 12, "max_env_humid": 85, "min_env_humid": 30,
    "max_soil_moist": 60, "min_soil_moist": 15, "max_soil_ec": 2000, "min_soil_ec": 350,
    "image_url": "https://opb-img.example/monstera%20deliciosa.jpg",
    "common_names": [{"name": "Fensterblatt", "language_code": "de"}, {"name": "Ceriman", "language_code": "en"}],
}  # fmt: skip
"""As the real one tells it, field by field."""


@dataclass
class Plantbook:
    """The server, what it knows, and how it lies."""

    url: str = ""
    plants: dict[str, dict[str, Any]] = field(default_factory=lambda: {"monstera deliciosa": MONSTERA})
    answers: list[Respond] = field(default_factory=list)
    """What is said in place of the truth to the next questions (not to those for a token)."""
    asked: list[str] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    expires_in: int = 2_629_800

    async def token(self, request: web.Request) -> web.StreamResponse:
        """Give a token to who has an account."""
        form = await request.post()
        self.asked.append("token")
        if (form["client_id"], form["client_secret"], form["grant_type"]) != (ID, SECRET, "client_credentials"):
            return web.json_response({"error": "invalid_client"}, status=401)
        token = f"token{len(self.asked)}"
        self.valid.add(f"Bearer {token}")
        body = {"access_token": token, "expires_in": self.expires_in, "token_type": "Bearer", "scope": "read"}
        return web.json_response(body)

    async def _barred(self, request: web.Request) -> web.StreamResponse | None:
        self.asked.append(request.path_qs)
        if request.headers.get("Authorization") not in self.valid:
            return web.json_response({"detail": "Invalid token."}, status=401)
        return await self.answers.pop(0)(request) if self.answers else None

    async def search(self, request: web.Request) -> web.StreamResponse:
        """List plants whose pid has the text in it."""
        wanted = request.query["alias"].lower()
        keys = ("pid", "display_pid", "alias", "category")
        found = [{key: one[key] for key in keys} for pid, one in self.plants.items() if wanted in pid]
        return await self._barred(request) or web.json_response(
            {"count": len(found), "next": None, "previous": None, "results": found}
        )

    async def detail(self, request: web.Request) -> web.StreamResponse:
        """Tell all of a plant."""
        if (barred := await self._barred(request)) is not None:
            return barred
        found = self.plants.get(request.match_info["pid"])
        return web.json_response({"detail": "Not found."}, status=404) if found is None else web.json_response(found)


@asynccontextmanager
async def open_plantbook() -> AsyncIterator[Plantbook]:
    """Run it."""
    book = Plantbook()
    app = web.Application()
    app.router.add_post("/api/v1/token/", book.token)
    app.router.add_get("/api/v1/plant/search", book.search)
    app.router.add_get("/api/v1/plant/detail/{pid}/", book.detail)
    async with TestServer(app, handler_cancellation=True) as server:
        book.url = f"http://127.0.0.1:{server.port}/api/v1"
        yield book
