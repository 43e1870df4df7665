"""What a backend carries from its start on: only what every garden uses."""

import asyncio
import sys

from plantops.api.openapi import Description, document
from plantops.api.routes import ROUTES

SELDOM = {"PIL", "apprise", "icalendar", "yaml", "zeroconf"}
"""Large libraries that are read in where they are used first."""


async def test_a_house_does_not_carry_what_few_houses_use() -> None:
    program = "import plantops.app, plantops.cli, sys; print(*sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    modules = set(printed.decode().split())
    assert "plantops.app" in modules
    assert not SELDOM & modules


async def test_the_description_is_written_once_and_not_before_somebody_asks() -> None:
    written = document.cache_info().misses
    description = Description(ROUTES, "0.0.0+asked-by-three")
    assert document.cache_info().misses == written
    given = await asyncio.gather(*(description.give() for _ in range(3)))
    assert document.cache_info().misses == written + 1
    assert given[0] == given[1] == given[2] == document(ROUTES, "0.0.0+asked-by-three")
