"""What is planted, and which channel serves which plant: every change is told after it is safe."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid7

from aioplantops.errors import (
    AssignmentNotFound,
    AssignmentOverlaps,
    ChannelNotFound,
    Invalid,
    PlantNotFound,
    SpanInvalid,
)
from aioplantops.models import (
    Assignment,
    AssignmentChange,
    AssignmentCreate,
    Page,
    Plant,
    PlantChange,
    PlantCreate,
)
from aioplantops.needs import Needs, NeedsWish
from aioplantops.site import SiteWish

from plantops.domain.resolution import HOUR, floor
from plantops.domain.site import Kept, site_after
from plantops.domain.species.thresholds import NOTHING
from plantops.ops.logs import Clock
from plantops.storage import care
from plantops.storage import plants as store
from plantops.storage.plants import AssignmentRow, Obstacle, Own
from plantops.storage.pool import Connection, Database

from .cursor import foreign_cursor, read_cursor, write_cursor
from .garden import Garden
from .news import News
from .species import bounds_after, profile

LARGEST_CHANNEL = 2**31 - 1
"""No channel can have a larger id."""


class Plants:
    """Plants, changes and removes plants, and lets channels serve them."""

    def __init__(self, database: Database, garden: Garden, *, news: News, clock: Clock) -> None:
        """Take the store, who reads the garden, who wants to hear of changes, and the clock (aware UTC)."""
        self._database = database
        self._garden = garden
        self._news = news
        self._clock = clock

    async def create(self, wish: PlantCreate) -> Plant:
        """Plant a plant. Raises SpeciesNotFound, and Invalid for bounds that cannot be meant."""
        plant_id = uuid7()
        async with self._database.transaction("add_plant") as connection:
            species = await profile(connection, wish.species_id)
            bounds = bounds_after(NOTHING, wish.thresholds, species)
            own = Own(wish.species_id, bounds, _site_after({}, wish.site))
            if species is not None and wish.species is None:
                wish = wish.model_copy(update={"species": species.name})
            await store.add(connection, plant_id, wish, own, self._clock())
            plant = await self._garden.plant_within(connection, plant_id)
        self._news.plant(plant_id)
        return plant

    async def change(self, plant_id: UUID, wish: PlantChange) -> Plant:
        """Change what the wish names. Raises PlantNotFound, SpeciesNotFound, and Invalid as `create`."""
        async with self._database.transaction("change_plant") as connection:
            own = await store.own(connection, plant_id)
            if own is None:
                raise PlantNotFound
            if wish.model_fields_set & {"species_id", "thresholds"}:
                wish, bounds = await with_bounds(connection, wish, own.species_id, own.bounds)
                own = replace(own, bounds=bounds)
            if "site" in wish.model_fields_set:
                own = replace(own, site=_site_after(own.site, wish.site))
            await store.change(connection, plant_id, wish, own, self._clock())
            await care.note(connection, plant_id, self._clock())
            plant = await self._garden.plant_within(connection, plant_id)
        self._news.plant(plant_id)
        return plant

    async def remove(self, plant_id: UUID) -> None:
        """Remove a plant; the readings stay with their channels. Raises PlantNotFound."""
        async with self._database.transaction("remove_plant") as connection:
            if not await store.remove(connection, plant_id):
                raise PlantNotFound
        self._news.plant_removed(plant_id)

    async def assignments(self, plant_id: UUID, cursor: str | None, limit: int) -> Page[Assignment]:
        """List a plant's assignments, past ones too, the newest first. Raises PlantNotFound and Invalid."""
        after = None if cursor is None else _assignment_cursor(cursor)
        async with self._database.snapshot("assignment_page") as connection:
            found = await store.assignment_page(connection, plant_id, after, limit + 1)
            if not found:
                await self._garden.plant_within(connection, plant_id)
        last = found[limit - 1] if len(found) > limit else None
        more = None if last is None else write_cursor([last.from_.isoformat(), str(last.id)])
        return Page[Assignment](items=tuple(found[:limit]), next=more)

    async def assign(self, plant_id: UUID, wish: AssignmentCreate) -> Assignment:
        """Let a channel serve a plant; without a beginning since the current hour.

        Raises PlantNotFound, ChannelNotFound, SpanInvalid, and AssignmentOverlaps naming what is in the way.
        """
        now = self._clock()
        from_ = wish.from_ or floor(now, HOUR)
        async with self._database.transaction("assign") as connection:
            await self._hold(connection, plant_id, now)
            known = 0 < wish.channel_id <= LARGEST_CHANNEL
            metric = await store.channel_metric(connection, wish.channel_id) if known else None
            if metric is None:
                raise ChannelNotFound
            row = AssignmentRow(uuid7(), plant_id, wish.channel_id, metric, from_, wish.until)
            _check_ends(row)
            _refuse(row, await store.assign(connection, row))
            assignment = await self._assignment(connection, plant_id, row.id)
        self._news.plant(plant_id)
        return assignment

    async def reassign(self, plant_id: UUID, assignment_id: UUID, wish: AssignmentChange) -> Assignment:
        """Move the ends of an assignment. Raises as `assign`, and AssignmentNotFound."""
        now = self._clock()
        async with self._database.transaction("reassign") as connection:
            await self._hold(connection, plant_id, now)
            old = await self._assignment(connection, plant_id, assignment_id)
            row = AssignmentRow(old.id, plant_id, old.channel_id, old.metric, *_moved(old, wish))
            _check_ends(row)
            _refuse(row, await store.reassign(connection, row))
            assignment = await self._assignment(connection, plant_id, assignment_id)
        self._news.plant(plant_id)
        return assignment

    async def unassign(self, plant_id: UUID, assignment_id: UUID) -> None:
        """Remove an assignment as if it had never been; to keep its history, end it. Raises AssignmentNotFound."""
        async with self._database.transaction("unassign") as connection:
            await self._hold(connection, plant_id, self._clock())
            if not await store.unassign(connection, plant_id, assignment_id):
                raise AssignmentNotFound
        self._news.plant(plant_id)

    async def _hold(self, connection: Connection, plant_id: UUID, now: datetime) -> None:
        """Let nobody else change the plant's assignments until this transaction ends."""
        if not await store.touch(connection, plant_id, now):
            raise PlantNotFound
        await care.note(connection, plant_id, now)

    async def _assignment(self, connection: Connection, plant_id: UUID, assignment_id: UUID) -> Assignment:
        found = await store.assignment(connection, plant_id, assignment_id)
        if found is None:
            raise AssignmentNotFound
        return found


