"""Plants and their assignments as the API shows them."""

from aioplantops.history import History
from aioplantops.models import Assignment, AssignmentChange, AssignmentCreate, Page, Plant, PlantChange, PlantCreate

from .call import ASSIGNMENT, PLANT, Call
from .history import PlantHistoryQuery
from .keys import CLOCK, GARDEN, HISTORIES, PLANTS
from .lists import ListQuery


async def list_all(call: Call[None, ListQuery]) -> Page[Plant]:
    """List plants by name."""
    return await call.app[GARDEN].plant_page(call.query.cursor, call.query.limit)


async def create(call: Call[PlantCreate]) -> Plant:
    """Plant a plant."""
    return await call.app[PLANTS].create(call.body)


async def show(call: Call) -> Plant:
    """Give a plant."""
    return await call.app[GARDEN].plant(call.at(PLANT))


async def change(call: Call[PlantChange]) -> Plant:
    """Change a plant."""
    return await call.app[PLANTS].change(call.at(PLANT), call.body)


async def remove(call: Call) -> None:
    """Remove a plant."""
    await call.app[PLANTS].remove(call.at(PLANT))


async def history(call: Call[None, PlantHistoryQuery]) -> History:
    """Draw what a plant felt."""
    span = call.query.span(call.app[CLOCK]())
    return await call.app[HISTORIES].of_plant(call.at(PLANT), call.query.metric, span, call.query.points)


async def assignments(call: Call[None, ListQuery]) -> Page[Assignment]:
    """List a plant's assignments."""
    return await call.app[PLANTS].assignments(call.at(PLANT), call.query.cursor, call.query.limit)


async def assign(call: Call[AssignmentCreate]) -> Assignment:
    """Let a channel serve a plant."""
    return await call.app[PLANTS].assign(call.at(PLANT), call.body)


async def reassign(call: Call[AssignmentChange]) -> Assignment:
    """Move the ends of an assignment."""
    return await call.app[PLANTS].reassign(call.at(PLANT), call.at(ASSIGNMENT), call.body)


async def unassign(call: Call) -> None:
    """Remove an assignment."""
    await call.app[PLANTS].unassign(call.at(PLANT), call.at(ASSIGNMENT))
