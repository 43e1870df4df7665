"""Puts one batch in an order in which few statements do the work, and each device's messages keep their own order."""

from collections.abc import Iterable
from functools import lru_cache

from aioplantops.topics import Leaf, build

from plantops.domain.intake import Envelope, InfoNews, StatusNews
from plantops.mqtt.intake_queue import Item
from plantops.services.ingest_batch import Receipt

ACK = b'{"boot":%d,"seq":%d,"stored":%d,"duplicate":%d,"refused":%d}'
"""An `Ack`, written by hand: it is made for every message."""

type Stage = tuple[list[StatusNews | InfoNews], list[Envelope]]
"""What can be done at once: first the news, then the readings."""


def stages(items: Iterable[Item]) -> list[Stage]:
    """Group a batch: as few stages as possible, without overtaking among one device's messages.

    A device that says online, info, telemetry fits into one stage; one that says telemetry, offline needs two.
    """
    found: list[Stage] = []
    reached: dict[str, int] = {}
    for intake, _ in items:
        if isinstance(intake, Envelope):
            step = reached.get(intake.device_id, 0) | 1
        elif isinstance(intake, StatusNews | InfoNews):
            step = reached.get(intake.device_id, 0) + 1 & ~1
        else:
            continue
        reached[intake.device_id] = step
        if step >> 1 == len(found):
            found.append(([], []))
        news, envelopes = found[step >> 1]
        if isinstance(intake, Envelope):
            envelopes.append(intake)
        else:
            news.append(intake)
    return found


@lru_cache(8_192)
def _ack_topic(device_id: str) -> str:
    return build(device_id, Leaf.TELEMETRY_ACK)


def acknowledgement(envelope: Envelope, receipt: Receipt) -> tuple[str, bytes] | None:
    """Write the word for the device that its batch is safe (`Ack`); None where it did not number the batch."""
    if envelope.boot is None or envelope.seq is None:
        return None
    return _ack_topic(envelope.device_id), ACK % (
        envelope.boot,
        envelope.seq,
        receipt.stored,
        receipt.duplicate,
        receipt.refused,
    )
