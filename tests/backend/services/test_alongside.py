"""Work beside a body: ended with it, ending it, and never in the way of what it raises."""

import asyncio

import pytest
from plantops.services.alongside import alongside


async def for_ever() -> None:
    await asyncio.sleep(3_600)


async def test_works_end_with_the_body() -> None:
    async with alongside(a=for_ever(), long_work=for_ever()):
        await asyncio.sleep(0)
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert {"a", "long work"} <= names
    assert not {"a", "long work"} & {task.get_name() for task in asyncio.all_tasks()}


async def test_what_the_body_raises_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="mine"):
        async with alongside(a=for_ever()):
            raise LookupError("mine")


async def test_a_work_that_fails_ends_the_body() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        async with alongside(a=fail(), b=for_ever()):
            await for_ever()
