"""What has arrived and is not yet stored: a bounded queue between the broker's pace and the database's."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from plantops.domain.intake import Envelope, Intake

BATCH_MESSAGES = 2_000
BATCH_READINGS = 16_000
"""What one transaction takes at most. The more readings of a channel it has, the less it costs to keep that channel's
roll-ups and newest reading (docs/decisions/0035)."""
FULL_MESSAGES = 4 * BATCH_MESSAGES
FULL_READINGS = 2 * BATCH_READINGS
"""Where reading from the broker stops. Well above ReceiveMaximum: it counts where a broker does not keep to that."""


class Item(NamedTuple):
    """One message on its way to the store."""

    intake: Intake
    mid: int = 0
    """What to acknowledge it by; 0: nothing."""


def _weight(intake: Intake) -> int:
    return len(intake.samples) + len(intake.refusals) + 1 if isinstance(intake, Envelope) else 1


class IntakeQueue:
    """Takes messages as they come and gives them in batches: whatever is there, without lingering."""

    def __init__(self) -> None:
        """Begin empty."""
        self._items: deque[tuple[Item, int]] = deque()
        self._readings = 0
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        """Count the messages that wait."""
        return len(self._items)

    @property
    def full(self) -> bool:
        """Tell whether there is no more room: stop reading, so that the broker holds the rest back."""
        return len(self._items) >= FULL_MESSAGES or self._readings >= FULL_READINGS

    def put(self, items: Iterable[Item]) -> None:
        """Take some messages."""
        for item in items:
            weight = _weight(item.intake)
            self._items.append((item, weight))
            self._readings += weight
        self._filled.set()

    async def take(self) -> list[Item]:
        """Wait for messages; give all that are there, at most a batch."""
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        batch: list[Item] = []
        readings = 0
        while self._items and len(batch) < BATCH_MESSAGES:
            item, weight = self._items[0]
            if batch and readings + weight > BATCH_READINGS:
                break
            readings += weight
            batch.append(item)
            self._items.popleft()
        self._readings -= readings
        return batch
