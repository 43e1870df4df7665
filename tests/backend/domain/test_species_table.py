"""The table of species: everything in it can be real, is named in both languages, and knows a cactus from a fern."""

from itertools import chain

import pytest
from aioplantops.needs import NEEDS, Band, Need, misfit
from aioplantops.species import Species, SpeciesId
from plantops.domain.species.fold import fold
from plantops.domain.species.table import _Group, builtin
from pydantic import TypeAdapter, ValidationError

TABLE = builtin()


def low(species_id: str, need: Need) -> float:
    band = getattr(TABLE[species_id].needs, need)
    assert band.low is not None
    return float(band.low)


def high(species_id: str, need: Need) -> float:
    band = getattr(TABLE[species_id].needs, need)
    assert band.high is not None
    return float(band.high)


def group(name: str) -> list[Species]:
    found = [species for species in TABLE.values() if species.group == name]
    assert found
    return found


def test_the_common_plants_are_there() -> None:
    assert len(TABLE) >= 300
    assert len({species.group for species in TABLE.values()}) == 20
    for species_id in TABLE:
        assert TypeAdapter(SpeciesId).validate_python(species_id) == species_id


@pytest.mark.parametrize("species", TABLE.values(), ids=lambda species: species.id)
def test_every_species_is_complete_and_can_be_real(species: Species) -> None:
    assert species.common_names.en
    assert species.common_names.de
    assert species.care.en
    assert species.care.de
    assert species.basis
    assert species.references
    bands = dict(species.needs.items())
    assert set(bands) == set(Need)
    resting = {} if species.rest is None else dict(species.rest.needs.items())
    for need, band in chain(bands.items(), resting.items()):
        assert None not in (band.low, band.high)
        assert misfit(need, band.low, band.high) is None


