"""When a message without times arrived: no two of them at the same moment, however fast they came.

What is read off the wire together has one time of arrival. A reading is known by its channel and its time, so the
second of two that carry no time would count as a copy of the first; a microsecond between them keeps both, in order.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from plantops.domain.intake import Envelope, Intake

STEP = timedelta(microseconds=1)
FURTHEST = timedelta(seconds=1)
"""How far the times may run ahead of the clock; where the clock was set back by more, it is followed."""


class Arrivals:
    """Gives times of arrival, each later than the one before."""

    def __init__(self) -> None:
        """Begin with nothing arrived."""
        self._last: datetime | None = None

    def moment(self, now: datetime) -> datetime:
        """Give the time of what arrives `now`."""
        if self._last is not None and timedelta(0) <= self._last - now < FURTHEST:
            now = self._last + STEP
        self._last = now
        return now

    def dated(self, intake: Intake) -> Intake:
        """Give a message with a time of arrival of its own, where its readings will be known by it."""
        if isinstance(intake, Envelope) and any(sample.t is None for sample in intake.samples):
            return replace(intake, received_at=self.moment(intake.received_at))
        return intake
