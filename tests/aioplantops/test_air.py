"""Dew point and deficit, held against published tables."""

from datetime import UTC, datetime, timedelta

import pytest
from aioplantops.air import (
    TOGETHER,
    Air,
    air_of,
    dew_point,
    saturation_pressure,
    vapour_pressure_deficit,
)
from hypothesis import given
from hypothesis import strategies as st

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

FAO_24_TABLE_5 = {
    0: 6.1, 5: 8.7, 8: 10.7, 10: 12.3, 13: 15.0, 15: 17.0, 18: 20.6, 20: 23.4, 22: 26.4, 25: 31.7, 28: 37.8, 30: 42.4,
    33: 50.3, 35: 56.2, 37: 62.8, 39: 69.9,
}  # fmt: skip
"""J. Doorenbos & W. O. Pruitt, FAO Irrigation and Drainage Paper 24 (1977): air °C, saturation vapour pressure mbar."""

DEW_POINTS = {
    (10, 50): 0.0, (10, 60): 2.5, (10, 80): 6.8, (14, 70): 8.7, (18, 45): 6.0, (18, 50): 7.4, (20, 40): 6.0,
    (20, 50): 9.3, (20, 60): 12.0, (20, 70): 14.4, (20, 80): 16.5, (22, 50): 11.2, (24, 60): 15.7, (25, 50): 13.8,
    (26, 70): 20.1, (30, 40): 14.9, (30, 50): 18.4, (30, 70): 23.9, (30, 95): 29.1,
}  # fmt: skip
"""The dew point table of the building trade (as in DIN 4108): (air °C, humidity %), dew point °C, itself rounded."""


@pytest.mark.parametrize(("temperature", "millibars"), FAO_24_TABLE_5.items())
def test_saturation_is_as_the_table_has_it(temperature: float, millibars: float) -> None:
    assert saturation_pressure(temperature) * 10 == pytest.approx(millibars, abs=0.11)


@pytest.mark.parametrize(("temperature", "pressure"), [(15, 1.705), (24.5, 3.075), (18, 2.064), (25, 3.168)])
def test_saturation_is_that_of_fao_56_examples_3_and_5(temperature: float, pressure: float) -> None:
    assert saturation_pressure(temperature) == pytest.approx(pressure, abs=0.0006)


@pytest.mark.parametrize(("air", "dew"), DEW_POINTS.items())
def test_the_dew_point_is_as_the_table_has_it(air: tuple[float, float], dew: float) -> None:
    assert dew_point(*air) == pytest.approx(dew, abs=0.16)


def test_the_deficit_is_that_of_fao_56_examples_3_to_6() -> None:
    highest, lowest = saturation_pressure(25) * 0.54, saturation_pressure(18) * 0.82
    actual = (highest + lowest) / 2
    assert actual == pytest.approx(1.70, abs=0.005), "example 5"
    deficit = (vapour_pressure_deficit(25, 54) + vapour_pressure_deficit(18, 82)) / 2
    assert deficit == pytest.approx(0.91, abs=0.006), "example 6, from the deficits at the two ends"
    assert (saturation_pressure(24.5) + saturation_pressure(15)) / 2 == pytest.approx(2.39, abs=0.005), "example 3"


def test_a_cool_leaf_loses_less_and_may_get_dew() -> None:
    assert vapour_pressure_deficit(25, 60) == pytest.approx(1.267, abs=0.001)
    assert vapour_pressure_deficit(25, 60, -2) == pytest.approx(0.908, abs=0.001)
    assert vapour_pressure_deficit(20, 95, -3) < 0


temperatures = st.floats(-30, 50)
humidities = st.floats(1, 100)


@given(temperature=temperatures, humidity=humidities)
def test_at_the_dew_point_this_air_is_saturated(temperature: float, humidity: float) -> None:
    dew = dew_point(temperature, humidity)
    assert dew is not None
    assert dew <= temperature + 1e-9
    assert saturation_pressure(dew) == pytest.approx(saturation_pressure(temperature) * humidity / 100)


@given(temperature=temperatures, humidity=humidities, offset=st.floats(-10, 10))
def test_a_warmer_leaf_always_loses_more(temperature: float, humidity: float, offset: float) -> None:
    deficit = vapour_pressure_deficit(temperature, humidity)
    assert deficit >= -1e-12
    assert (vapour_pressure_deficit(temperature, humidity, offset) > deficit) == (
        saturation_pressure(temperature + offset) > saturation_pressure(temperature)
    )


def test_what_was_read_far_apart_says_nothing_together() -> None:
    warm = (NOON, 22.0)
    assert air_of(warm, (NOON - TOGETHER, 50.0), 0) == Air(time=NOON - TOGETHER, vpd=1.322, dew_point=11.11)
    assert air_of(warm, (NOON - TOGETHER - timedelta(seconds=1), 50.0), 0) is None
    assert air_of(warm, (NOON, 0.0), 0) == Air(time=NOON, vpd=2.644, dew_point=None)
