"""A fuzzing client that knows only the OpenAPI document finds no server error and no broken promise."""

import asyncio
import sys
from pathlib import Path

import pytest
from plantops.api.limits import Rates
from plantops.api.reception import Reception
from plantops.api.routes import ROUTES

from tests.backend.api.conftest import open_house
from tests.backend.api.plantbook import open_plantbook
from tests.servers import DatabaseServer

ENDLESS = Rates(usual=10**9, ingest=10**9, heavy=10**9, login=10**9, register=10**9)
NOBODY_IS_BLOCKED = """
CREATE FUNCTION keep_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER nobody_is_blocked BEFORE INSERT ON login_failure FOR EACH ROW EXECUTE FUNCTION keep_nothing();
"""
"""As with the rates: the fuzzer shows wrong tokens on each route, and wants to hear that they are wrong."""
PROMISES_BEYOND_THE_SCHEMA = "positive_data_acceptance"
"""A span that ends before it begins fits the schema and is refused all the same: JSON Schema cannot say it."""


@pytest.mark.timeout(
    3600
)  # some thousand requests: a minute on a machine that is free, a quarter of an hour on a busy one
async def test_schemathesis_finds_nothing(embedded_server: DatabaseServer, tmp_path: Path) -> None:
    async with (
        embedded_server.migrated() as url,
        open_plantbook() as book,
        open_house(url, rates=ENDLESS, way=Reception(allow_plain=True), plantbook=(book.url,)) as house,
    ):
        async with house.database.acquire() as connection:
            await connection.execute(NOBODY_IS_BLOCKED)
        fuzzer = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "schemathesis.cli", "run", str(house.client.make_url("/api/openapi.json"))),
            *("--header", f"Authorization: {house.bearer()['Authorization']}"),
            *("--max-examples", "12", "--generation-deterministic", "--no-color"),
            *("--exclude-checks", PROMISES_BEYOND_THE_SCHEMA),
            *("--request-timeout", "120", "--suppress-health-check", "too_slow"),  # on any machine
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await fuzzer.communicate()
    assert fuzzer.returncode == 0, said.decode()
    fuzzed = len(ROUTES) - 1  # all but the document itself
    assert f"Operations: {fuzzed} selected" in " ".join(said.decode().split())
