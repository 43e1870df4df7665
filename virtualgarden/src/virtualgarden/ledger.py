"""The ledger of a virtual device: what was measured, sent, acknowledged and forgotten, to compare with the store."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from aioplantops.telemetry import Ack

from virtualgarden.buffer import Dated, Frozen, Kept


@dataclass(slots=True)
class Entry:
    """One batch's story."""

    samples: tuple[Dated, ...]
    sendings: int = 0
    by_backend: Ack | None = None
    """The backend has acknowledged it: it is stored."""


@dataclass(slots=True)
class Ledger:
    """Counts everything; with `keep`, remembers every batch too."""

    keep: bool = False
    measured: int = 0
    """Readings taken."""
    sent: int = 0
    resent: int = 0
    """Batches."""
    broker_acks: int = 0
    backend_acks: int = 0
    stray_acks: int = 0
    """Acknowledgements of nothing that is under way."""
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    """Readings, by the backend's word."""
    dropped: int = 0
    """Readings that a full ring or a power cut has cost."""
    entries: dict[tuple[int, int], Entry] = field(default_factory=dict)
    """By boot and seq; empty without `keep`."""
    drops: list[Kept] = field(default_factory=list)

    def on_send(self, frozen: Frozen) -> None:
        """Note that a batch is being sent, perhaps again."""
        if self.keep:
            entry = self.entries.setdefault((frozen.boot, frozen.seq), Entry(frozen.samples))
            entry.sendings += 1
        self.sent += 1

    def on_broker_ack(self) -> None:
        """Note the broker's PUBACK, which is no promise that the reading is stored."""
        self.broker_acks += 1

    def on_backend_ack(self, ack: Ack, frozen: Frozen | None) -> None:
        """Note the backend's acknowledgement; `frozen` is None when it was not waited for."""
        self.backend_acks += 1
        if frozen is None:
            self.stray_acks += 1
            return
        self.stored += ack.stored
        self.duplicate += ack.duplicate
        self.refused += ack.refused
        if self.keep:
            self.entries[frozen.boot, frozen.seq].by_backend = ack

    def on_drop(self, kept: Kept) -> None:
        """Note a reading that is lost."""
        self.dropped += 1
        if self.keep:
            self.drops.append(kept)

    def safe(self) -> Iterator[Dated]:
        """Hand out the readings that the backend has acknowledged: each of these must be in the store, once."""
        return (sample for entry in self.entries.values() if entry.by_backend for sample in entry.samples)

    def under_way(self) -> Iterator[Dated]:
        """Hand out the readings that were sent and not acknowledged by the backend: they may be in the store."""
        return (sample for entry in self.entries.values() if not entry.by_backend for sample in entry.samples)
