"""What people write down of their plants, what was seen, and who must be watered before they leave."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid7

from aioplantops.care import AbsencePlan, AbsentPlant, CareEvent, CareLog, CareSource, Verdict
from aioplantops.errors import Invalid, SpanInvalid
from aioplantops.models import Page

from plantops.domain.outlook import Absence, away
from plantops.ops.logs import Clock
from plantops.storage import care as store
from plantops.storage.care import OutlookRow
from plantops.storage.pool import Database

from .cursor import foreign_cursor, read_cursor, write_cursor
from .garden import Garden
from .news import News
from .watch import Watch

CLOCKS_DIFFER = timedelta(minutes=5)
"""So far ahead a client's clock may be."""
LONGEST_AGO = timedelta(days=366)
LONGEST_AWAY = timedelta(days=90)
"""Nobody can tell further."""
NEEDIEST = (Verdict.NEEDS_VISIT, Verdict.WATER_BEFORE, Verdict.UNKNOWN, Verdict.FINE)


class CareBook:
    """The care log, and what follows from it."""

    def __init__(self, database: Database, garden: Garden, watch: Watch, *, news: News, clock: Clock) -> None:
        """Take the store, who reads the garden, who judges plants, who hears of changes, and the clock (aware UTC)."""
        self._database = database
        self._garden = garden
        self._watch = watch
        self._news = news
        self._clock = clock

    async def page(self, plant_id: UUID, cursor: str | None, limit: int) -> Page[CareEvent]:
        """List what was done to a plant, the newest first. Raises PlantNotFound and Invalid."""
        after = None if cursor is None else _cursor(cursor)
        async with self._database.snapshot("care_page") as connection:
            found = await store.page(connection, plant_id, after, limit + 1)
            if not found:
                await self._garden.plant_within(connection, plant_id)
        last = found[limit - 1] if len(found) > limit else None
        more = None if last is None else write_cursor([last.at.isoformat(), str(last.id)])
        return Page[CareEvent](items=tuple(found[:limit]), next=more)

    async def log(self, plant_id: UUID, wish: CareLog) -> CareEvent:
        """Write something down, and judge the plant anew. Raises PlantNotFound and Invalid."""
        now = self._clock()
        at = wish.at or now
        if at > now + CLOCKS_DIFFER:
            raise Invalid("at: what has not happened yet can't be written down.")
        if at < now - LONGEST_AGO:
            raise Invalid("at: what happened more than a year ago tells nothing any more.")
        event = CareEvent(
            id=uuid7(),
            plant_id=plant_id,
            kind=wish.kind,
            source=CareSource.LOGGED,
            at=at,
            litres=wish.litres,
            note=wish.note,
        )
        async with self._database.transaction("log_care") as connection:
            await self._garden.plant_within(connection, plant_id)
            await store.add(connection, event, now)
            await store.note(connection, plant_id, now)
        await self._watch.judge(store.Noted(plant_id, now), now)
        self._news.plant(plant_id)
        return event

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
