"""The real backend as the tests see it: what a gardener and his devices would do to it, in plain calls."""

import asyncio
import json
import os
import secrets
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from aiohttp import ClientSession

ROOT = Path(__file__).parents[2]

WRONG = "Something is wrong."
RIGHT_AGAIN = f"UPDATE alert SET resolved_at = now() WHERE words = '{WRONG}' AND resolved_at IS NULL"  # noqa: S608 - our own
STAYS_WRONG = f"""
CREATE OR REPLACE FUNCTION leave_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE OR REPLACE TRIGGER stays_wrong BEFORE UPDATE OF resolved_at ON alert FOR EACH ROW
    WHEN (old.words = '{WRONG}' AND current_setting('application_name') LIKE 'plantops%') EXECUTE FUNCTION leave_it();
"""
"""The backend's judge would find right within seconds what a test says is wrong: before or after the test looks."""


@dataclass(slots=True)
class House:
    """A running PlantOps: database, broker and backend, which can be stopped and started again."""

    process: subprocess.Popen[str]
    card: Mapping[str, Any]
    wrong: bool = False
    """Whether a test has let something be wrong that still is."""

    @classmethod
    def open(cls, folder: Path) -> House:
        """Start one; it is ready when this returns."""
        program = [str(ROOT / ".venv/backend/bin/python"), "-m", "tests.integration.house", str(folder)]
        process = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = _pipe(process.stdout).readline()
        assert line, "the house did not start"
        return cls(process, json.loads(line))

    def close(self) -> None:
        """Stop everything."""
        _pipe(self.process.stdin).close()
        self.process.wait(timeout=300)
        _pipe(self.process.stdout).close()

    async def tell(self, word: str) -> None:
        """Say `stop` or `start` to the backend, and wait until it is so."""
        _pipe(self.process.stdin).write(f"{word}\n")
        _pipe(self.process.stdin).flush()
        assert await asyncio.to_thread(_pipe(self.process.stdout).readline) == "done\n"

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> None:
        """Say something to the broker, as a node would."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        clients = os.environ["PLANTOPS_MOSQUITTO_CLIENTS"]
        login = ("-u", self.card["mqtt_username"], "-P", self.card["mqtt_password"])
        way = ("-h", "127.0.0.1", "-p", str(self.card["mqtt_port"]), *login)
        program = [f"{clients}/mosquitto_pub", *way, "-q", "1", "-t", topic, "-m", text, *(["-r"] if retain else [])]
        subprocess.run(program, check=True)

    async def alert(self, kind: str, *, device_id: str | None = None, plant_id: str | None = None) -> str:
        """Let something be wrong, until the test ends; whoever connects afterwards hears of it. Give the alert's id."""
        if not self.wrong:
            self.wrong = True
            await self.tell(f"sql {' '.join(STAYS_WRONG.split())}")
        alert_id = str(uuid.uuid4())
        values = (alert_id, kind, "warning", plant_id, device_id, WRONG)
        written = ", ".join("NULL" if value is None else f"'{value}'" for value in values)
        columns = "id, kind, severity, plant_id, device_id, words, opened_at"
        await self.tell(f"sql INSERT INTO alert ({columns}) VALUES ({written}, now())")  # noqa: S608 - our own words
        return alert_id

    async def mend(self) -> None:
        """Let nothing be wrong any more that a test has said."""
        if self.wrong:
            self.wrong = False
            await self.tell(f"sql {RIGHT_AGAIN}")


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@dataclass(slots=True)
class Gardener:
    """Talks to the backend's API without the integration's own client."""

    url: str
    token: str
    session: ClientSession
    plants: list[str] = field(default_factory=list)
    """The ids of those that were planted, to be dug up at the end."""

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send a request; give the answer's JSON (None for none), failing on a refusal."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(method, self.url + path, json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status < 400, f"{method} {path}: {answer.status} {text}"
            return json.loads(text) if text else None

    async def upload(self, path: str, picture: bytes) -> None:
        """Send a picture as JPEG."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "image/jpeg"}
        async with self.session.post(self.url + path, data=picture, headers=headers) as answer:
            assert answer.status < 400, await answer.text()

    async def plant(self, name: str | None = None, **more: object) -> dict[str, Any]:
        """Add a plant; its name is new if none is given."""
        made: dict[str, Any] = await self.ask(
            "POST", "/api/v1/plants", {"name": name or f"Fern {secrets.token_hex(3)}", **more}
        )
        self.plants.append(made["id"])
        return made

    async def probe(self, *, device_id: str | None = None, **values: float) -> dict[str, Any]:
        """Let a source of readings over HTTP tell values by metric; give its device."""
        device_id = device_id or f"probe-{secrets.token_hex(4)}"
        await self.tell(device_id, **values)
        told: dict[str, Any] = await self.ask("GET", f"/api/v1/devices/{device_id}")
        return told

    async def tell(self, device_id: str, **values: float) -> None:
        """Let a source tell values by metric."""
        readings = [{"c": metric, "t": time.time(), "v": value} for metric, value in values.items()]
        await self.ask("POST", "/api/v1/readings", {"device_id": device_id, "readings": readings})

    async def volts(self, value: float, *, device_id: str | None = None) -> dict[str, Any]:
        """Let a probe tell its soil moisture in volts, which nobody has calibrated."""
        device_id = device_id or f"probe-{secrets.token_hex(4)}"
        channels = {"soil_moisture": {"metric": "soil_moisture", "unit": "V"}}
        readings = [{"c": "soil_moisture", "t": time.time(), "v": value}]
        await self.ask("POST", "/api/v1/readings", {"device_id": device_id, "channels": channels, "readings": readings})
        told: dict[str, Any] = await self.ask("GET", f"/api/v1/devices/{device_id}")
        return told

    async def serve(self, plant: Mapping[str, Any], device: Mapping[str, Any]) -> None:
        """Let all channels of a device serve a plant."""
        for channel in device["channels"]:
            await self.ask("POST", f"/api/v1/plants/{plant['id']}/assignments", {"channel_id": channel["id"]})

    async def token_of(self, *scopes: str) -> dict[str, Any]:
        """Make a token with these scopes."""
        name = f"test {secrets.token_hex(3)}"
        made: dict[str, Any] = await self.ask("POST", "/api/v1/tokens", {"name": name, "scopes": list(scopes)})
        return made

    async def leave(self) -> None:
        """Dig up all plants."""
        for plant_id in self.plants:
            await self.ask("DELETE", f"/api/v1/plants/{plant_id}")
