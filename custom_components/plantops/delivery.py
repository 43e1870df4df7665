"""Brings readings to the backend: in order, until it has them, and no more often than it likes."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import uniform

from .binding import Binding, Series
from .coordinator import PlantOpsCoordinator
from .lib.aioplantops.errors import (
    CannotConnect,
    DeviceNotWritable,
    Invalid,
    Malformed,
    PlantOpsError,
    ScopeMissing,
    TooLarge,
    Unauthorized,
)
from .lib.aioplantops.history import Outcome, PostedReading, ReadingsPost
from .lib.aioplantops.telemetry import ChannelInfo
from .problems import ask_for_scope, reason
from .satchel import Batch, Satchel

_LOGGER = logging.getLogger(__package__)

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
IDLE_PAUSE_SECONDS = 300.0
"""How long to wait for a token that may post readings."""

NAME_LENGTH = 120

FINAL = (DeviceNotWritable, Invalid, Malformed, TooLarge)
"""What sending the same again would not mend."""


@dataclass(slots=True)
class Fate:
    """What became of a series' readings since the entry was loaded."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: str | None = None
    """Why the newest were refused, in the backend's words; None: they were not."""


def introduction(binding: Binding) -> ReadingsPost:
    """Tell the backend of a sensor, without a reading. Its name is shown there as it is here."""
    name = "".join(letter for letter in binding.name if letter.isprintable()).strip()[:NAME_LENGTH] or binding.entity
    channel = ChannelInfo(metric=binding.metric, unit=binding.unit)
    return ReadingsPost(device_id=binding.device_id, name=name, channels={binding.series.key: channel}, readings=())


class Delivery:
    """The way of a satchel's readings to one backend, for as long as the entry is loaded."""

    def __init__(
        self, coordinator: PlantOpsCoordinator, satchel: Satchel, find: Callable[[Series], Binding | None]
    ) -> None:
        """Take the satchel, and who knows whose readings they are."""
        self._coordinator = coordinator
        self._satchel = satchel
        self._find = find
        self._known: set[tuple[Series, str]] = set()
        self._back = asyncio.Event()
        self._pause = FIRST_PAUSE_SECONDS
        self.away = False
        """Whether the newest attempt failed."""

    def hurry(self) -> None:
        """Wait no longer when the backend is there again."""
        if self._coordinator.last_update_success:
            self._back.set()

    async def empty(self, told: Callable[[Series, Fate], None]) -> None:
        """Send until nothing is left, however often the backend goes; tell what became of each batch."""
        while (batch := self._satchel.batch()) is not None:
            self._back.clear()
            try:
                fate = await self._send(batch)
            except PlantOpsError as error:
                self.away = True
                await self._rest(error)
                continue
            self.away = False
            self._pause = FIRST_PAUSE_SECONDS
            self._satchel.remove(batch)
            told(batch.series, fate)

    async def _send(self, batch: Batch) -> Fate:
        """Send some readings. Raises what may be over when they are sent again."""
        readings = tuple(PostedReading(c=batch.series.key, t=time, v=value) for time, value in batch.readings)
        post = ReadingsPost.model_construct(device_id=batch.series.device_id, readings=readings)
        binding = self._find(batch.series)
        named = None if binding is None else (batch.series, binding.name)
        if binding is not None and (named not in self._known or not self._there(batch.series)):
            post = introduction(binding).model_copy(update={"readings": readings})
        try:
            answer = await self._coordinator.client.post_readings(post)
        except FINAL as error:
            return Fate(Counter({Outcome.REFUSED: len(readings)}), reason(error))
        if named is not None:
            self._known.add(named)
        faults = [result.detail or result.reason for result in answer.results if result.outcome is Outcome.REFUSED]
        counts = Counter(result.outcome.value for result in answer.results)
        return Fate(counts, faults[-1] if faults else None)

    def _there(self, series: Series) -> bool:
        return series.device_id in self._coordinator.data.devices

    async def _rest(self, error: PlantOpsError) -> None:
        """Wait until it may go better."""
        seconds = self._pause * uniform(0.7, 1.3)  # noqa: S311 - jitter is no secret
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        if isinstance(error, ScopeMissing):
            ask_for_scope(self._coordinator)
            seconds = IDLE_PAUSE_SECONDS
        elif isinstance(error, Unauthorized):
            self._coordinator.config_entry.async_start_reauth(self._coordinator.hass)
            seconds = IDLE_PAUSE_SECONDS
        elif error.retry_after is not None:
            seconds = error.retry_after
        if not isinstance(error, CannotConnect):
            _LOGGER.debug("Readings wait: %s", error.detail)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._back.wait()
