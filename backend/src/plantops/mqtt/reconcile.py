"""Makes the broker's accounts agree with the database: everything at the start of a connection, then what changes.

The holder of the ingest lease does it, in a session of its own. Losing that session does not disturb the telemetry; it
is made again, and then everything is compared: a broker that forgot its accounts gets them back.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Never

import structlog
from aioplantops.models import DeviceAccess

from plantops.mqtt import roles
from plantops.mqtt.accounts import Accounts, AccountsRefused
from plantops.mqtt.broker import Broker, LinkLost
from plantops.mqtt.difference import Account, There, mark_of, strangers
from plantops.ops.logs import Clock, Throttle
from plantops.ops.vault import CannotOpen, Vault
from plantops.storage import accounts as store
from plantops.storage.accounts import AccountKind, AccountRow
from plantops.storage.lease import Lease

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How often to look without having been told."""
AGAIN_SECONDS = 60.0
"""An account that could not be made is tried again after this; a change of its row is tried at once."""
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Household:
    """Whose accounts they are."""

    administrator: Broker
    """The broker, as the account that keeps the accounts."""
    inner: tuple[Account, ...]
    """The backend's own accounts."""
    guests: frozenset[str]
    """Accounts that are left as they are: the demo's."""
    vault: Vault
    """Opens the passwords."""


