"""Profiles of one's own, and what becomes of the plants that have one: on each kind of database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aioplantops.errors import (
    Invalid,
    SpeciesInUse,
    SpeciesNotFound,
    SpeciesNotYours,
    TooManySpecies,
)
from aioplantops.models import GardenSnapshot, Plant, PlantChange, PlantCreate
from aioplantops.needs import Origin, Threshold
from aioplantops.species import SpeciesChange, SpeciesCreate, SpeciesSource
from plantops.domain.species.fold import fold
from plantops.domain.species.season import Hemisphere
from plantops.domain.tongue import IN_ENGLISH
from plantops.services import species as room
from plantops.services.alongside import alongside
from plantops.services.garden import Garden

from tests.backend.services.listening import Listening, agree
from tests.backend.services.rooms import Rooms

TOMATO = {
    "name": "Grandma's tomato",
    "common_names": {"de": ["Omas Tomate"]},
    "needs": {"soil_moisture": {"low": 40, "high": 85}, "dli": {"low": 20}},
    "rest": {"months": [12, 1], "needs": {"soil_moisture": {"low": 10, "high": 30}}},
}


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give an empty garden."""
    async with Rooms.open(database) as opened:
        yield opened


def create(**fields: Any) -> PlantCreate:
    return PlantCreate.model_validate({"name": "Plant", **fields})


def change(**fields: Any) -> PlantChange:
    return PlantChange.model_validate(fields)


def moisture(plant: Plant) -> Threshold:
    assert plant.thresholds.soil_moisture is not None
    return plant.thresholds.soil_moisture


async def tomato(rooms: Rooms, **fields: Any) -> str:
    return (await rooms.species.create(SpeciesCreate.model_validate({**TOMATO, **fields}))).id


async def test_a_plant_gets_the_thresholds_of_its_species(rooms: Rooms) -> None:
    plant = await rooms.plants.create(create(species_id="dracaena-trifasciata"))
    assert plant.species == "Dracaena trifasciata"
    threshold = moisture(plant)
    assert (threshold.low, threshold.low_from, threshold.high) == (3, Origin.SEASON, 30), "the clock says November"
    rooms.clock.now = datetime(2027, 7, 1, tzinfo=UTC)
    assert moisture(await rooms.garden.plant(plant.id)).low_from is Origin.PROFILE
    assert (await rooms.garden.plant_page(None, 9)).items == (await rooms.garden.plant(plant.id),)


async def test_the_users_word_for_the_species_stays(rooms: Rooms) -> None:
    plant = await rooms.plants.create(create(species="Sword from aunt Erna", species_id="dracaena-trifasciata"))
    assert plant.species == "Sword from aunt Erna"
    again = await rooms.plants.change(plant.id, change(species_id="dracaena-trifasciata"))
    assert again.species == "Sword from aunt Erna"
    other = await rooms.plants.change(plant.id, change(species_id="aloe-vera"))
    assert other.species == "Aloe vera"
    none = await rooms.plants.change(plant.id, change(species_id=None))
    assert (none.species, none.species_id) == ("Aloe vera", None)
    assert none.thresholds.model_dump(exclude_none=True) == {}
    free = await rooms.plants.create(create(species="Unknown weed"))
    assert (free.species, free.species_id) == ("Unknown weed", None)


async def test_ones_own_bounds_are_merged_end_by_end(rooms: Rooms) -> None:
    plant = await rooms.plants.create(create(species_id="monstera-deliciosa", thresholds={"temperature": {"low": 18}}))
    assert plant.thresholds.temperature == Threshold(low=18, high=30, low_from=Origin.OWN, high_from=Origin.PROFILE)
    plant = await rooms.plants.change(plant.id, change(thresholds={"soil_moisture": {"high": 60}}))
    assert (moisture(plant).high, moisture(plant).high_from) == (60, Origin.OWN)
    assert plant.thresholds.temperature is not None
    assert plant.thresholds.temperature.low_from is Origin.OWN
    plant = await rooms.plants.change(plant.id, change(name="Still the same"))
    assert moisture(plant).high == 60
    plant = await rooms.plants.change(plant.id, change(thresholds=None))
    assert Origin.OWN not in {moisture(plant).high_from, moisture(plant).low_from}


