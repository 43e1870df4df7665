"""Plants and their assignments as the API shows them."""

from aioplantops.days import PlantDays
from aioplantops.history import History
from aioplantops.models import Assignment, AssignmentChange, AssignmentCreate, Page, Plant, PlantChange, PlantCreate

from .call import ASSIGNMENT, PLANT, Call
from .history import DaysQuery, PlantHistoryQuery
from .keys import CLOCK, DAYS, GARDEN, HISTORIES, LIGHTS, PLANTS, TASK_KEEPER
from .lists import ListQuery


async def list_all(call: Call[None, ListQuery]) -> Page[Plant]:
    """List plants by name."""
    return await call.app[GARDEN].plant_page(call.query.cursor, call.query.limit)


async def create(call: Call[PlantCreate]) -> Plant:
    """Plant a plant."""
    plant = await call.app[PLANTS].create(call.body)
    await call.app[TASK_KEEPER].settle([plant.id])
    return plant


async def show(call: Call) -> Plant:
    """Give a plant."""
    return await call.app[GARDEN].plant(call.at(PLANT))


async def change(call: Call[PlantChange]) -> Plant:
    """Change a plant."""
    plant = await call.app[PLANTS].change(call.at(PLANT), call.body)
    call.app[LIGHTS].look_soon(plant.id)
    await call.app[TASK_KEEPER].plant_changed(plant.id)
    return plant


async def remove(call: Call) -> None:
    """Remove a plant."""
    await call.app[PLANTS].remove(call.at(PLANT))


async def history(call: Call[None, PlantHistoryQuery]) -> History:
    """Draw what a plant felt."""
    span = call.query.span(call.app[CLOCK]())
    return await call.app[HISTORIES].of_plant(call.at(PLANT), call.query.metric, span, call.query.points)


async def days(call: Call[None, DaysQuery]) -> PlantDays:
    """Tell the light, air and growth of some days, at most 400; those of which nothing is known are left out."""
    return await call.app[DAYS].of_plant(call.at(PLANT), call.query.from_, call.query.until)


async def assignments(call: Call[None, ListQuery]) -> Page[Assignment]:
    """List a plant's assignments."""
    return await call.app[PLANTS].assignments(call.at(PLANT), call.query.cursor, call.query.limit)


async def assign(call: Call[AssignmentCreate]) -> Assignment:
    """Let a channel serve a plant."""
    assignment = await call.app[PLANTS].assign(call.at(PLANT), call.body)
    call.app[LIGHTS].look_soon(assignment.plant_id)
    return assignment


async def reassign(call: Call[AssignmentChange]) -> Assignment:
    """Move the ends of an assignment."""
    assignment = await call.app[PLANTS].reassign(call.at(PLANT), call.at(ASSIGNMENT), call.body)
    call.app[LIGHTS].look_soon(assignment.plant_id)
    return assignment


async def unassign(call: Call) -> None:
    """Remove an assignment."""
    await call.app[PLANTS].unassign(call.at(PLANT), call.at(ASSIGNMENT))
    call.app[LIGHTS].look_soon(call.at(PLANT))
