"""Puts one batch in an order in which few statements do the work, and each device's messages keep their own order."""

from collections.abc import Iterable

from aioplantops.telemetry import Ack
from aioplantops.topics import Address, Leaf

from plantops.domain.intake import Envelope, InfoNews, StatusNews
from plantops.mqtt.hopper import Item
from plantops.services.sheet import Receipt

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


def acknowledgement(envelope: Envelope, receipt: Receipt) -> tuple[str, bytes] | None:
    """Write the word for the device that its batch is safe; None where it did not number the batch."""
    if envelope.boot is None or envelope.seq is None:
        return None
    ack = Ack(
        boot=envelope.boot,
        seq=envelope.seq,
        stored=receipt.stored,
        duplicate=receipt.duplicate,
        refused=receipt.refused,
    )
    return Address(envelope.device_id, Leaf.TELEMETRY_ACK).topic, ack.model_dump_json().encode()
