"""The care log and the plan for an absence as the API shows them."""

from typing import Annotated
from uuid import UUID

from aioplantops.care import AbsencePlan, CareChange, CareEvent, CareKind, CareLog
from aioplantops.models import Page
from aioplantops.wire import Request
from pydantic import Field

from .call import CARE_EVENT, PLANT, Call
from .keys import CARE_BOOK
from .lists import ListQuery, Moment


class HouseQuery(ListQuery):
    """Which part of the house's log."""

    kind: CareKind | None = None
    plant_id: UUID | None = None
    since: Moment | None = None
    """What was done then or later: ISO 8601 with a time zone, or Unix seconds."""


class AbsenceQuery(Request):
    """When nobody is there."""

    from_: Annotated[Moment | None, Field(alias="from")] = None
    """When people leave; absent: now."""
    until: Moment
    """When they are back: ISO 8601 with a time zone, or Unix seconds."""


async def list_all(call: Call[None, ListQuery]) -> Page[CareEvent]:
    """List what was done to a plant."""
    return await call.app[CARE_BOOK].page(call.at(PLANT), call.query.cursor, call.query.limit)


async def log(call: Call[CareLog]) -> CareEvent:
    """Write down what was done to a plant."""
    return await call.app[CARE_BOOK].log(call.at(PLANT), call.body)


async def change(call: Call[CareChange]) -> CareEvent:
    """Correct what a person wrote down; a new time is judged anew."""
    return await call.app[CARE_BOOK].change(call.at(PLANT), call.at(CARE_EVENT), call.body)


async def remove(call: Call) -> None:
    """Take back what was written down. A watering that was seen in the soil is dismissed, and stays so."""
    await call.app[CARE_BOOK].remove(call.at(PLANT), call.at(CARE_EVENT))


async def house(call: Call[None, HouseQuery]) -> Page[CareEvent]:
    """List what was done in the house."""
    query = call.query
    return await call.app[CARE_BOOK].house(
        query.cursor, query.limit, kind=query.kind, plant_id=query.plant_id, since=query.since
    )


async def absence(call: Call[None, AbsenceQuery]) -> AbsencePlan:
    """Plan an absence."""
    return await call.app[CARE_BOOK].absence(call.query.from_, call.query.until)
