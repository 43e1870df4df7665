"""What a day's readings come to, held against published numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from aioplantops.metrics import Metric
from aioplantops.site import LIGHT_SOURCES, LightSource, Site, SiteWish
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.curve import Curve, Point
from plantops.domain.daily import Daily, daily, growing_degree_days, light
from plantops.domain.resolution import Span
from plantops.domain.site import site_after

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
DAY = Span(BEGIN, BEGIN + timedelta(days=1))
LATER = BEGIN + timedelta(days=2)
MINUTES = 1440

LX_FOR_ONE = {"sun": 54, "fluorescent": 74, "hps": 82, "metal_halide": 71}
"""Thimijan & Heins 1983, table 3: lx for 1 µmol/m²/s."""


def steady(value: float, first: int = 0, last: int = MINUTES, step: int = 5) -> Curve:
    """Draw a value that stays, from one minute of the day to another."""
    return Curve([(BEGIN.timestamp() + 60 * minute, value) for minute in range(first, last + 1, step)])


def lamp(value: float, hours: float) -> Curve:
    """Draw a lamp that burns from 6 o'clock on: each edge is a minute wide."""
    on, off = 6 * 60, round((6 + hours) * 60)
    levels = [0.0 if minute < on or minute >= off else value for minute in range(MINUTES + 1)]
    return Curve([(BEGIN.timestamp() + 60 * minute, level) for minute, level in enumerate(levels)])


@pytest.mark.parametrize(
    ("ppfd", "hours", "dli"),
    # Constant light: Torres & Lopez, Purdue Extension HO-238-W; Apogee's reference (1 µmol/m²/s all day is 0.0864).
    [(1, 24, 0.0864), (100, 12, 4.32), (200, 12, 8.64), (250, 16, 14.4), (500, 12, 21.6), (600, 16, 34.56)],
)
def test_steady_light_makes_the_published_integral(ppfd: float, hours: float, dli: float) -> None:
    curve = steady(ppfd) if hours == 24 else lamp(ppfd, hours)
    found = light({Metric.PPFD: [curve]}, Site(), DAY)
    assert found.dli == pytest.approx(dli, rel=0.006)
    assert (found.coverage, found.metric) == (1, Metric.PPFD)


@pytest.mark.parametrize("source", LightSource)
def test_illuminance_counts_by_its_source(source: LightSource) -> None:
    found = light({Metric.ILLUMINANCE: [steady(54_000)]}, Site(light_source=source), DAY)
    expected = 54 * 15 if source is LightSource.WHITE_LED else 54_000 / LX_FOR_ONE[source]
    assert found.dli == pytest.approx(expected * 0.0864, rel=1e-4)
    assert found.metric is Metric.ILLUMINANCE
    assert LIGHT_SOURCES[source].source is source


def test_a_factor_of_ones_own_goes_before_the_source() -> None:
    site = Site(light_source=LightSource.HPS, light_factor=30)
    assert light({Metric.ILLUMINANCE: [steady(1_000)]}, site, DAY).dli == pytest.approx(30 * 0.0864, abs=1e-3)


def test_ppfd_goes_before_illuminance_unless_it_was_silent() -> None:
    lux = steady(54_000)
    both = light({Metric.PPFD: [steady(10)], Metric.ILLUMINANCE: [lux]}, Site(), DAY)
    assert (both.metric, both.dli) == (Metric.PPFD, 0.864)
    silent = light({Metric.PPFD: [steady(10, last=600)], Metric.ILLUMINANCE: [lux]}, Site(), DAY)
    assert (silent.metric, silent.dli) == (Metric.ILLUMINANCE, 86.4)
    nearly = light({Metric.PPFD: [steady(10, last=1380)], Metric.ILLUMINANCE: [lux]}, Site(), DAY)
    assert nearly.metric is Metric.PPFD


def test_light_in_gaps_is_not_guessed() -> None:
    half = light({Metric.PPFD: [steady(100, 0, 360), steady(100, 1080, MINUTES)]}, Site(), DAY)
    assert (half.dli, half.coverage) == (4.32, 0.5)
    assert light({}, Site(), DAY).dli is None


