"""What holds for a plant: one's own bounds before the season's, those before the profile's, and never upside down."""

from datetime import UTC, datetime

import pytest
from aioplantops.needs import NEEDS, Band, Need, Needs, NeedsWish, Origin
from aioplantops.species import Rest, Species, SpeciesSource
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.species.season import Hemisphere, season_month
from plantops.domain.species.table import builtin
from plantops.domain.species.thresholds import NOTHING, clash, merged, resolve
from pydantic import ValidationError

JULY, JANUARY = 7, 1
CACTUS = builtin()["kroenleinia-grusonii"]


def own(**bands: tuple[float | None, float | None]) -> Needs:
    return Needs(**{need: Band(low=low, high=high) for need, (low, high) in bands.items()})


def moisture(species: Species | None, needs: Needs, month: int) -> tuple[object, ...]:
    threshold = resolve(species, needs, month).soil_moisture
    assert threshold is not None
    return threshold.low, threshold.low_from, threshold.high, threshold.high_from


def test_the_profile_holds_where_nothing_else_is_said() -> None:
    assert moisture(CACTUS, NOTHING, JULY) == (3, Origin.PROFILE, 35, Origin.PROFILE)
    assert resolve(None, NOTHING, JULY).model_dump(exclude_none=True) == {}


def test_the_resting_season_changes_what_it_names() -> None:
    assert moisture(CACTUS, NOTHING, JANUARY) == (0, Origin.SEASON, 15, Origin.SEASON)
    humidity = resolve(CACTUS, NOTHING, JANUARY).humidity
    assert humidity is not None
    assert humidity.low_from is Origin.PROFILE


def test_ones_own_bound_goes_first_and_alone() -> None:
    needs = own(soil_moisture=(10, None))
    assert moisture(CACTUS, needs, JULY) == (10, Origin.OWN, 35, Origin.PROFILE)
    assert moisture(CACTUS, needs, JANUARY) == (10, Origin.OWN, 15, Origin.SEASON)


def test_a_season_that_would_turn_ones_own_bound_upside_down_is_passed_over() -> None:
    assert moisture(CACTUS, own(soil_moisture=(20, None)), JANUARY) == (20, Origin.OWN, 35, Origin.PROFILE)
    assert moisture(CACTUS, own(soil_moisture=(60, None)), JANUARY) == (60, Origin.OWN, None, None)


def test_a_plant_without_species_has_its_own_bounds() -> None:
    told = resolve(None, own(temperature=(5, 30)), JULY)
    assert told.temperature is not None
    assert (told.temperature.low, told.temperature.high_from) == (5, Origin.OWN)
    assert told.soil_moisture is None


def bands(need: Need) -> st.SearchStrategy[Band | None]:
    span = NEEDS[need].span
    ends = st.none() | st.floats(span.low, span.high)
    return st.none() | st.builds(Band, low=ends, high=ends).filter(
        lambda band: band.low is None or band.high is None or band.low < band.high
    )


NEEDS_OF_ANY = st.builds(Needs, **{need: bands(need) for need in Need})


@given(profile=NEEDS_OF_ANY, season=NEEDS_OF_ANY, mine=NEEDS_OF_ANY, month=st.integers(1, 12))
def test_no_threshold_is_ever_upside_down(profile: Needs, season: Needs, mine: Needs, month: int) -> None:
    rest = Rest(months=(11, 12, 1), needs=season)
    species = Species(id="custom:x", source=SpeciesSource.CUSTOM, name="x", needs=profile, rest=rest)
    for need, threshold in resolve(species, mine, month).items():
        assert threshold.low is None or threshold.high is None or threshold.low < threshold.high
        band = getattr(mine, need)
        for end in ("low", "high"):
            if band is not None and getattr(band, end) is not None:
                assert getattr(threshold, end) == getattr(band, end), "one's own bound always holds"
            assert (getattr(threshold, end) is None) == (getattr(threshold, f"{end}_from") is None)


def test_a_wish_touches_only_what_it_names() -> None:
    old = own(soil_moisture=(10, 50), temperature=(5, None))
    after = merged(old, NeedsWish.model_validate({"soil_moisture": {"low": 20}}))
    assert after == own(soil_moisture=(20, 50), temperature=(5, None))
    assert merged(old, NeedsWish.model_validate({"soil_moisture": {"low": None}})).soil_moisture == Band(high=50)
    assert merged(old, NeedsWish.model_validate({"temperature": {"low": None}})) == own(soil_moisture=(10, 50))
    assert merged(old, NeedsWish.model_validate({"temperature": None})) == own(soil_moisture=(10, 50))
    assert merged(old, NeedsWish()) == old
    assert merged(old, None) == NOTHING
    with pytest.raises(ValueError, match=r"the lower bound \(60 %\) must lie below the upper one \(50 %\)"):
        merged(old, NeedsWish.model_validate({"soil_moisture": {"low": 60}}))


@pytest.mark.parametrize(
    "wish",
    [
        {"soil_moisture": {"low": 50, "high": 20}},
        {"soil_moisture": {"low": 20, "high": 20}},
        {"soil_moisture": {"low": -1}},
        {"soil_moisture": {"high": 101}},
        {"temperature": {"low": -300}},
        {"dli": {"high": 1e9}},
        {"dli": {"high": float("nan")}},
        {"humidity": {"low": "30"}},
        {"moisture": {"low": 20}},
        {"soil_moisture": {"min": 20}},
        {"soil_moisture": 20},
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_door(wish: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NeedsWish.model_validate(wish, strict=True)


def test_a_bound_beyond_the_profiles_other_one_is_told_in_words() -> None:
    assert clash(CACTUS, own(soil_moisture=(40, None))) == (
        "soil moisture: your lower bound (40 %) must lie below the upper one of Kroenleinia grusonii (35 %), "
        "or set an upper bound of your own"
    )
    assert "your upper bound (2 %)" in (clash(CACTUS, own(soil_moisture=(None, 2))) or "")
    assert clash(CACTUS, own(soil_moisture=(40, 60))) is None
    assert clash(CACTUS, NOTHING) is None
    assert clash(None, own(soil_moisture=(40, None))) is None


@pytest.mark.parametrize(("month", "north"), [(1, 7), (6, 12), (7, 1), (12, 6)])
def test_a_southern_month_has_the_season_of_half_a_year_later(month: int, north: int) -> None:
    moment = datetime(2027, month, 1, tzinfo=UTC)
    assert season_month(moment, Hemisphere.SOUTH) == north
    assert season_month(moment, Hemisphere.NORTH) == month
