"""How the garden is now: whole, in pages, or one device or plant; always read at a single moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aioplantops.errors import DeviceNotFound, PlantNotFound
from aioplantops.events import Event
from aioplantops.models import Device, Page, Plant
from pydantic_core import to_json

from plantops.domain.calibration import Calibrations
from plantops.domain.species.season import Hemisphere, season_month
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.storage import alerts, bounds, calibration, tasks
from plantops.storage import garden as store
from plantops.storage.garden import AssignmentRow, Newest
from plantops.storage.irrigation_told import irrigators
from plantops.storage.pool import Connection, Database

from .cursor import foreign_cursor, read_cursor, write_cursor
from .news import Thing
from .things import look


@dataclass(frozen=True, slots=True)
class Wish:
    """What the stream wants to know of the garden at one moment."""

    devices: Collection[str] = ()
    plants: Collection[UUID] = ()
    newest: Collection[str] = ()
    """Devices of which only the newest readings are wanted."""
    things: Collection[tuple[Thing, str]] = ()
    """What else has news."""
    whole: bool = False
    """Whether a snapshot is wanted."""

    def __bool__(self) -> bool:
        """Tell whether anything is wanted."""
        return self.whole or bool(self.devices or self.plants or self.newest or self.things)


@dataclass(slots=True)
class Sight:
    """The garden at one moment, as far as it was wanted; JSON as the wire has it."""

    at: datetime
    month: int
    """Whose season holds, as the profiles of species count."""
    devices: dict[str, bytes] = field(default_factory=dict)
    """Those that are there; what was wanted and is missing is gone."""
    plants: dict[UUID, bytes] = field(default_factory=dict)
    assignments: list[AssignmentRow] = field(default_factory=list)
    """The assignments of the plants, those of all plants when the whole garden was wanted."""
    calibrations: Calibrations = field(default_factory=dict)
    """Those of the devices, those of all devices when the whole garden was wanted."""
    newest: list[Newest] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    """What became of the things that had news."""
    garden: bytes | None = None
    """The whole snapshot."""


class Garden:
    """Reads the garden."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tongue: Tongue,
        hemisphere: Hemisphere = Hemisphere.NORTH,
    ) -> None:
        """Take the store, the clock (aware UTC), the house's language, and whose seasons hold."""
        self._database = database
        self._clock = clock
        self._hemisphere = hemisphere
        self.tongue = tongue

    async def snapshot(self) -> bytes:
        """Give the whole garden as the JSON of a `GardenSnapshot`."""
        async with self._database.snapshot("garden") as connection:
            return await _whole(connection, await store.everything(connection, *self._moment()), self.tongue)

    async def identity(self) -> UUID:
        """Tell the installation's identity."""
        async with self._database.acquire("identity") as connection:
            return await store.installation(connection)

    async def device(self, device_id: str) -> Device:
        """Give a device with its channels. Raises DeviceNotFound."""
        async with self._database.snapshot("device") as connection:
            found, _ = await _devices(connection, [device_id])
        if not found:
            raise DeviceNotFound
        return Device.model_validate(found[0])

    async def plant(self, plant_id: UUID) -> Plant:
        """Give a plant with its assignments and values. Raises PlantNotFound."""
        async with self._database.snapshot("plant") as connection:
            return await self.plant_within(connection, plant_id)

    async def plant_within(self, connection: Connection, plant_id: UUID) -> Plant:
        """Give a plant as a transaction sees it. Raises PlantNotFound."""
        found, _ = await store.plants(connection, *self._moment(), [plant_id])
        if not found:
            raise PlantNotFound
        return Plant.model_validate(found[0])

    async def thresholds(self, connection: Connection, plant_ids: Collection[UUID]) -> Mapping[UUID, store.Tree]:
        """Give the spans that hold now for some plants, laid out as `Thresholds`; plants that are gone are left out."""
        return await bounds.thresholds(connection, self._moment()[1], plant_ids)

    async def device_page(self, cursor: str | None, limit: int) -> Page[Device]:
        """List devices by id. Raises Invalid for a cursor that is none."""
        after = None if cursor is None else read_cursor(cursor, 1)[0]
        async with self._database.snapshot("device_page") as connection:
            ids = await store.device_page(connection, after, limit + 1)
            found, _ = await _devices(connection, ids[:limit])
        more = write_cursor([ids[limit - 1]]) if len(ids) > limit else None
        return Page[Device](items=tuple(Device.model_validate(tree) for tree in found), next=more)

    async def plant_page(self, cursor: str | None, limit: int) -> Page[Plant]:
        """List plants by name. Raises Invalid for a cursor that is none."""
        after = None if cursor is None else _plant_cursor(cursor)
        async with self._database.snapshot("plant_page") as connection:
            keys = await store.plant_page(connection, after, limit + 1)
            found, _ = await store.plants(connection, *self._moment(), [number for _, number in keys[:limit]])
        more = write_cursor([keys[limit - 1][0], str(keys[limit - 1][1])]) if len(keys) > limit else None
        return Page[Plant](items=tuple(Plant.model_validate(tree) for tree in found), next=more)

    async def turning_plants(self, hour: datetime) -> Collection[UUID]:
        """List the plants that get or lose a channel at a UTC hour, or that may rest from then on."""
        async with self._database.acquire("turning_plants") as connection:
            return await store.turning_plants(connection, hour)

    async def look(self, wish: Wish) -> Sight:
        """Read what the stream wants to know, all at the same moment."""
        sight = Sight(*self._moment())
        async with self._database.snapshot("stream") as connection:
            if wish.whole:
                await _see_all(connection, wish, sight, self.tongue)
            else:
                await _see_some(connection, wish, sight)
            if wish.newest:
                sight.newest = await store.newest_readings(connection, wish.newest)
            if wish.things:
                sight.events = await look(connection, wish.things, self.tongue)
        return sight

    def _moment(self) -> tuple[datetime, int]:
        now = self._clock()
        return now, season_month(now, self._hemisphere)


