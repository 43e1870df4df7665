"""What the integration's tests may ask for: a real PlantOps for the whole run, and Home Assistant connected with it."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
from homeassistant.util import executor
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.plantops.const import DOMAIN
from tests.integration.garden import Gardener, House


@pytest.fixture(autouse=True)
def _ours_are_found(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find our integration and the backend; a recorder must come before Home Assistant."""
    request.getfixturevalue("socket_enabled")
    if "hass" in request.fixturenames:
        if "recorder_mock" in request.fixturenames:
            request.getfixturevalue("recorder_mock")
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True, scope="session")
def _threads_have_time_to_end() -> Iterator[None]:
    """Let Home Assistant wait until its threads have ended by themselves.

    It waits for each of 64 for 16 ms, then interrupts them; on a busy machine that hits one which is just about to wake
    the next, and those that wait behind it stay for ever. The test harness takes them for our leftovers.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executor, "EXECUTOR_SHUTDOWN_TIMEOUT", 3600)
        yield


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let Home Assistant write into a folder of the test's own."""
    return hass_tmp_config_dir


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots without ids and times."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """Run PlantOps for the whole run; tests keep apart by the names of what they plant."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="plantops-ha-", ignore_cleanup_errors=True))
        running = House.open(Path(folder) / "house")
        stack.callback(running.close)
        yield running


@pytest.fixture
async def gardener(house: House) -> AsyncIterator[Gardener]:
    """Give somebody who plants and measures, with a connection of his own."""
    async with ClientSession() as session:
        gardener = Gardener(house.card["url"], house.card["token"], session)
        yield gardener
        await gardener.leave()
        await house.mend()


@pytest.fixture
async def instance(gardener: Gardener) -> str:
    """Tell which installation the house is."""
    return str((await gardener.ask("GET", "/api/health"))["instance_id"])


@pytest.fixture
async def entry(hass: HomeAssistant, house: House, instance: str) -> MockConfigEntry:
    """Give an entry for the house that is not set up yet."""
    return added(hass, instance, url=house.card["url"], token=house.card["token"])


def added(hass: HomeAssistant, instance: str, **data: Any) -> MockConfigEntry:
    """Add an entry to Home Assistant without setting it up."""
    entry = MockConfigEntry(domain=DOMAIN, title="PlantOps", unique_id=instance, data=MappingProxyType(data))
    entry.add_to_hass(hass)
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up; fail if that does not succeed."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