def test_no_name_stands_for_two_species() -> None:
    owners: dict[str, set[str]] = {}
    for species in TABLE.values():
        for name in species.names:
            owners.setdefault(fold(name), set()).add(species.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_who_rests_wants_less_water_then() -> None:
    """But for what a rest is about warmth or light only."""
    for species in TABLE.values():
        if species.rest is not None and (then := species.rest.needs.soil_moisture) is not None:
            usual = species.needs.soil_moisture
            assert usual is not None
            assert (then.low or 0) <= (usual.low or 0), species.name
            assert (then.high or 0) <= (usual.high or 0), species.name


def test_a_cactus_is_no_fern() -> None:
    for cactus in group("cacti"):
        for fern in group("ferns"):
            assert high(cactus.id, Need.SOIL_MOISTURE) < high(fern.id, Need.SOIL_MOISTURE)
            assert low(cactus.id, Need.DLI) >= low(fern.id, Need.DLI)
            assert high(cactus.id, Need.DLI) > high(fern.id, Need.DLI)
            assert high(cactus.id, Need.HUMIDITY) < high(fern.id, Need.HUMIDITY)


def test_bog_plants_starve_and_tomatoes_feast() -> None:
    for bog in ("dionaea-muscipula", "sarracenia-purpurea", "drosera-capensis"):
        assert high(bog, Need.SOIL_CONDUCTIVITY) < low("solanum-lycopersicum", Need.SOIL_CONDUCTIVITY)
        assert low(bog, Need.SOIL_MOISTURE) > max(low(one.id, Need.SOIL_MOISTURE) for one in group("vegetables"))


def test_winter_is_cold_where_plants_are_hardy() -> None:
    hardy, tender = TABLE["sempervivum-tectorum"].rest, TABLE["dracaena-trifasciata"].rest
    assert hardy is not None
    assert tender is not None
    assert hardy.needs.temperature is not None
    assert tender.needs.temperature is not None
    assert (hardy.needs.temperature.low or 0) < -20
    assert (tender.needs.temperature.low or 0) > 10


@pytest.mark.parametrize(
    ("species_id", "light"),
    [  # What Torres & Lopez (HO-238-W) call minimum acceptable to good: the span must meet it.
        ("streptocarpus-ionanthus", (4, 8)),
        ("phalaenopsis-amabilis", (4, 10)),
        ("nephrolepis-exaltata", (4, 10)),
        ("euphorbia-pulcherrima", (6, 16)),
        ("lactuca-sativa", (12, 17)),
        ("petunia-atkinsiana", (12, 30)),
        ("solanum-lycopersicum", (20, 30)),
    ],
)
def test_light_meets_what_was_published(species_id: str, light: tuple[float, float]) -> None:
    """The spans overlap by more than half of the published one."""
    common = min(high(species_id, Need.DLI), light[1]) - max(low(species_id, Need.DLI), light[0])
    assert common > (light[1] - light[0]) / 2


def test_a_sunless_winter_day_alarms_no_house_plant() -> None:
    """A window sill in December has 1 to 3 mol/m²/d in central Europe: what lives in rooms must bear it somehow."""
    for name in ("aroids", "prayer_plants", "ferns", "dracaenas"):
        for species in group(name):
            rest = species.rest.needs.dli if species.rest and species.rest.needs.dli else species.needs.dli
            assert rest is not None
            assert (rest.low or 0) <= 6, species.name


LINES = {
    "basis": "Made up.",
    "references": ["Nobody (2026): Nothing."],
    "needs": {need.value: [NEEDS[need].span.low, NEEDS[need].span.high] for need in Need},
    "care": {"en": "Water it.", "de": "Gießen."},
    "species": [{"scientific": "Planta ficta", "en": ["Fake plant"], "de": ["Kunstpflanze"]}],
}
"""A group as its file says it."""


@pytest.mark.parametrize(
    "wrong",
    [
        {"references": []},
        {"basis": ""},
        {"needs": {"dli": [1, 5]}},
        {"water": "much"},
        {"species": [{"scientific": "Planta ficta", "en": ["Fake plant"], "de": []}]},
        {"species": [{"scientific": "Planta ficta", "en": ["Fake plant"]}]},
        {"rest": {"months": [13], "needs": {"dli": [1, 2]}}},
    ],
)
def test_a_file_that_leaves_something_out_is_refused(wrong: dict[str, object]) -> None:
    assert len(list(_Group.model_validate(LINES).told("ficta"))) == 1
    with pytest.raises(ValidationError):
        _Group.model_validate({**LINES, **wrong})


def test_a_file_with_a_span_upside_down_is_refused() -> None:
    needs = {**LINES["needs"], "temperature": [30, 15]}  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="the lower bound"):
        list(_Group.model_validate({**LINES, "needs": needs}).told("ficta"))


def test_a_groups_rest_is_fitted_to_its_species() -> None:
    """The aroids go from 25 to 20 % at rest; who wants 35 % otherwise wants 28 % then, and nobody is fed."""
    rest = TABLE["spathiphyllum-wallisii"].rest
    assert rest is not None
    assert rest.needs.soil_moisture == Band(low=28, high=69)
    assert rest.needs.dli == Band(low=1.3, high=8)
    for species in TABLE.values():
        if species.rest is not None and species.rest.needs.soil_conductivity is not None:
            assert species.rest.needs.soil_conductivity.low == 0, species.name


def test_a_rest_takes_the_lower_temperature() -> None:
    """Desert cacti rest at 3 °C or more, and so does the one that grows at 5 °C."""
    rest = TABLE["rebutia-minuscula"].rest
    assert rest is not None
    assert rest.needs.temperature == Band(low=3, high=18)


def test_what_stands_outdoors_is_not_alarmed_by_fog() -> None:
    for name in ("mediterranean", "balcony_flowers", "tub_plants", "vegetables", "bulbs"):
        assert {high(species.id, Need.HUMIDITY) for species in group(name)} == {100}
