"""A node's memory: samples wait here until the backend has said that they are safe."""

from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import dumps

from aioplantops.telemetry import Ack

MILLISECONDS = 3
"""Decimals of a sample's time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sample in a node's memory, stamped with the counter that runs since the node's start."""

    channel: str
    uptime: float
    value: float


@dataclass(frozen=True, slots=True)
class Dated:
    """A sample as it is sent; its time never changes any more."""

    channel: str
    unix: float
    value: float


@dataclass(slots=True)
class Frozen:
    """A batch that is sent again, byte by byte the same, until it is acknowledged."""

    boot: int
    seq: int
    samples: tuple[Dated, ...]
    payload: bytes
    sent_at: float | None = None
    """Uptime of the last sending; None: not yet sent over this connection."""


class Buffer:
    """A ring of samples and the few batches that are under way.

    A full ring forgets its oldest sample that was not yet sent: `on_drop` is told.
    """

    def __init__(
        self,
        boot: int,
        *,
        capacity: int = 5_000,
        batch_readings: int = 200,
        window: int = 1,
        on_drop: Callable[[Kept], None] = lambda _kept: None,
    ) -> None:
        """Take the number of this start, and the bounds: samples kept, samples a batch, batches under way."""
        self.boot = boot
        self.seq = 0
        self._capacity = capacity
        self._batch_readings = batch_readings
        self._window = window
        self._on_drop = on_drop
        self._waiting: deque[Kept] = deque()
        self._under_way: OrderedDict[int, Frozen] = OrderedDict()

    def __len__(self) -> int:
        """Count the samples that are not yet safe."""
        return len(self._waiting) + sum(len(frozen.samples) for frozen in self._under_way.values())

    def keep(self, values: Mapping[str, float], uptime: float) -> None:
        """Keep one value of each channel, measured at this uptime."""
        for channel, value in values.items():
            self._waiting.append(Kept(channel, uptime, value))
        while len(self) > self._capacity and self._waiting:
            self._on_drop(self._waiting.popleft())

    def freeze(self, started_at: float) -> list[Frozen]:
        """Make batches while there is room under way; `started_at`: Unix time of uptime 0, from the clock once set."""
        made = []
        while self._waiting and len(self._under_way) < self._window:
            count = min(self._batch_readings, len(self._waiting))
            kept = [self._waiting.popleft() for _ in range(count)]
            samples = tuple(
                Dated(sample.channel, round(started_at + sample.uptime, MILLISECONDS), sample.value) for sample in kept
            )
            frozen = Frozen(self.boot, self.seq, samples, _payload(self.boot, self.seq, samples))
            self._under_way[self.seq] = frozen
            self.seq += 1
            made.append(frozen)
        return made

    def due(self, uptime: float, ack_seconds: float) -> list[Frozen]:
        """List the batches to be sent (again): never sent over this connection, or unacknowledged for too long."""
        return [
            frozen
            for frozen in self._under_way.values()
            if frozen.sent_at is None or uptime - frozen.sent_at >= ack_seconds
        ]

    def next_due(self, ack_seconds: float) -> float | None:
        """Tell the uptime at which the next batch is to be sent again; None: nothing is under way."""
        return min(
            (frozen.sent_at + ack_seconds for frozen in self._under_way.values() if frozen.sent_at), default=None
        )

    def disconnected(self) -> None:
        """Note that what was under way over the last connection has to be sent again over the next."""
        for frozen in self._under_way.values():
            frozen.sent_at = None

    def acknowledge(self, ack: Ack) -> Frozen | None:
        """Forget the batch that this acknowledges; None when it is not under way (a second ack, another start)."""
        return self._under_way.pop(ack.seq, None) if ack.boot == self.boot else None


def _payload(boot: int, seq: int, samples: tuple[Dated, ...]) -> bytes:
    readings = [{"c": sample.channel, "t": _short(sample.unix), "v": _short(sample.value)} for sample in samples]
    return dumps({"boot": boot, "seq": seq, "readings": readings}, separators=(",", ":")).encode()


def _short(number: float) -> float:
    """Leave out the `.0` of a whole number, as real boards do."""
    return int(number) if number.is_integer() else number
