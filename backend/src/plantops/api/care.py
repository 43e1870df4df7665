"""The care log and the plan for an absence as the API shows them."""

from typing import Annotated

from aioplantops.care import AbsencePlan, CareEvent, CareLog
from aioplantops.models import Page
from aioplantops.wire import Request
from pydantic import Field

from .call import PLANT, Call
from .keys import CARE_BOOK
from .lists import ListQuery, Moment


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


async def absence(call: Call[None, AbsenceQuery]) -> AbsencePlan:
    """Plan an absence."""
    return await call.app[CARE_BOOK].absence(call.query.from_, call.query.until)
