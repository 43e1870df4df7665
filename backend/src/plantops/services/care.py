"""What people write down of their plants, what was seen, and who must be watered before they leave."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid7

from aioplantops.care import (
    AbsencePlan,
    AbsentPlant,
    CareChange,
    CareEvent,
    CareEventDetected,
    CareEventNotFound,
    CareKind,
    CareLog,
    CareSource,
    Verdict,
    check_details,
)
from aioplantops.errors import Invalid, PlantNotFound, SpanInvalid
from aioplantops.models import Page

from plantops.domain.outlook import Absence, away
from plantops.ops.logs import Clock
from plantops.storage import care as store
from plantops.storage import care_log, photos
from plantops.storage.care import OutlookRow
from plantops.storage.care_log import Wanted
from plantops.storage.pool import Connection, Database

from .cursor import foreign_cursor, read_cursor, write_cursor
from .garden import Garden
from .news import News, Thing
from .task_keeping import TaskKeeper
from .things import care_key
from .watch import Watch

CLOCKS_DIFFER = timedelta(minutes=10)
"""So far ahead a client's clock may be."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""What is said to be older is a slip of the pen."""
LONGEST_AWAY = timedelta(days=90)
"""Nobody can tell further."""
NEEDIEST = (Verdict.NEEDS_VISIT, Verdict.WATER_BEFORE, Verdict.UNKNOWN, Verdict.FINE)


class CareBook:
    """The care log, and what follows from it."""

    def __init__(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
        self, database: Database, garden: Garden, watch: Watch, *, tasks: TaskKeeper, news: News, clock: Clock
    ) -> None:
        """Take the store, who reads the garden, judges plants, keeps tasks, hears of changes, and the clock."""
        self._tasks = tasks
        self._database = database
        self._garden = garden
        self._watch = watch
        self._news = news
        self._clock = clock

    async def page(self, plant_id: UUID, cursor: str | None, limit: int) -> Page[CareEvent]:
        """List what was done to a plant, the newest first. Raises PlantNotFound and Invalid."""
        return await self.house(cursor, limit, plant_id=plant_id)

    async def house(
        self,
        cursor: str | None,
        limit: int,
        *,
        kind: CareKind | None = None,
        plant_id: UUID | None = None,
        since: datetime | None = None,
    ) -> Page[CareEvent]:
        """List what was done in the house, the newest first. Raises PlantNotFound and Invalid."""
        wanted = Wanted(plant_id=plant_id, kind=kind, since=since)
        after = None if cursor is None else _cursor(cursor)
        async with self._database.snapshot("care_page") as connection:
            found = await care_log.page(connection, wanted, after, limit + 1)
            if not found and wanted.plant_id is not None:
                await self._garden.plant_within(connection, wanted.plant_id)
        last = found[limit - 1] if len(found) > limit else None
        more = None if last is None else write_cursor([last.at.isoformat(), str(last.id)])
        return Page[CareEvent](items=tuple(found[:limit]), next=more)

    async def log(self, plant_id: UUID, wish: CareLog) -> CareEvent:
        """Write something down; a watering is judged at once. Raises PlantNotFound and Invalid."""
        now = self._clock()
        said = wish.model_dump(exclude={"at"})
        at = possible(wish.at or now, now)
        event = CareEvent(id=uuid7(), plant_id=plant_id, source=CareSource.LOGGED, at=at, **said)
        async with self._database.transaction("log_care") as connection:
            await self._hold(connection, plant_id)
            await self.write(connection, event, now)
        await self.tell(event, now)
        return event

    async def write(self, connection: Connection, event: CareEvent, now: datetime) -> None:
        """Write an event down in a transaction that holds its plant; `tell` it afterwards."""
        await store.add(connection, event, now)
        await care_log.follow(connection, event, now)
        await store.note(connection, event.plant_id, now)

    async def change(self, plant_id: UUID, event_id: UUID, wish: CareChange) -> CareEvent:
        """Correct what a person wrote down. Raises CareEventNotFound, CareEventDetected and Invalid."""
        now = self._clock()
        async with self._database.transaction("change_care") as connection:
            old = await self._event(connection, plant_id, event_id)
            if old.source is CareSource.DETECTED:
                raise CareEventDetected
            event = _changed(old, wish, now)
            await care_log.change(connection, event)
            await care_log.follow(connection, event, now)
            await store.note(connection, plant_id, now)
        await self.tell(event, now)
        return event

    async def remove(self, plant_id: UUID, event_id: UUID) -> None:
        """Take back what a person wrote down; dismiss for good what the soil told. Raises CareEventNotFound."""
        now = self._clock()
        async with self._database.transaction("remove_care") as connection:
            event = await self._event(connection, plant_id, event_id)
            if event.source is CareSource.DETECTED:
                await care_log.dismiss(connection, event_id, now)
            elif event.photo_id is not None:
                await photos.remove(connection, event.photo_id)
            else:
                await care_log.remove(connection, event_id)
            await store.note(connection, plant_id, now)
        await self.tell(event, now)

    async def _hold(self, connection: Connection, plant_id: UUID) -> None:
        """Let nobody else judge the plant meanwhile. Raises PlantNotFound."""
        if not await store.hold(connection, plant_id):
            raise PlantNotFound

    async def _event(self, connection: Connection, plant_id: UUID, event_id: UUID) -> CareEvent:
        await self._hold(connection, plant_id)
        event = (await care_log.some(connection, [event_id])).get(event_id)
        if event is None or event.plant_id != plant_id:
            raise CareEventNotFound
        return event

    async def tell(self, event: CareEvent, now: datetime) -> None:
        """Judge the plant if water was spoken of, bring its tasks in step, and tell everybody."""
        if event.kind is CareKind.WATERED:
            await self._watch.judge(store.Noted(event.plant_id, now), now)
        await self._tasks.settle([event.plant_id])
        self._news.thing(Thing.CARE, care_key(event.plant_id, event.id))
        self._news.plant(event.plant_id)

    async def absence(self, leave: datetime | None, back: datetime) -> AbsencePlan:
        """Tell who must be watered before people leave, and who needs a visit. Raises SpanInvalid."""
        now = self._clock()
        leave = leave or now
        if back <= leave or back <= now:
            raise SpanInvalid("The absence would end before it begins: `until` is when you are back.")
        if back - now > LONGEST_AWAY:
            raise SpanInvalid(f"Nobody can tell so far: `until` lies at most {LONGEST_AWAY.days} days ahead.")
        async with self._database.snapshot("absence") as connection:
            rows = await store.outlooks(connection)
        plants = [_absent(row, leave, back) for row in rows]
        plants.sort(key=lambda plant: NEEDIEST.index(plant.verdict))
        return AbsencePlan.model_validate({"from": leave, "until": back, "plants": tuple(plants)})


