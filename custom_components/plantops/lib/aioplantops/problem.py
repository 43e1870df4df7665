"""How the API says that something is wrong (RFC 9457)."""

from typing import Annotated

from pydantic import Field

from .wire import Answer


class Wrong(Answer):
    """One thing in a request that does not fit."""

    where: str
    """The place, e.g. `readings[3].c`."""
    why: str


class Problem(Answer):
    """What went wrong, for people (`detail`) and for programs (`code`)."""

    type: str
    """Where the code is explained."""
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: str
    """Stable: programs may rely on it."""
    correlation_id: str
    """The same as in the header `X-Correlation-ID` and in the backend's log."""
    errors: tuple[Wrong, ...] = ()
    retry_after: int | None = None
    """Seconds to wait before another try."""
