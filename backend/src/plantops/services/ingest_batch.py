"""Some messages on their way into the store: laid out in columns, with a receipt of what became of each reading.

No waiting in here: this is the busiest code of the house (every reading passes through `lay`).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aioplantops.errors import DeviceNotWritable
from aioplantops.history import Outcome
from aioplantops.models import DeviceKind

from plantops.domain.intake import Envelope, Reason
from plantops.domain.reading import Key, Unfit, Window, judge
from plantops.storage.telemetry import Kept, UndatedBatch

from .registry import BETTER, Known, Wanted

SEEN_EVERY = timedelta(seconds=10)
"""A device's `last_seen` is written at most this often."""

UNKNOWN_YET = Unfit(Reason.DATA, "The channel is not known yet.")
"""Stands in until the registry has learnt the channel; then the batch is laid out anew."""

NO_ROOM = Unfit(Reason.TOO_MANY_DEVICES, "There is no room for another device in this garden.")


@dataclass(slots=True)
class Receipt:
    """What became of one message's readings."""

    envelope: Envelope
    keys: list[Key | None] = field(default_factory=list)
    """Each reading's identity in the store; None where it was refused."""
    faults: dict[int, Unfit] = field(default_factory=dict)
    """Why readings were refused, by their index."""
    again: set[int] = field(default_factory=set)
    """Readings that were there already, by their index."""
    ignored: bool = False
    """Whether the message is none of ours to store: it counts nowhere."""

    @property
    def stored(self) -> int:
        """How many readings are new in the store."""
        return len(self.keys) - len(self.faults) - len(self.again)

    @property
    def duplicate(self) -> int:
        """How many readings were there already."""
        return len(self.again)

    @property
    def refused(self) -> int:
        """How many readings will never be stored, counting those that were refused at the door."""
        return 0 if self.ignored else len(self.faults) + len(self.envelope.refusals)

    def fate(self, index: int) -> tuple[Outcome, Reason | None, str | None]:
        """Tell what became of `envelope.samples[index]`, and why it was refused."""
        if (fault := self.faults.get(index)) is not None:
            return Outcome.REFUSED, fault.reason, fault.detail
        return (Outcome.DUPLICATE if index in self.again else Outcome.STORED), None, None

    def refuse_all(self, fault: Unfit) -> None:
        """Refuse every reading of the message for one reason."""
        self.again.clear()
        self.keys = [None] * len(self.envelope.samples)
        self.faults = dict.fromkeys(range(len(self.envelope.samples)), fault)