async def _devices(connection: Connection, ids: Collection[str]) -> tuple[list[store.Tree], Calibrations]:
    calibrations = await calibration.of_devices(connection, ids)
    return await store.devices(connection, calibrations, ids), calibrations


async def _whole(connection: Connection, found: store.Everything, tongue: Tongue) -> bytes:
    """Write everything as the JSON of a `GardenSnapshot`."""
    tree = {
        "devices": found.devices,
        "plants": found.plants,
        "alerts": await alerts.open_alerts(connection),
        "irrigation": await irrigators(connection),
        "tasks": await tasks.every_open(connection, tongue),
    }
    return to_json(tree, by_alias=True)


async def _see_all(connection: Connection, wish: Wish, sight: Sight, tongue: Tongue) -> None:
    found = await store.everything(connection, sight.at, sight.month)
    sight.assignments, sight.calibrations = found.assignments, found.calibrations
    sight.garden = await _whole(connection, found, tongue)
    sight.devices = {tree["id"]: to_json(tree) for tree in found.devices if tree["id"] in wish.devices}
    sight.plants = {tree["id"]: to_json(tree) for tree in found.plants if tree["id"] in wish.plants}


async def _see_some(connection: Connection, wish: Wish, sight: Sight) -> None:
    if wish.devices:
        found, sight.calibrations = await _devices(connection, wish.devices)
        sight.devices = {tree["id"]: to_json(tree) for tree in found}
    if wish.plants:
        plants, sight.assignments = await store.plants(connection, sight.at, sight.month, wish.plants)
        sight.plants = {tree["id"]: to_json(tree) for tree in plants}


def _plant_cursor(cursor: str) -> tuple[str, UUID]:
    name, number = read_cursor(cursor, 2)
    try:
        return name, UUID(number)
    except ValueError:
        raise foreign_cursor() from None
