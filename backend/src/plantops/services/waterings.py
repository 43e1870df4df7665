"""Makes the store agree with what plants' soil says: waterings become care events, outlooks are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid7

from aioplantops.care import CareSource, NextWatering

from plantops.domain.outlook import Outlook, look_at_log, reason
from plantops.domain.tongue import Tongue
from plantops.storage import care as store
from plantops.storage.care import Kept
from plantops.storage.pool import Connection
from plantops.storage.soil import Told

from .soil import SAME, Soil

SETTLED = timedelta(days=2)
"""What the beginning of the series shows has no before: what was found there earlier stays."""
SAME_LOGGED = timedelta(hours=6)
"""People write down late."""
MOVES = timedelta(hours=8)
"""Water that came in a silence is placed in its middle, until late readings show its hour."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the soil says otherwise than the store."""

    new: Sequence[Kept]
    better: Sequence[Kept]
    wrong: Sequence[UUID]
    left: Sequence[Kept]
    """All waterings as they are then, but those that a person says were none."""

    @property
    def events(self) -> list[UUID]:
        """The events that are new, better known or gone."""
        return [*(one.id for one in self.new), *(one.id for one in self.better), *self.wrong]


def compare(known: Sequence[Kept], soil: Soil | None) -> Difference:
    """Tell what must change so that the store agrees with what the soil says."""
    if soil is None:
        return Difference((), (), (), [one for one in known if not one.dismissed])
    first, last = (datetime.fromtimestamp(soil.series.times[at], UTC) for at in (0, -1))
    kept = [one for one in known if first <= one.at <= last + SAME]
    new, better, after = [], [], {one.id: one for one in known if not one.dismissed}
    for one in soil.found:
        seen = Kept(
            uuid7(), CareSource.DETECTED, datetime.fromtimestamp(one.at, UTC), one.before, one.after, one.soaked_through
        )
        same = _same(kept, seen) or _moved(kept, seen, soil)
        if same is None:
            new.append(seen)
            after[seen.id] = seen
            continue
        kept.remove(same)
        if same.dismissed:
            continue
        seen = replace(seen, id=same.id, source=same.source, at=same.at if same.source != seen.source else seen.at)
        if seen != same:
            better.append(seen)
            after[seen.id] = seen
    detected = [one for one in kept if one.source is CareSource.DETECTED and not one.dismissed]
    wrong = [one.id for one in detected if one.at >= first + SETTLED]
    return Difference(new, better, wrong, [one for one in after.values() if one.id not in wrong])


def _same(kept: Sequence[Kept], seen: Kept) -> Kept | None:
    """Find the stored watering that is the same: what a person wrote down first, then the nearest."""
    near = [
        one for one in kept if abs(one.at - seen.at) <= (SAME if one.source is CareSource.DETECTED else SAME_LOGGED)
    ]
    return min(near, key=lambda one: (one.source is CareSource.DETECTED, abs(one.at - seen.at)), default=None)


def _moved(kept: Sequence[Kept], seen: Kept, soil: Soil) -> Kept | None:
    """Find the stored watering that was only misplaced: near, found by the probe, and found nowhere else any more."""
    near = [
        one
        for one in kept
        if one.source is CareSource.DETECTED
        and not one.dismissed
        and abs(one.at - seen.at) <= MOVES
        and all(abs(one.at.timestamp() - other.at) > SAME.total_seconds() for other in soil.found)
    ]
    return min(near, key=lambda one: abs(one.at - seen.at), default=None)


async def keep(connection: Connection, differences: Mapping[UUID, Difference], now: datetime) -> None:
    """Write differences down; most plants have none."""
    for plant_id, difference in differences.items():
        for one in difference.new:
            await store.add_detected(connection, plant_id, one, now)
        for one in difference.better:
            await store.amend(connection, one)
    if wrong := [number for difference in differences.values() for number in difference.wrong]:
        await store.forget(connection, wrong)


def outlook_of(plant_id: UUID, soil: Soil | None, left: Sequence[Kept], now: datetime, tongue: Tongue) -> Told:
    """Tell a plant's outlook from its soil, else from its waterings."""
    times = [one.at for one in left]
    outlook = soil.outlook if soil is not None else None
    if outlook is None:
        outlook = look_at_log([time.timestamp() for time in times], now.timestamp())
    return put(plant_id, outlook, max(times, default=None), tongue)


def put(plant_id: UUID, outlook: Outlook | None, last_watered_at: datetime | None, tongue: Tongue) -> Told:
    """Make an outlook ready to be kept."""
    if outlook is None:
        return Told(plant_id, None, last_watered_at, None)
    return Told(plant_id, told(outlook, tongue), last_watered_at, outlook.lasts_days)


def told(outlook: Outlook, tongue: Tongue) -> NextWatering:
    """Put an outlook into the words of the API; whole minutes are exact enough."""
    at, earliest, latest = (
        datetime.fromtimestamp(moment // 60 * 60, UTC) for moment in (outlook.at, outlook.earliest, outlook.latest)
    )
    return NextWatering(
        at=at,
        earliest=earliest,
        latest=latest,
        reason=reason(outlook, tongue),
        basis=outlook.basis,
        confidence=outlook.confidence,
    )
