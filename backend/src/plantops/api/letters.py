"""Dead letters: what could not be stored, and why."""

from aioplantops.models import DeadLetter, Page
from aioplantops.wire import DeviceId

from plantops.domain.intake import Reason

from .call import Call
from .keys import LETTERS
from .lists import ListQuery


class LetterQuery(ListQuery):
    """Which dead letters."""

    device_id: DeviceId | None = None
    """Only those of this device."""
    reason: Reason | None = None
    """Only those with this reason."""


async def list_all(call: Call[None, LetterQuery]) -> Page[DeadLetter]:
    """List dead letters, the newest first."""
    query = call.query
    return await call.app[LETTERS].page(query.cursor, query.limit, device_id=query.device_id, reason=query.reason)
