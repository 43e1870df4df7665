"""The demo's virtual garden: accounts for its nodes, its configuration, and the news that it tells."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from virtualgarden.config import BrokerConfig, GardenConfig
from virtualgarden.nodes import NODES

from plantops import bootstrap
from plantops.demo.programs import Program, work_folder
from plantops.demo.servers import Store
from plantops.ops.folder import make_folder, write_private
from plantops.ops.supervision import Child
from plantops.storage import accounts
from plantops.storage.accounts import AccountKind, AccountRow, AccountState

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

    async def prepare(self) -> None:
        """Write every node's account into the database, and garden.json; what is there already stays."""
        broker = self._store.broker
        before = self._passwords()
        nodes = {kind.device_id: before.get(kind.device_id) or secrets.token_urlsafe(32) for kind in NODES}
        vault = bootstrap.vault(self._store.settings)
        async with bootstrap.open_store(self._store.settings) as database, database.transaction() as connection:
            known = {row.username for row in await accounts.everything(connection)}
            for kind in NODES:
                name = kind.device_id
                if name in known and before.get(name):
                    continue
                sealed = vault.seal(nodes[name], accounts.purpose(name))
                whose = AccountKind.STOCK if kind.stock else AccountKind.DEVICE
                row = AccountRow(name, whose, AccountState.ACTIVE, name if kind.stock else None, sealed)
                await accounts.keep(connection, row, bootstrap.now())
        config = GardenConfig(
            broker=BrokerConfig(host="localhost", port=broker.tls_port, ca_file=broker.ca_file),
            nodes=dict(nodes),
            history_days=HISTORY_DAYS,
            history_step_seconds=HISTORY_STEP_SECONDS,
            report_seconds=REPORT_SECONDS,
            state_file=self._folder / "state.json",
        )
        write_private(self._file, config.model_dump_json(indent=1))

    def _passwords(self) -> dict[str, str | None]:
        try:
            return GardenConfig.load(self._file).nodes
        except OSError, ValidationError:
            return {}

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
