"""Alerts as the API shows them, and what people may do about them."""

from enum import StrEnum
from uuid import UUID

from aioplantops.alerts import Alert, AlertKind, AlertSnooze
from aioplantops.models import Page
from aioplantops.wire import DeviceId

from plantops.domain.alerts import Wanted

from .call import ALERT, Call
from .keys import ALERT_BOOK
from .lists import ListQuery


class AlertState(StrEnum):
    """Which alerts are wanted."""

    OPEN = "open"
    RESOLVED = "resolved"
    ALL = "all"


class AlertQuery(ListQuery):
    """Which alerts, and which part of the list."""

    state: AlertState = AlertState.OPEN
    plant_id: UUID | None = None
    """Only those about this plant."""
    device_id: DeviceId | None = None
    """Only those about this device, or told by it."""
    kind: AlertKind | None = None

    @property
    def wanted(self) -> Wanted:
        """Tell it in the words of the store."""
        is_open = None if self.state is AlertState.ALL else self.state is AlertState.OPEN
        return Wanted(is_open, self.plant_id, self.device_id, self.kind)


async def list_all(call: Call[None, AlertQuery]) -> Page[Alert]:
    """List alerts, the newest first."""
    return await call.app[ALERT_BOOK].page(call.query.wanted, call.query.cursor, call.query.limit)


async def show(call: Call) -> Alert:
    """Give an alert."""
    return await call.app[ALERT_BOOK].alert(call.at(ALERT))


async def acknowledge(call: Call) -> Alert:
    """Say that a person knows of an alert."""
    return await call.app[ALERT_BOOK].acknowledge(call.at(ALERT))


async def snooze(call: Call[AlertSnooze]) -> Alert:
    """Hear no more of an alert for a while."""
    return await call.app[ALERT_BOOK].snooze(call.at(ALERT), call.body.until)


async def unsnooze(call: Call) -> Alert:
    """Hear of an alert again."""
    return await call.app[ALERT_BOOK].unsnooze(call.at(ALERT))