@pytest.mark.parametrize("thresholds", [{"soil_moisture": {"low": 70}}, {"soil_moisture": {"low": 30, "high": 15}}])
async def test_bounds_upside_down_change_nothing(rooms: Rooms, thresholds: dict[str, Any]) -> None:
    plant = await rooms.plants.create(create(species_id="aloe-vera", thresholds={"dli": {"high": 30}}))
    with pytest.raises((Invalid, ValueError), match="must lie below the upper one"):
        await rooms.plants.change(plant.id, change(name="Changed", thresholds=thresholds))
    assert await rooms.garden.plant(plant.id) == plant
    with pytest.raises((Invalid, ValueError)):
        await rooms.plants.create(create(species_id="aloe-vera", thresholds=thresholds))
    assert len((await rooms.garden.plant_page(None, 9)).items) == 1


async def test_a_new_species_must_fit_to_ones_own_bounds(rooms: Rooms) -> None:
    plant = await rooms.plants.create(
        create(species_id="nephrolepis-exaltata", thresholds={"soil_moisture": {"low": 50}})
    )
    with pytest.raises(Invalid, match="upper one of Aloe vera") as refusal:
        await rooms.plants.change(plant.id, change(species_id="aloe-vera"))
    assert refusal.value.errors[0]["where"] == "thresholds"
    await rooms.plants.change(plant.id, change(species_id="aloe-vera", thresholds=None))


async def test_unknown_species_are_refused_and_nothing_is_done(rooms: Rooms) -> None:
    plant = await rooms.plant()
    for species_id in ("monstera", "custom:0199", "no-such:thing"):
        with pytest.raises(SpeciesNotFound):
            await rooms.plants.create(create(species_id=species_id))
        with pytest.raises(SpeciesNotFound):
            await rooms.plants.change(plant.id, change(name="Changed", species_id=species_id))
        for act in (
            rooms.species.show(species_id),
            rooms.species.remove(species_id),
            rooms.species.change(species_id, SpeciesChange()),
        ):
            with pytest.raises(SpeciesNotFound):
                await act
    assert (await rooms.garden.plant_page(None, 9)).items == (plant,)


async def test_a_profile_that_only_another_version_knows_does_no_harm(rooms: Rooms) -> None:
    plant = await rooms.plant()
    async with rooms.database.acquire() as connection:
        await connection.execute("UPDATE plant SET species_id = 'planta-futura', species = 'Planta futura'")
    told = await rooms.plants.change(plant.id, change(thresholds={"dli": {"low": 3}}))
    assert told.species_id == "planta-futura"
    assert told.thresholds.dli == Threshold(low=3, low_from=Origin.OWN)


async def test_a_profile_of_ones_own_is_kept_found_and_changed(rooms: Rooms) -> None:
    species_id = await tomato(rooms)
    made = await rooms.species.show(species_id)
    assert made.source is SpeciesSource.CUSTOM
    assert made.rest is not None
    assert made.rest.months == (1, 12)
    assert (await rooms.species.search("omas tomatte", 5)).items[0].id == species_id
    plant = await rooms.plants.create(create(species_id=species_id))
    assert (plant.species, moisture(plant).low) == ("Grandma's tomato", 40)
    changed = await rooms.species.change(
        species_id, SpeciesChange.model_validate({"needs": {"soil_moisture": {"low": 45}}, "rest": None})
    )
    assert changed == made.model_copy(update={"needs": changed.needs, "rest": None})
    assert changed == await rooms.species.show(species_id)
    assert (await rooms.garden.plant(plant.id)).thresholds.soil_moisture == Threshold(
        low=45, low_from=Origin.PROFILE, high=85, high_from=Origin.PROFILE
    )
    with pytest.raises(Invalid, match="needs: soil moisture: the lower bound"):
        await rooms.species.change(species_id, SpeciesChange.model_validate({"needs": {"soil_moisture": {"low": 90}}}))
    emptied = await rooms.species.change(species_id, SpeciesChange.model_validate({"needs": None}))
    assert dict(emptied.needs.items()) == {}


async def test_a_profile_cannot_turn_a_plants_own_bound_upside_down(rooms: Rooms) -> None:
    species_id = await tomato(rooms)
    await rooms.plants.create(create(name="Balcony", species_id=species_id, thresholds={"soil_moisture": {"low": 60}}))
    wish = SpeciesChange.model_validate({"name": "Changed", "needs": {"soil_moisture": {"high": 55}}})
    with pytest.raises(Invalid, match="the plant “Balcony” has bounds of its own"):
        await rooms.species.change(species_id, wish)
    assert (await rooms.species.show(species_id)).name == "Grandma's tomato"