def test_the_line_is_drawn_over_the_ends_of_the_day() -> None:
    hourly: list[Point] = [(BEGIN.timestamp() + 3600 * hour + 1800, 100.0) for hour in range(-1, 25)]
    assert light({Metric.PPFD: [Curve(hourly)]}, Site(), DAY).coverage == 1


@pytest.mark.parametrize(
    ("low", "high", "days"),
    [(60, 80, 20), (40, 60, 5), (70, 90, 28), (65, 90, 25.5), (46, 72, 11), (42, 63, 6.5), (30, 45, 0)],
    # The first three: Ohio State University Extension, AGF-101 (86/50 method); the next three: UW-Madison Extension.
)
def test_growing_degree_days_are_as_the_extension_counts_them(low: float, high: float, days: float) -> None:
    coldest, warmest = ((value - 32) * 5 / 9 for value in (low, high))
    assert growing_degree_days(coldest, warmest, 10, 30) * 9 / 5 == pytest.approx(days)


def test_a_whole_day() -> None:
    warm = Curve([(BEGIN.timestamp() + 900 * n, 15.0 + n % 2 * 10) for n in range(97)])
    found = daily({Metric.TEMPERATURE: [warm], Metric.HUMIDITY: [steady(60)]}, Site(), DAY, LATER)
    assert (found.temperature_min, found.temperature_max, found.temperature_mean) == (15, 25, 20)
    assert found.growing_degree_days == 10
    assert found.vpd_max == pytest.approx(1.267, abs=1e-3)
    assert found.vpd_mean is not None
    assert found.vpd_mean > 0.935, "the mean of the deficits, not the deficit of the means"
    assert (found.air_coverage, found.light.dli) == (1, None)


def test_half_a_day_does_not_tell_how_much_grows() -> None:
    morning = {Metric.TEMPERATURE: [steady(20, last=720)]}
    assert daily(morning, Site(), DAY, LATER).growing_degree_days is None
    assert (
        daily({Metric.TEMPERATURE: [steady(20)]}, Site(), DAY, BEGIN + timedelta(hours=23)).growing_degree_days is None
    )
    so_far = daily(morning, Site(), DAY, BEGIN + timedelta(hours=12))
    assert (so_far.temperature_coverage, so_far.temperature_mean) == (1, 20)


def test_temperature_and_humidity_are_joined_where_both_are_known() -> None:
    series = {Metric.TEMPERATURE: [steady(20, 0, 720, 7)], Metric.HUMIDITY: [steady(50, 360, MINUTES, 11)]}
    found = daily(series, Site(leaf_offset=-1), DAY, LATER)
    assert found.air_coverage == pytest.approx(0.25, abs=0.01)
    assert found.vpd_mean == found.vpd_max == pytest.approx(1.028, abs=0.002)


def test_of_nothing_nothing_is_known() -> None:
    assert daily({}, Site(), DAY, LATER) == Daily()
    assert not daily({}, Site(), DAY, BEGIN - timedelta(days=1)).known


@given(low=st.floats(-30, 50), swing=st.floats(0, 30), base=st.floats(-10, 20), width=st.floats(1, 40))
def test_growth_lies_between_nothing_and_the_width_of_the_span(
    low: float, swing: float, base: float, width: float
) -> None:
    assert -1e-9 <= growing_degree_days(low, low + swing, base, base + width) <= width + 1e-9


def test_a_wish_touches_what_it_names() -> None:
    kept = site_after({}, SiteWish(light_source=LightSource.HPS, leaf_offset=-1.5))
    assert kept == {"light_source": "hps", "leaf_offset": -1.5}
    kept = site_after(kept, SiteWish.model_validate({"leaf_offset": None, "growth_base": 5}))
    assert kept == {"light_source": "hps", "growth_base": 5}
    assert site_after(kept, None) == {}
    with pytest.raises(ValueError, match="nothing could grow"):
        site_after(kept, SiteWish(growth_upper=5))
