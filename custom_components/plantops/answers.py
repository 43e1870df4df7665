"""Between what Home Assistant hands over and what the backend takes and gives."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
from pydantic import BaseModel, ValidationError

from .lib.aioplantops.errors import Invalid


def plain(answer: BaseModel) -> JsonObjectType:
    """Give an answer as what templates and scripts can read."""
    said: JsonObjectType = answer.model_dump(mode="json", by_alias=True)
    return said


def read[Model: BaseModel](model: type[Model], said: Mapping[str, Any]) -> Model:
    """Make a request of what was said. Raises Invalid, with a sentence for each thing that does not fit."""
    given = {name: in_utc(value) if isinstance(value, datetime) else value for name, value in said.items()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        words = "; ".join(one["msg"].removeprefix("Value error, ") for one in found)
        raise Invalid(f"{words}.") from None


def in_utc(moment: datetime) -> datetime:
    """Give a moment in UTC; one without a zone is meant in Home Assistant's."""
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt_util.get_default_time_zone())
    return local.astimezone(UTC)
