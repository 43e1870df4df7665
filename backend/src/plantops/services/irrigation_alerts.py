"""Which alerts irrigation opens, and when they are over; all of them are about the device that holds the valve."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from aioplantops.alerts import AlertKind
from aioplantops.irrigation import Block, BlockKind
from aioplantops.severity import Severity

from plantops.domain.alerts import Finding, Over, Subject
from plantops.domain.tongue import Tongue
from plantops.storage import irrigation as store
from plantops.storage.pool import Connection
from plantops.storage.watering_commands import Watched

from .alerts import keep

FAILURES = (BlockKind.NO_RISE, BlockKind.UNANSWERED, BlockKind.FAILED)
KINDS: tuple[tuple[AlertKind, Collection[BlockKind]], ...] = (
    (AlertKind.LEAK, (BlockKind.LEAK,)),
    (AlertKind.IRRIGATION_FAILED, FAILURES),
)


class IrrigationAlerts:
    """Opens them and closes them."""

    def __init__(self, tongue: Tongue) -> None:
        """Take the house's language."""
        self._tongue = tongue

    async def blocked(
        self, connection: Connection, device_id: str, name: str, block: Block, now: datetime
    ) -> set[UUID]:
        """Open the alert that tells of a block; gives the ids of the alerts with news."""
        leak = block.kind is BlockKind.LEAK
        kind = AlertKind.LEAK if leak else AlertKind.IRRIGATION_FAILED
        severity = Severity.CRITICAL if leak else Severity.WARNING
        words = self._tongue.water.stays_off.format(name=name, why=block.words)
        return await keep(connection, [Finding(Subject(kind, device_id=device_id), severity, words)], now, self._tongue)

    async def cleared(self, connection: Connection, device_id: str, ending: str, now: datetime) -> set[UUID]:
        """Close the alerts of a device whose reasons are gone for all its irrigators; gives the ids of those."""
        over = [
            Over(Subject(kind, device_id=device_id), ending)
            for kind, blocks in KINDS
            if not await store.blocked(connection, device_id, blocks)
        ]
        return await keep(connection, over, now, self._tongue) if over else set()

    async def reservoirs(
        self, connection: Connection, seen: Sequence[tuple[Watched, float]], now: datetime
    ) -> set[UUID]:
        """Open or close the alerts of empty reservoirs, whose levels are known; gives the ids of those with news."""
        worst: dict[str, tuple[Watched, float]] = {}
        for one, level in sorted(seen, key=lambda pair: pair[0].reservoir_minimum - pair[1]):
            worst[one.device_id] = (one, level)
        verdicts = [self._reservoir(one, level) for one, level in worst.values()]
        return await keep(connection, verdicts, now, self._tongue) if verdicts else set()

    def _reservoir(self, one: Watched, level: float) -> Finding | Over:
        subject, tongue = Subject(AlertKind.RESERVOIR_EMPTY, device_id=one.device_id), self._tongue
        if level >= one.reservoir_minimum:
            return Over(subject, tongue.water.filled.format(level=tongue.fixed(level)))
        least = tongue.plain(one.reservoir_minimum)
        return Finding(
            subject,
            Severity.WARNING,
            tongue.water.empty.format(name=one.name, level=tongue.fixed(level), least=least),
            channel_id=one.reservoir_channel_id,
            value=level,
            unit="%",
            bound=one.reservoir_minimum,
        )