async def test_a_profile_in_use_stays(rooms: Rooms) -> None:
    species_id = await tomato(rooms)
    plants = [await rooms.plants.create(create(name=f"Tomato {n}", species_id=species_id)) for n in range(5)]
    with pytest.raises(SpeciesInUse, match="in use by “Tomato 0”, “Tomato 1”, “Tomato 2” and 2 more"):
        await rooms.species.remove(species_id)
    for plant in plants[1:]:
        await rooms.plants.remove(plant.id)
    await rooms.plants.change(plants[0].id, change(species_id="solanum-lycopersicum"))
    await rooms.species.remove(species_id)
    with pytest.raises(SpeciesNotFound):
        await rooms.species.show(species_id)


async def test_whoever_comes_first_gets_it_the_plant_or_the_removal(rooms: Rooms) -> None:
    for _ in range(5):
        species_id = await tomato(rooms)
        planted, removed = await asyncio.gather(
            rooms.plants.create(create(species_id=species_id)), rooms.species.remove(species_id), return_exceptions=True
        )
        assert isinstance(planted, SpeciesNotFound) or isinstance(removed, SpeciesInUse)
        assert isinstance(planted, Plant) or removed is None


async def test_the_table_stays_as_it_is(rooms: Rooms) -> None:
    with pytest.raises(SpeciesNotYours):
        await rooms.species.change("aloe-vera", SpeciesChange(name="Mine"))
    with pytest.raises(SpeciesNotYours):
        await rooms.species.remove("aloe-vera")
    assert (await rooms.species.show("aloe-vera")).source is SpeciesSource.BUILTIN


async def test_there_is_an_end_to_profiles(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_PROFILES", 2)
    await tomato(rooms)
    await tomato(rooms)
    with pytest.raises(TooManySpecies):
        await tomato(rooms)


async def test_all_profiles_are_listed_once_by_name(rooms: Rooms) -> None:
    species_id = await tomato(rooms, name="Aaa")
    await tomato(rooms, name="Monstera aus Ömas Küche")
    names, cursor = [], None
    while True:
        page = await rooms.species.page(cursor, 100)
        names += [(species.name, species.id) for species in page.items]
        if (cursor := page.next) is None:
            break
    assert names[0] == ("Aaa", species_id)
    assert len(names) == len(set(names)) > 300
    assert names == sorted(names, key=lambda one: (fold(one[0]), one[1]))
    with pytest.raises(Invalid):
        await rooms.species.page("nonsense", 10)


async def test_listeners_hear_of_changed_thresholds(rooms: Rooms) -> None:
    species_id = await tomato(rooms)
    plant = await rooms.plants.create(create(species_id=species_id))
    await rooms.plant("Bystander")
    listening = Listening(rooms)
    async with alongside(listening=listening.run()):
        await agree(rooms, [await joined(listening)])
        await rooms.species.change(species_id, SpeciesChange.model_validate({"needs": {"soil_moisture": {"low": 44}}}))
        await agree(rooms, [listening])
        await rooms.plants.change(plant.id, change(thresholds={"soil_moisture": {"low": 50}}))
        await agree(rooms, [listening])
        assert moisture(listening.heard.garden.plants[plant.id]).low_from is Origin.OWN


async def joined(listening: Listening) -> Listening:
    """Wait until the client has its snapshot."""
    await listening.joined.wait()
    return listening


async def test_the_south_rests_half_a_year_later(rooms: Rooms) -> None:
    plant = await rooms.plants.create(create(species_id="aloe-vera"))
    south = Garden(rooms.database, rooms.clock, IN_ENGLISH, Hemisphere.SOUTH)
    for month, resting in ((7, True), (1, False)):
        rooms.clock.now = datetime(2027, month, 15, tzinfo=UTC)
        assert (moisture(await south.plant(plant.id)).low_from is Origin.SEASON) == resting
        assert (moisture(await rooms.garden.plant(plant.id)).low_from is Origin.SEASON) != resting
        told = GardenSnapshot.model_validate_json(await south.snapshot())
        assert told.plants == (await south.plant(plant.id),)


async def test_the_season_turns_with_the_month(rooms: Rooms) -> None:
    resting = await rooms.plants.create(create(species_id="aloe-vera"))
    await rooms.plant("Without species")
    assert await rooms.garden.turning_plants(datetime(2027, 3, 1, tzinfo=UTC)) == [resting.id]
    assert await rooms.garden.turning_plants(datetime(2027, 3, 1, 1, tzinfo=UTC)) == []
