"""Work that is done in turns, of which one may fail: it is told, not too often, and the next is tried all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from plantops.ops.logs import Clock, Throttle
from plantops.storage.pool import LOST

log = structlog.get_logger()


class Turns:
    """Bears what a turn raises."""

    def __init__(self, failed: str, clock: Clock) -> None:
        """Take what the log says of a turn that failed, and the clock (aware UTC)."""
        self._failed = failed
        self._throttle = Throttle(clock)

    @contextmanager
    def borne(self) -> Iterator[None]:
        """Do a turn within; a database that is away needs no stack of calls."""
        try:
            yield
        except Exception as error:
            if (times := self._throttle.count(self._failed, type(error).__name__)) is not None:
                log.warning(self._failed, times=times, exc_info=None if isinstance(error, LOST) else error)
