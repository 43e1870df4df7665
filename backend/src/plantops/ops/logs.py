"""The house's diary: every line an event with its facts, as JSON for machines or in colour for people.

`configure` is called once by the front door. Everywhere else: `log = structlog.get_logger()` and
`log.info("telemetry_stored", device_id=…)`. The correlation id travels in structlog's context variables.
"""

import logging
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

type Clock = Callable[[], datetime]

SECRET_KEYS = re.compile(
    r"(password|passwd|secret|token|authorization|cookie|(api|private|encryption|registration)_?key)s?(_old)?$",
    re.IGNORECASE,
)
SECRET_IN_URL = re.compile(r"(?<=://)([^\s/@:]*):[^\s/@]+(?=@)")
SECRET_IN_HEADER = re.compile(r"\b(Bearer)\s+\S+", re.IGNORECASE)
SECRET_TOKEN = re.compile(r"\bplantops_([A-Za-z0-9_-]{43}|reg_[A-Za-z0-9]{24})")
"""A token (`services/access.py`) or a registration key (`services/registration_keys.py`), wherever it stands."""
HIDDEN = "***"
CHATTY = ("aiohttp.access", "aiomqtt", "paho", "mqtt", "asyncio", "zeroconf")
"""Libraries whose everyday talk repeats what our own events say; their warnings are kept."""


class LogFormat(StrEnum):
    """How a line of the log looks."""

    CONSOLE = "console"
    JSON = "json"


def configure(*, level: str = "INFO", form: str = LogFormat.CONSOLE, stream: TextIO | None = None) -> None:
    """Send our events and those of the libraries, from `level` upwards, to `stream` (standard error)."""
    out = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    last = _renderer(LogFormat(form), colours=out.isatty())
    structlog.configure(
        processors=[*_shared(), last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    _route_libraries(number, last, out)


def _shared() -> list[Processor]:
    """List the steps that every line goes through before it is rendered."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]


def _renderer(form: LogFormat, *, colours: bool) -> Processor:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)


def _route_libraries(level: int, last: Processor, out: TextIO) -> None:
    """Let the standard library's loggers (aiohttp, asyncpg, paho, aiomqtt) write the same kind of line."""
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *_shared()], processors=[strip, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank every value whose name promises a secret, and passwords and tokens inside texts; the event comes first."""
    return {"event": "", **{key: _without_secret(key, value) for key, value in event.items()}}


def _without_secret(key: str, value: object) -> object:
    if SECRET_KEYS.search(key) and isinstance(value, (str, bytes)):
        return HIDDEN
    if isinstance(value, Mapping):
        return {inner: _without_secret(str(inner), content) for inner, content in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_secret("", content) for content in value]
    if isinstance(value, BaseException):
        return without_secrets(str(value))
    return without_secrets(value) if isinstance(value, str) else value


def without_secrets(text: str) -> str:
    """Give the text with URL passwords and tokens blanked."""
    if "://" in text:
        text = SECRET_IN_URL.sub(rf"\1:{HIDDEN}", text)
    if "plantops_" in text:
        text = SECRET_TOKEN.sub(HIDDEN, text)
    return SECRET_IN_HEADER.sub(rf"\1 {HIDDEN}", text) if "earer " in text else text


@dataclass(slots=True)
class _Tally:
    spoken: datetime
    held: int = 0


class Throttle:
    """Let one line through per event and device each minute, and count what was held back.

    Memory is bounded: beyond `capacity` pairs the one that was quiet for longest is forgotten.
    """

    def __init__(self, clock: Clock, *, every: timedelta = timedelta(minutes=1), capacity: int = 10_000) -> None:
        """Take the clock (aware UTC), the pause between two lines, and how many pairs to remember."""
        self._clock = clock
        self._every = every
        self._capacity = capacity
        self._tallies: OrderedDict[tuple[str, str], _Tally] = OrderedDict()

    def count(self, event: str, device_id: str, amount: int = 1) -> int | None:
        """Add `amount`; answer the sum since the last line when a line is due now, else None.

        Usage: `if (readings := throttle.count("telemetry_stored", device, 8)) is not None: log.info(…)`.
        """
        now = self._clock()
        key = (event, device_id)
        tally = self._tallies.get(key)
        if tally is None:
            self._tallies[key] = _Tally(spoken=now)
            if len(self._tallies) > self._capacity:
                self._tallies.popitem(last=False)
            return amount
        self._tallies.move_to_end(key)
        tally.held += amount
        if now - tally.spoken < self._every:
            return None
        total, tally.held, tally.spoken = tally.held, 0, now
        return total

    def overdue(self) -> Iterator[tuple[str, str, int]]:
        """Hand out (event, device, amount) that was held back for longer than the pause, and forget the quiet.

        Called now and then, so that the last burst of a device that fell silent is told as well.
        """
        now = self._clock()
        for key, tally in list(self._tallies.items()):
            if now - tally.spoken >= self._every:
                del self._tallies[key]
                if tally.held:
                    yield *key, tally.held