class IngestBatch:
    """Some messages on their way into the store."""

    def __init__(self, envelopes: Sequence[Envelope], keep_raw: timedelta) -> None:
        """Take the messages, and how long raw readings are kept."""
        self.receipts = [Receipt(envelope) for envelope in envelopes]
        self.rows: dict[Key, float] = {}
        """What is to be stored, each reading once."""
        self.seen: dict[str, datetime] = {}
        """Devices whose `last_seen` is due."""
        self.wanted: dict[str, Wanted] = {}
        """What the registry has to learn before the batch can be laid out whole."""
        self.undated: set[UndatedBatch] = set()
        self._keep_raw = keep_raw
        self._last_window: tuple[datetime, Window] | None = None

    @property
    def has_refusals(self) -> bool:
        """Whether any reading was refused, here or at the door."""
        return any(receipt.faults or receipt.envelope.refusals for receipt in self.receipts)

    def lay(
        self,
        look_up: Callable[[str], Known | None],
        *,
        repeated: Collection[UndatedBatch] = (),
        full: bool = False,
    ) -> None:
        """Lay all messages out. Raises DeviceNotWritable when one came by HTTP for a device that has MQTT.

        `repeated` are undated batches that are in the store already; `full`: there is no room for new devices.
        """
        for receipt in self.receipts:
            envelope = receipt.envelope
            known = look_up(envelope.device_id)
            if known is None:
                if full:
                    receipt.refuse_all(NO_ROOM)
                else:
                    self._want(envelope).keys.update(sample.c for sample in envelope.samples)
                continue
            if BETTER[known.kind] != BETTER[envelope.kind] and not self._welcome(envelope, known):
                receipt.ignored = True
                continue
            self._note_seen(envelope, known)
            if self._is_repeated(envelope, repeated):
                self._lay_again(receipt, known)
            else:
                self._lay(receipt, known)

    def _welcome(self, envelope: Envelope, known: Known) -> bool:
        """Tell whether a device may speak in a way that it is not known for."""
        if BETTER[envelope.kind] > BETTER[known.kind]:
            self._want(envelope)
            return True
        if envelope.kind is DeviceKind.HTTP:
            raise DeviceNotWritable
        return False

    def _want(self, envelope: Envelope) -> Wanted:
        want = self.wanted.setdefault(envelope.device_id, Wanted(envelope.kind, envelope.received_at))
        want.kind = max(want.kind, envelope.kind, key=BETTER.__getitem__)
        return want

    def _note_seen(self, envelope: Envelope, known: Known) -> None:
        if known.last_seen is None or envelope.received_at - known.last_seen >= SEEN_EVERY:
            self.seen[envelope.device_id] = envelope.received_at

    def _is_repeated(self, envelope: Envelope, repeated: Collection[UndatedBatch]) -> bool:
        """Tell whether the message is a copy of a batch without times, here or in the store."""
        if envelope.boot is None or envelope.seq is None or all(sample.t is not None for sample in envelope.samples):
            return False
        undated = (envelope.device_id, envelope.boot, envelope.seq)
        if undated in repeated or undated in self.undated:
            return True
        self.undated.add(undated)
        return False

    def _lay(self, receipt: Receipt, known: Known) -> None:
        """Lay one message's readings into the columns."""
        envelope, slots, rows, keys = receipt.envelope, known.slots, self.rows, receipt.keys
        window = self._window(envelope.received_at)
        for index, sample in enumerate(envelope.samples):
            slot = slots.get(sample.c) or self._missing(envelope, sample.c, known)
            fit = slot if isinstance(slot, Unfit) else judge(sample, slot, window)
            if isinstance(fit, Unfit):
                receipt.faults[index] = fit
                keys.append(None)
                continue
            key, value = fit
            keys.append(key)
            if key in rows:
                receipt.again.add(index)
            else:
                rows[key] = value

    def _window(self, received_at: datetime) -> Window:
        """Tell the window of a time; what was read off the wire together has the same one."""
        if self._last_window is None or self._last_window[0] is not received_at:
            self._last_window = received_at, Window.at(received_at, self._keep_raw)
        return self._last_window[1]

    def _lay_again(self, receipt: Receipt, known: Known) -> None:
        """Note a copy of a stored batch: what was refused is refused again, the rest was there already."""
        copy = IngestBatch((), self._keep_raw)
        copy._lay(receipt, known)  # a batch of its own, so that nothing of the copy is stored
        receipt.again = {index for index, key in enumerate(receipt.keys) if key is not None}

    def _missing(self, envelope: Envelope, key: str, known: Known) -> Unfit:
        """Tell why a channel can take no readings: for good, or until the registry has learnt it."""
        lacking = known.lacks(key)
        if lacking is None:
            self._want(envelope).keys.add(key)
        return lacking or UNKNOWN_YET

    def settle(self, kept: Kept) -> None:
        """Note on the receipts what the store said: which readings were there already, and which it cannot take."""
        if kept.new is None and not kept.culprits:
            return
        for receipt in self.receipts:
            for index, key in enumerate(receipt.keys):
                if key is None:
                    continue
                if (words := kept.culprits.get(key)) is not None:
                    receipt.again.discard(index)
                    receipt.faults[index] = Unfit(Reason.DATA, words)
                elif kept.new is not None and key not in kept.new:
                    receipt.again.add(index)
