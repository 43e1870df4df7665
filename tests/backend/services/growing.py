"""A plant with a node whose time goes by, and the judge who looks at them, for tests of alerts."""

from collections.abc import Callable
from datetime import timedelta

from aioplantops.alerts import Alert, AlertKind
from aioplantops.models import Plant, PlantCreate
from aioplantops.needs import BandWish, NeedsWish
from plantops.domain.alert_clock import Tick
from plantops.domain.alerts import Wanted

from tests.backend.services.intake import NOON
from tests.backend.services.rooms import Rooms

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NODE = "plant-1"
NEEDS = NeedsWish(soil_moisture=BandWish(low=30, high=70), temperature=BandWish(low=16, high=30), dli=BandWish(low=8))


class Garden:
    """A plant with a node, whose time goes by."""

    def __init__(self, rooms: Rooms, plant: Plant) -> None:
        """Take the rooms and the plant."""
        self.rooms = rooms
        self.plant = plant

    @classmethod
    async def planted(cls, rooms: Rooms, *keys: str) -> Garden:
        """Plant a basil that a node's channels serve."""
        plant = await rooms.plants.create(PlantCreate(name="Basil", thresholds=NEEDS))
        garden = cls(rooms, plant)
        await rooms.store(NODE, [(key, rooms.clock() - MINUTE, 20.0 if key == "temperature" else 50.0) for key in keys])
        for key in keys:
            await rooms.assign(plant.id, await rooms.channel(NODE, key), NOON - 30 * DAY)
        return garden

    async def turn(self) -> None:
        """Let whoever judges do so once."""
        await self.rooms.judge.turn(Tick(self.rooms.clock(), self.rooms.clock().timestamp()))

    async def live(
        self,
        span: timedelta,
        every: timedelta,
        turns: timedelta | None = None,
        **values: float | Callable[[float], float],
    ) -> None:
        """Let time go by, in which the node says values (or what comes of them by the hour) and the judge looks."""
        clock, end = self.rooms.clock, self.rooms.clock.now + span
        begun, looked = clock.now, clock.now
        while clock.now < end:
            clock.now += every
            hour = (clock.now - begun) / HOUR
            said = [(key, clock.now, value(hour) if callable(value) else value) for key, value in values.items()]
            if said:
                await self.rooms.store(NODE, said)
            if clock.now - looked >= (turns or every):
                looked = clock.now
                await self.turn()

    async def alerts(self, *, is_open: bool | None = True) -> list[Alert]:
        """Give the alerts, the oldest first."""
        page = await self.rooms.alerts.page(Wanted(is_open), None, 200)
        return list(reversed(page.items))

    async def kinds(self) -> set[AlertKind]:
        """Tell what is wrong."""
        return {alert.kind for alert in await self.alerts()}

    async def notices(self) -> list[tuple[str, str]]:
        """Tell what people shall hear."""
        async with self.rooms.database.acquire("test") as connection:
            return [tuple(row) for row in await connection.fetch("SELECT kind, title FROM notice ORDER BY id")]