def possible(at: datetime, now: datetime) -> datetime:
    """Give a moment at which something can have been done. Raises Invalid."""
    if at > now + CLOCKS_DIFFER:
        raise Invalid("at: what has not happened yet can't be written down.")
    if at < EARLIEST:
        raise Invalid(f"at: the log begins with the year {EARLIEST.year}.")
    return at


def _changed(old: CareEvent, wish: CareChange, now: datetime) -> CareEvent:
    """Tell how an event is after a wish. Raises Invalid."""
    named = wish.model_dump(include=wish.model_fields_set)
    if "at" in named:
        if wish.at is None:
            raise Invalid("at: everything was done at some time; leave it out to keep it.")
        possible(wish.at, now)
    event = old.model_copy(update=named)
    try:
        check_details(event.kind, dict(event))
    except ValueError as error:
        raise Invalid(f"{error}.") from None
    return event


def _absent(row: OutlookRow, leave: datetime, back: datetime) -> AbsentPlant:
    fate = Absence(Verdict.UNKNOWN)
    if row.next is not None and row.judged_at is not None:
        range_ = (row.next.at.timestamp(), row.next.earliest.timestamp())
        fate = away(
            range_, row.lasts_days, judged=row.judged_at.timestamp(), span=(leave.timestamp(), back.timestamp())
        )
    return AbsentPlant(
        plant_id=row.plant_id,
        name=row.name,
        area=row.area,
        verdict=fate.verdict,
        visit_by=None if fate.visit_by is None else datetime.fromtimestamp(fate.visit_by // 60 * 60, UTC),
        next_watering=row.next,
    )


def _cursor(cursor: str) -> tuple[datetime, UUID]:
    time, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(time).astimezone(UTC), UUID(number)
    except ValueError, OverflowError:
        raise foreign_cursor() from None
