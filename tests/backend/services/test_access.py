"""Tokens as the command line and the replicas handle them, on each kind of database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aioplantops.errors import LastAdminToken, LoginBlocked, TokenNotFound, Unauthorized
from aioplantops.models import Scope
from plantops.services.access import Access, Caller
from plantops.storage.pool import Database

from tests.backend.services.intake import NOON, Clock


@pytest.fixture
async def access(database: str) -> AsyncIterator[Access]:
    """Give a doorkeeper."""
    async with Database.open(database) as opened:
        yield Access(opened, Clock())


async def test_a_token_is_found_by_its_name_or_id(access: Access) -> None:
    token, _ = await access.create("kitchen", (Scope.READ,))
    assert await access.find("kitchen") == token
    assert await access.find(str(token.id)) == token
    with pytest.raises(TokenNotFound):
        await access.find("cellar")


async def test_a_name_that_two_tokens_bear_is_not_guessed(access: Access) -> None:
    first, _ = await access.create("twin", (Scope.READ,))
    second, _ = await access.create("twin", (Scope.READ,))
    with pytest.raises(TokenNotFound, match=str(second.id)):
        await access.find("twin")
    await access.revoke(first.id)
    assert (await access.find("twin")).id == second.id


async def test_two_admins_cannot_revoke_each_other_at_once(access: Access) -> None:
    tokens = [(await access.create(f"admin {number}", (Scope.ADMIN,)))[0] for number in range(2)]
    done = await asyncio.gather(*(access.revoke(token.id) for token in tokens), return_exceptions=True)
    assert sorted(str(type(outcome).__name__) for outcome in done) == ["LastAdminToken", "NoneType"]


async def test_the_command_line_may_revoke_even_the_last_admin_token(access: Access) -> None:
    token, _ = await access.create("only", (Scope.ADMIN,))
    with pytest.raises(LastAdminToken):
        await access.revoke(token.id)
    await access.revoke(token.id, even_last=True)
    assert [found.revoked_at is not None for found in await access.list()] == [True]


async def test_replicas_agree_on_revocation_and_on_patience(database: str) -> None:
    async with Database.open(database) as here, Database.open(database) as there:
        one, other = Access(here, Clock()), Access(there, Clock())
        token, secret = await one.create("shared", (Scope.CARE,))
        assert await other.by_token(secret, "192.0.2.1") == Caller(token.id, "shared", (Scope.CARE,))
        for access in (one, other, one, other, one):
            with pytest.raises(Unauthorized):
                await access.by_token("plantops_" + "x" * 43, "192.0.2.2")
        with pytest.raises(LoginBlocked):
            await other.by_token("plantops_" + "x" * 43, "192.0.2.2")
        await other.revoke(token.id)
        with pytest.raises(Unauthorized):
            await one.by_token(secret, "192.0.2.1")


async def test_a_moment_before_the_last_failure_is_not_blocked_by_it(database: str) -> None:
    async with Database.open(database) as opened:
        prompt, late = Access(opened, Clock()), Access(opened, Clock(NOON - timedelta(seconds=30)))
        for access in (prompt, late, late, prompt, late):
            with pytest.raises(Unauthorized):
                await access.by_token("plantops_" + "x" * 43, "192.0.2.2")


async def test_a_failing_crowd_at_once_is_counted_right(access: Access) -> None:
    async def fail() -> str:
        try:
            await access.by_token("guess", "2001:db8::7")
        except (Unauthorized, LoginBlocked) as error:
            return error.code
        return "in"

    outcomes = await asyncio.gather(*(fail() for _ in range(40)))
    assert set(outcomes) <= {"unauthorized", "login_blocked"}
    assert await fail() == "login_blocked"


@pytest.mark.parametrize("scope", list(Scope))
def test_a_caller_may_what_its_scopes_grant(scope: Scope) -> None:
    caller = Caller(token_id=None, name="x", scopes=(scope,))  # type: ignore[arg-type]
    assert caller.may(scope)
    assert caller.may(Scope.ADMIN) is (scope is Scope.ADMIN)
    assert caller.may(Scope.INGEST) is (scope in {Scope.ADMIN, Scope.INGEST})
    assert caller.may(Scope.READ) is (scope is not Scope.INGEST)
