"""The demo's virtual garden: accounts for its nodes, its configuration, and the news that it tells."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from aioplantops.errors import DeviceNotFound, DeviceRevoked, NoBrokerAccount
from pydantic import SecretStr, ValidationError
from virtualgarden.config import BrokerConfig, GardenConfig, RegistrationConfig
from virtualgarden.nodes import NODES

from plantops import bootstrap
from plantops.demo.programs import Program, work_folder
from plantops.demo.servers import Store
from plantops.ops.folder import make_folder, write_private
from plantops.ops.supervision import Child
from plantops.services import sealed
from plantops.services.accounts import Accounts, Office
from plantops.services.bulletin import Bulletin
from plantops.services.registration_keys import RegistrationKeys

KEY_NAME = "demo"
HISTORY_DAYS = 14.0
HISTORY_STEP_SECONDS = 600.0
REPORT_SECONDS = 10.0
"""Real nodes report every few minutes; here something should be seen to move."""
LOOK_SECONDS = 0.1

type News = dict[str, Any]


class VirtualNodes:
    """The garden process and what it tells."""

    def __init__(self, store: Store) -> None:
        """Take the running store."""
        data = store.settings.plantops_data.absolute()
        self._store = store
        self._folder = work_folder(data / "garden")
        self._file = self._folder / "garden.json"
        self._log = make_folder(data / "log", mode=0o700) / "garden.log"

    async def prepare(self) -> str:
        """Write garden.json: stock nodes with their accounts, the others with a key to register; give the key."""
        broker, settings = self._store.broker, self._store.settings
        async with bootstrap.open_store(settings) as database:
            terms = replace(bootstrap.terms(settings), apply_seconds=0)  # nobody keeps the broker yet
            vault = bootstrap.vault(settings)
            await sealed.check(database, vault)
            accounts = Accounts(Office(database, vault, terms, Bulletin(), bootstrap.now))
            stock = {kind.device_id: await _stock_password(accounts, kind.device_id) for kind in NODES if kind.stock}
            key = await self._key(RegistrationKeys(database, bootstrap.now))
        config = GardenConfig(
            broker=BrokerConfig(host="localhost", port=broker.tls_port, ca_file=broker.ca_file),
            nodes={kind.device_id: stock.get(kind.device_id) for kind in NODES},
            registration=RegistrationConfig(
                url=f"https://localhost:{settings.https_port}", key=SecretStr(key), ca_file=broker.ca_file
            ),
            history_days=HISTORY_DAYS,
            history_step_seconds=HISTORY_STEP_SECONDS,
            report_seconds=REPORT_SECONDS,
            state_file=self._folder / "state.json",
        )
        write_private(self._file, config.model_dump_json(indent=1))
        return key

    async def _key(self, keys: RegistrationKeys) -> str:
        """Give the key of an earlier run if it is still good, else a new one."""
        with suppress(OSError, ValidationError):
            before = GardenConfig.load(self._file).registration
            if before is not None and await keys.is_good(kept := before.key.get_secret_value()):
                return kept
        return (await keys.create(KEY_NAME))[1]

    @asynccontextmanager
    async def running(self, on_exit: Callable[[int], None]) -> AsyncIterator[AsyncIterator[News]]:
        """Run the garden until the block ends; gives the news that it tells from now on."""
        begin = self._log.stat().st_size if self._log.exists() else 0
        program = Program(
            name="Virtual garden",
            arguments=("virtualgarden", "run", "--json", "--config", str(self._file)),
            folder=self._folder,
            env={},
            log=self._log,
        )

        async def at_once(_child: Child) -> None:
            """Wait for nothing: the news tell how far the garden is."""

        async with program.running(at_once, on_exit):
            yield _follow(self._log, begin)


async def _stock_password(accounts: Accounts, name: str) -> str:
    """Give a stock node an account with a new password, as `plantops device add` does; none if it was thrown out."""
    try:
        return (await accounts.renew(name)).password
    except DeviceNotFound, NoBrokerAccount:
        return (await accounts.add_stock(name)).password
    except DeviceRevoked:
        return ""


async def _follow(log: Path, position: int) -> AsyncIterator[News]:
    """Read the news line by line as they are written, from this position on."""
    while True:
        lines = _whole_lines(log, position)
        position += len(lines)
        for line in lines.splitlines():
            if line.startswith(b"{"):
                yield json.loads(line)
        await asyncio.sleep(LOOK_SECONDS)


def _whole_lines(log: Path, position: int) -> bytes:
    """Read what was written since, up to the last end of a line."""
    with log.open("rb") as file:
        file.seek(position)
        written = file.read()
    return written[: written.rfind(b"\n") + 1]
