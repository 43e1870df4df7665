"""What every test may ask for: real servers for the whole run, and a database of its own for each test."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.cluster import Binaries

from tests.servers import DatabaseServer, named, running_broker, unique_device

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # whatever the pace
settings.load_profile("house")

LONG = "house"
"""The folder whose tests take longest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, else one process is still at it when the others have nothing left to do.

    What comes first among these, and then among all others, stays random.
    """
    items.sort(key=lambda item: LONG not in item.path.parts)


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """Give a private folder with a short path, removed at the end of the run."""
    folder = Path(tempfile.mkdtemp(prefix="plantops-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedded_server(run_folder: Path) -> AsyncIterator[DatabaseServer]:
    """Run the embedded PostgreSQL for the whole run."""
    async with DatabaseServer.open(run_folder / "embedded", Binaries.embedded()) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def timescale_server(run_folder: Path) -> AsyncIterator[DatabaseServer]:
    """Run PostgreSQL with TimescaleDB for the whole run."""
    async with DatabaseServer.open(run_folder / "timescale", Binaries.timescale(named("PLANTOPS_TIMESCALE"))) as server:
        yield server


@pytest.fixture(params=["embedded", "timescale"])
def database_server(request: pytest.FixtureRequest) -> DatabaseServer:
    """Give each kind of server in turn."""
    server: DatabaseServer = request.getfixturevalue(f"{request.param}_server")
    return server


@pytest.fixture
async def database(database_server: DatabaseServer) -> AsyncIterator[str]:
    """Give the address of a migrated database that belongs to this test alone, on each kind of server."""
    async with database_server.migrated() as url:
        yield url


@pytest.fixture
async def embedded_database(embedded_server: DatabaseServer) -> AsyncIterator[str]:
    """Give the address of a migrated database of the embedded kind, where the kind does not matter."""
    async with embedded_server.migrated() as url:
        yield url


@pytest.fixture
async def empty_database(database_server: DatabaseServer) -> AsyncIterator[str]:
    """Give the address of a database with nothing in it, on each kind of server."""
    async with database_server.empty() as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def broker(run_folder: Path) -> AsyncIterator[EmbeddedBroker]:
    """Run Mosquitto 2.1 for the whole run; tests keep apart by their device ids."""
    async with running_broker(run_folder / "mosquitto-2.1", "PLANTOPS_MOSQUITTO") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def broker_20(run_folder: Path) -> AsyncIterator[EmbeddedBroker]:
    """Run Mosquitto 2.0 for the whole run."""
    async with running_broker(run_folder / "mosquitto-2.0", "PLANTOPS_MOSQUITTO_20") as running:
        yield running


@pytest.fixture
def device_id() -> str:
    """Name a device that no other test uses."""
    return unique_device()