async def with_bounds(
    connection: Connection, wish: PlantChange, species_id: str | None, own: Needs
) -> tuple[PlantChange, Needs]:
    """Tell the plant's own bounds after a wish; with a new profile its name is wished too, unless another one is."""
    named = wish.model_fields_set
    new_id = wish.species_id if "species_id" in named else species_id
    species = await profile(connection, new_id, must_be_there="species_id" in named)
    if species is not None and species.id != species_id and "species" not in named:
        wish = wish.model_copy(update={"species": species.name})
    if "thresholds" in named:
        return wish, bounds_after(own, wish.thresholds, species)
    return wish, bounds_after(own, NeedsWish(), species)


def _site_after(old: Kept, wish: SiteWish | None) -> Kept:
    """Tell the plant's site after a wish. Raises Invalid where nothing could grow there."""
    try:
        return site_after(old, wish)
    except ValueError as error:
        raise Invalid(f"site: {error}.", errors=({"where": "site", "why": str(error)},)) from None


def _moved(old: Assignment, wish: AssignmentChange) -> tuple[datetime, datetime | None]:
    """Tell the new ends: what the wish does not name stays."""
    named = wish.model_fields_set
    if "from_" in named and wish.from_ is None:
        raise Invalid("An assignment must have a beginning: leave `from` out to keep it.")
    from_ = wish.from_ if wish.from_ is not None else old.from_
    return from_, wish.until if "until" in named else old.until


def _check_ends(row: AssignmentRow) -> None:
    if row.until is not None and row.until <= row.from_:
        raise SpanInvalid(f"The assignment would end ({_words(row.until)}) before it begins ({_words(row.from_)}).")


def _refuse(row: AssignmentRow, obstacle: Obstacle | None) -> None:
    if obstacle is None:
        return
    until = "until further notice" if obstacle.until is None else f"until {_words(obstacle.until)}"
    raise AssignmentOverlaps(
        f"The plant has {row.metric} from channel “{obstacle.channel}” ({obstacle.device_id}/{obstacle.key})"
        f" since {_words(obstacle.from_)} {until}: end or remove that assignment first."
    )


def _words(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _assignment_cursor(cursor: str) -> tuple[datetime, UUID]:
    time, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(time).astimezone(UTC), UUID(number)
    except ValueError, OverflowError:
        raise foreign_cursor() from None
