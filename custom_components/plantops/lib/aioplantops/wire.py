"""The paper that every message is written on: frozen, typed, and the same on both sides of a wire."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


type Utc = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment with a time zone, kept in UTC; ISO 8601 on the wire."""

DEVICE_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
"""What a device's name looks like, as a regular expression for all of it."""

CHANNEL_KEY = r"^[A-Za-z0-9][A-Za-z0-9_/-]{0,127}$"
ONE_LINE = r"^[^\x00-\x1f\x7f]+$"

type DeviceId = Annotated[str, StringConstraints(pattern=f"^{DEVICE_ID}$")]
"""A device's MQTT user name, which is its ESPHome node name, e.g. ``plant-3fa2c1``."""

type ChannelKey = Annotated[str, StringConstraints(pattern=CHANNEL_KEY)]
"""A channel's name, unique on its device, e.g. ``soil_moisture_2`` (stock ESPHome: ``sensor/soil_moisture``)."""

type Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
"""What a person calls a thing: one line of 1 to 120 characters. Never interpreted as HTML or SQL."""

type Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]
"""Free text of at most 4,000 characters."""

type Counter = Annotated[int, Field(ge=0, le=2**32 - 1)]
"""An unsigned 32-bit number, as a microcontroller counts."""


class Wire(BaseModel):
    """Anything that travels: frozen once made; fields that a newer version added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, use_attribute_docstrings=True)


class Answer(Wire):
    """What the backend says. Clients ignore fields that they don't know."""


class Request(Wire):
    """What a client asks for. A field that the backend doesn't know is refused: it is probably a typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
