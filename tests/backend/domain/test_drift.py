"""A probe that wanders is noticed; an odd watering, noise and a new beginning are not taken for it."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.drift import LEAST_SHIFT, Drift, Plateau, drifted, words
from plantops.domain.tongue import IN_ENGLISH

DAY = 86_400.0
LEVELS = st.floats(20.0, 100.0)
NOISE = st.integers(0, 1_000_000)


def plateaus(levels: list[float], before: float = 20.0) -> list[Plateau]:
    return [Plateau(7 * DAY * number, before, level, soaked_through=True) for number, level in enumerate(levels)]


def noisy(level: float, count: int, seed: int, noise: float = 1.2) -> list[float]:
    random = Random(seed)
    return [level + random.gauss(0.0, noise) for _ in range(count)]


@given(level=LEVELS, seed=NOISE, count=st.integers(0, 60))
def test_a_probe_that_stays_is_left_alone(level: float, seed: int, count: int) -> None:
    assert drifted(plateaus(noisy(level, count, seed)), calibrated=True) is None


@given(level=LEVELS, seed=NOISE, odd=st.floats(-60.0, 60.0), at=st.integers(0, 19))
def test_one_odd_watering_says_nothing(level: float, seed: int, odd: float, at: int) -> None:
    levels = noisy(level, 20, seed, noise=0.8)
    levels[at] += odd
    assert drifted(plateaus(levels), calibrated=True) is None


@given(level=LEVELS, seed=NOISE, shift=st.floats(12.0, 40.0), side=st.sampled_from([-1.0, 1.0]))
def test_a_probe_that_wanders_is_noticed_with_how_far(level: float, seed: int, shift: float, side: float) -> None:
    levels = [value + side * shift * min(1.0, number / 16) for number, value in enumerate(noisy(level, 24, seed, 0.8))]
    drift = drifted(plateaus(levels), calibrated=False)
    assert drift is not None
    assert drift.shift == pytest.approx(side * shift, abs=0.35 * shift + 3.0)
    assert 3 * 7 * DAY <= drift.since <= 20 * 7 * DAY


@given(levels=st.lists(LEVELS, max_size=40))
def test_what_is_told_is_a_real_distance(levels: list[float]) -> None:
    drift = drifted(plateaus(levels), calibrated=False)
    assert drift is None or abs(drift.shift) > LEAST_SHIFT
    assert drift is None or drift.shift == pytest.approx(drift.now - drift.was)


def test_waterings_that_did_not_soak_the_soil_say_nothing() -> None:
    full = plateaus(noisy(80.0, 10, 1))
    sips = [Plateau(100 * DAY + one.at, one.before, 50.0, soaked_through=False) for one in full]
    assert drifted([*full, *sips], calibrated=True) is None


def test_soil_that_is_drier_than_dry_is_told_of_calibrated_probes_only() -> None:
    seen = plateaus(noisy(90.0, 5, 1), before=-9.0)
    drift = drifted(seen, calibrated=True)
    assert drift is not None
    assert drift.dry_end
    assert "-9 %" in words(drift, IN_ENGLISH)
    assert drifted(seen, calibrated=False) is None


def test_the_words_name_both_levels() -> None:
    assert "shows 71 %, where it showed 88 %" in words(Drift(0.0, -17.0, 88.0, 71.0), IN_ENGLISH)