@dataclass(slots=True)
class Reconciler:
    """One lease's worth of keeping the accounts."""

    household: Household
    lease: Lease
    clock: Clock
    _throttle: Throttle = field(init=False)
    _failed: dict[str, tuple[int, float]] = field(init=False, default_factory=dict)
    """Which version of an account could not be made, and when that was, by user name."""
    _told: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    problem: str | None = field(init=False, default=None)
    """Why no account can be changed at the moment, in words."""

    def __post_init__(self) -> None:
        """Begin with nothing failed."""
        self._throttle = Throttle(self.clock)

    async def run(self) -> Never:
        """Keep the accounts for ever. Raises what the lease raises when the database is away."""
        async with self.lease.hold() as connection:
            await connection.add_listener(store.CHANNEL, lambda *_: self._told.set())
        pause = PAUSE_SECONDS
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self._session()
            except* (LinkLost, AccountsRefused) as errors:
                self.problem = f"The broker's accounts cannot be changed: {errors.exceptions[0]}"
                self._complain("", str(errors.exceptions[0]))
            long = asyncio.get_running_loop().time() - begun > LONGEST_PAUSE_SECONDS
            pause = PAUSE_SECONDS if long else min(2 * pause, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _session(self) -> None:
        """Keep the accounts over one connection, until it is lost."""
        async with Accounts.open(self.household.administrator) as accounts, asyncio.TaskGroup() as tasks:
            tasks.create_task(accounts.until_lost(), name="accounts-link")
            await self._compare(accounts)
            self.problem = None
            while True:
                self._told.clear()
                await self._catch_up(accounts)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._told.wait(), LOOK_SECONDS)

    async def _compare(self, accounts: Accounts) -> None:
        """Compare everything, and make the broker agree."""
        self._failed.clear()
        async with self.lease.hold() as connection:
            rows = await store.everything(connection)
        there = await accounts.look()
        await accounts.lock_down()
        refused = await accounts.settle(self.household.inner, there)
        for username, problem in refused.items():
            self._complain(username, problem)
        gone = strangers(there, [*(row.username for row in rows), *self._kept()])
        if gone:
            log.info("accounts_removed", accounts=sorted(gone), reason="the database does not know them")
            await accounts.remove(*gone)
        await self._apply(accounts, rows, rows, there)
        log.info("accounts_compared", accounts=len(rows), removed=len(gone))

    def _kept(self) -> Iterable[str]:
        """Name the accounts that are no rows."""
        return [*(account.username for account in self.household.inner), *self.household.guests]

    async def _catch_up(self, accounts: Accounts) -> None:
        """Apply what has changed."""
        async with self.lease.hold() as connection:
            changed = [row for row in await store.to_apply(connection) if self._is_due(row)]
            rows = await store.everything(connection) if any(map(_tells_home_assistant, changed)) else changed
        if changed:
            await self._apply(accounts, changed, rows)

    def _is_due(self, row: AccountRow) -> bool:
        version, at = self._failed.get(row.username, (0, 0.0))
        return version != row.version or asyncio.get_running_loop().time() - at >= AGAIN_SECONDS

    async def _apply(
        self, accounts: Accounts, changed: Sequence[AccountRow], rows: Sequence[AccountRow], there: There | None = None
    ) -> None:
        """Bring some accounts to their rows, and write down which are."""
        wanted = self._wanted(changed, rows)
        if there is None:
            there = await accounts.look_at(list(wanted.values()))
        await accounts.remove(*(row.username for row in changed if row.state is not DeviceAccess.ACTIVE))
        versions = {row.username: row.version for row in rows}
        for username, problem in (await accounts.settle(wanted.values(), there)).items():
            self._fail(username, versions[username], problem)
        done = [row for row in changed if self._failed.get(row.username, (0, 0.0))[0] != row.version]
        async with self.lease.hold() as connection:
            await store.mark_applied(connection, {row.username: row.version for row in done})
        for row in done:
            if row.version != row.applied_version:
                log.info("account_applied", account=row.username, kind=row.kind, state=row.state, version=row.version)

    def _wanted(self, changed: Sequence[AccountRow], rows: Sequence[AccountRow]) -> Mapping[str, Account]:
        """Give the accounts to make, by user name: those that changed, and Home Assistant's when a stock node did."""
        prefixes = [
            place for row in rows if _is_stock(row) and roles.is_prefix(place := row.topic_prefix or row.username)
        ]
        todo = {row.username: row for row in changed}
        if any(map(_tells_home_assistant, changed)):
            todo |= {row.username: row for row in rows if row.kind is AccountKind.HOME_ASSISTANT}
        wanted: dict[str, Account] = {}
        for row in todo.values():
            if row.state is not DeviceAccess.ACTIVE:
                continue
            try:
                password = self.household.vault.open(row.password, store.purpose(row.username))
                mark = mark_of(row.version, password)
                wanted[row.username] = Account(row.username, row.username, _role(row, prefixes), password, mark)
            except (CannotOpen, ValueError) as error:
                self._fail(row.username, row.version, str(error))
        return wanted

    def _fail(self, username: str, version: int, problem: str) -> None:
        self._failed[username] = (version, asyncio.get_running_loop().time())
        self._complain(username, problem)

    def _complain(self, username: str, problem: str) -> None:
        """Log that an account (or none of them) can be made: once a minute for each."""
        if (times := self._throttle.count("accounts_interrupted", username)) is None:
            return
        if username:
            log.warning("account_not_made", account=username, problem=problem, times=times)
        else:
            log.warning("accounts_interrupted", problem=problem, times=times)


def _is_stock(row: AccountRow) -> bool:
    return row.kind is AccountKind.STOCK and row.state is DeviceAccess.ACTIVE


def _tells_home_assistant(row: AccountRow) -> bool:
    """Tell whether a change of this row changes what Home Assistant may do."""
    return row.kind in (AccountKind.STOCK, AccountKind.HOME_ASSISTANT)


def _role(row: AccountRow, prefixes: Iterable[str]) -> roles.Role:
    """Give an account's role. Raises ValueError for a name or a prefix that nobody can have."""
    match row.kind:
        case AccountKind.DEVICE:
            return roles.device(row.username)
        case AccountKind.STOCK:
            return roles.stock_node(row.username, row.topic_prefix or row.username)
        case AccountKind.HOME_ASSISTANT:
            return roles.home_assistant(prefixes)
