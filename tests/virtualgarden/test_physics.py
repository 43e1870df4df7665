"""What must hold in any garden: no water appears or vanishes, soil dries until somebody waters, winter is darker."""

from datetime import UTC, datetime
from math import pi
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtualgarden.physics.air import Air, saturation_kpa
from virtualgarden.physics.chance import Wander
from virtualgarden.physics.gardener import Gardener, Habit
from virtualgarden.physics.power import Battery
from virtualgarden.physics.probe import SoilProbe
from virtualgarden.physics.room import Room, RoomKind
from virtualgarden.physics.sky import Climate, Outdoors, Weather
from virtualgarden.physics.soil import CACTUS_MIX, PEAT_MIX, Foliage, Pot
from virtualgarden.physics.spot import Lamp, Spot
from virtualgarden.physics.sun import Place, Sun, clear_sky, sun_at

BERLIN = Place(52.5, 13.4)
DRY_AIR = Air(21.0, 1.0)
LEAVES = Foliage(0.1, 3.0)
HOUR, DAY = 3600.0, 86_400.0


def unix(year: int, month: int, day: int, hour: float = 0.0) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp() + hour * HOUR


def outdoors(moment: float) -> Outdoors:
    return Weather(Climate(), Random(1)).advance(moment, 600.0)


@given(
    pours=st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=10),
    seconds=st.floats(1, HOUR),
    watts=st.floats(0, 800),
    saucer=st.floats(0, 1),
)
def test_every_litre_is_accounted_for(
    pours: list[tuple[float, bool]], seconds: float, watts: float, saucer: float
) -> None:
    pot = Pot(2.0, PEAT_MIX, saucer_litres=saucer)
    before = pot.water
    for litres, from_above in pours:
        pot.pour(litres) if from_above else pot.fill_saucer(litres)
        pot.advance(seconds, watts=watts, air=DRY_AIR, foliage=LEAVES)
        inside = pot.water + pot.saucer
        assert inside + pot.drunk + pot.spilt == pytest.approx(before + pot.poured)
        assert 0.0 <= pot.saucer <= saucer
        assert pot.wetness <= 1.0 + 1e-9


@given(
    part=st.floats(0.21, 0.6), steps=st.lists(st.floats(1, 6 * HOUR), min_size=2, max_size=50), watts=st.floats(0, 900)
)
def test_soil_only_dries_without_water_and_never_below_the_wilting_point(
    part: float, steps: list[float], watts: float
) -> None:
    pot = Pot(1.0, PEAT_MIX)
    pot.water = part
    for seconds in steps:
        before = pot.water
        pot.advance(seconds, watts=watts, air=DRY_AIR, foliage=LEAVES)
        assert PEAT_MIX.wilting - 1e-9 <= pot.water <= before


def test_dry_soil_gives_its_water_ever_more_slowly() -> None:
    pot = Pot(1.0, PEAT_MIX)
    drunk = []
    for _ in range(60):
        before = pot.drunk
        pot.advance(HOUR, watts=150, air=DRY_AIR, foliage=LEAVES)
        drunk.append(pot.drunk - before)
    assert drunk[0] == pytest.approx(drunk[1]), "wet soil gives what the air asks for"
    assert drunk == sorted(drunk, reverse=True)
    assert drunk[-1] < 0.2 * drunk[0]


def test_steps_of_any_length_give_the_same_picture() -> None:
    fine, coarse = Pot(3.0, PEAT_MIX), Pot(3.0, PEAT_MIX)
    for _ in range(6 * 48):
        fine.advance(600, watts=60, air=DRY_AIR, foliage=LEAVES)
    for _ in range(48):
        coarse.advance(HOUR, watts=60, air=DRY_AIR, foliage=LEAVES)
    assert coarse.water == pytest.approx(fine.water, rel=0.02)


def test_a_pot_drains_to_container_capacity_and_a_saucer_is_soaked_up() -> None:
    pot = Pot(2.0, PEAT_MIX, saucer_litres=0.5)
    pot.pour(1.0)
    assert pot.available > 1.0
    for _ in range(24):
        pot.advance(600, watts=0, air=Air(21.0, saturation_kpa(21.0)), foliage=LEAVES)
    assert pot.available == pytest.approx(1.0, abs=0.01)
    dry = Pot(2.0, PEAT_MIX, saucer_litres=0.5)
    dry.water = 0.6
    dry.fill_saucer(0.4)
    for _ in range(48):
        dry.advance(600, watts=0, air=Air(21.0, saturation_kpa(21.0)), foliage=LEAVES)
    assert dry.water == pytest.approx(1.0, abs=0.02)


@given(watts=st.floats(0, 900), deficit=st.floats(0, 3), more=st.floats(0.01, 1))
def test_leaves_drink_more_in_brighter_and_in_drier_air(watts: float, deficit: float, more: float) -> None:
    demand = LEAVES.demand(watts, deficit)
    assert demand >= 0.0
    assert LEAVES.demand(watts + 100 * more, deficit) >= demand
    assert LEAVES.demand(watts, deficit + more) > demand


@pytest.mark.parametrize(
    ("moment", "elevation_degrees"),
    [(unix(2026, 6, 21, 11.11), 60.9), (unix(2026, 12, 21, 11.07), 14.1), (unix(2026, 3, 20, 11.2), 37.5)],
)
def test_the_noon_sun_stands_where_the_almanac_says(moment: float, elevation_degrees: float) -> None:
    sun = sun_at(BERLIN, moment)
    assert sun.elevation * 180 / pi == pytest.approx(elevation_degrees, abs=0.6)
    assert sun.azimuth == pytest.approx(pi, abs=0.05)


def test_the_sun_rises_in_the_east_and_is_gone_at_night() -> None:
    assert 0 < sun_at(BERLIN, unix(2026, 6, 21, 6)).azimuth < pi
    assert pi < sun_at(BERLIN, unix(2026, 6, 21, 17)).azimuth < 2 * pi
    assert clear_sky(sun_at(BERLIN, unix(2026, 6, 21, 23))) == 0.0
    assert clear_sky(Sun(1.0, pi)) == pytest.approx(1037, abs=5)


def daily_light(spot: Spot, month: int) -> float:
    """Sum the light of ten days, lx·h."""
    weather = Weather(Climate(BERLIN), Random(7))
    return sum(spot.light(weather.advance(unix(2026, month, 10) + hour * HOUR, HOUR)).lux for hour in range(240))


def test_summer_is_brighter_than_winter_and_south_than_north() -> None:
    south, north, balcony = Spot(180, 0.6), Spot(0, 0.6), Spot(None, 0.6)
    assert daily_light(balcony, 6) > 4 * daily_light(balcony, 12)
    assert daily_light(north, 6) > 2 * daily_light(north, 12)
    assert daily_light(south, 12) > 3 * daily_light(north, 12)


def test_a_lamp_burns_when_it_should() -> None:
    lamp = Lamp(100.0, 17.0, 22.0)
    assert (lamp.light(16.9), lamp.light(17.0), lamp.light(22.0)) == (0.0, 100.0, 0.0)


def test_a_heated_room_stays_warm_and_is_dry_in_winter() -> None:
    weather, room = Weather(Climate(), Random(3)), Room(RoomKind("Study"), Random(3))
    winter = [room.advance(weather.advance(unix(2026, 1, 10) + step * 600, 600), 600) for step in range(144 * 7)]
    assert all(15 < air.celsius < 25 for air in winter)
    assert sum(air.humidity for air in winter) / len(winter) < 50
    summer = [room.advance(weather.advance(unix(2026, 7, 10) + step * 600, 600), 600) for step in range(144 * 7)]
    assert sum(air.vapour_kpa for air in summer) > sum(air.vapour_kpa for air in winter)
    assert all(0 < air.humidity <= 100 for air in winter + summer)


def test_people_who_sleep_make_the_air_stuffy() -> None:
    weather, room = Weather(Climate(), Random(3)), Room(RoomKind("Bedroom", sleepers=2), Random(3))
    ppm = {}
    for step in range(288):
        moment = unix(2026, 1, 10) + step * 600
        ppm[step] = room.advance(weather.advance(moment, 600), 600).co2_ppm
    assert ppm[144 + 5 * 6] > 1500, "at five in the morning"
    assert ppm[144 + 18 * 6] < 700, "at six in the evening"


def test_a_gardener_waters_a_dry_plant_but_not_a_wet_one() -> None:
    gardener = Gardener("Basil", Habit(1, waters_below=0.5, forgets=0.0), Random(1))
    pot = Pot(1.0, PEAT_MIX)
    begin = unix(2026, 11, 1)

    def days(count: int) -> int:
        nonlocal begin
        done = [gardener.advance(begin + hour * HOUR, hour % 24, pot) for hour in range(24 * count)]
        begin += count * DAY
        return sum(care is not None for care in done)

    assert days(4) == 0
    pot.water = 0.25
    assert days(4) == 1
    assert pot.available > 0.8


def test_hanging_leaves_are_noticed_by_the_most_forgetful() -> None:
    gardener = Gardener("Lily", Habit(60, forgets=1.0), Random(1))
    pot = Pot(1.0, PEAT_MIX)
    pot.water = 0.205
    done = [gardener.advance(unix(2026, 11, 1) + hour * HOUR, hour % 24, pot) for hour in range(72)]
    assert any(done)


def test_probes_differ_but_each_falls_and_rises_with_its_soil() -> None:
    probes = [SoilProbe(Random(seed), reseats_per_day=0) for seed in range(20)]
    shown = []
    for wetness in (0.2, 0.8):
        for probe in probes:
            for _ in range(20):
                probe.advance(600, wetness, 20.0)
        shown.append([probe.percent() for probe in probes])
    dry, wet = shown
    assert all(high - low > 40 for low, high in zip(dry, wet, strict=True))
    assert max(wet) - min(wet) > 3, "each has a gain and an offset of its own"
    assert all(1.3 < probe.volts() < 2.8 for probe in probes)


def test_a_probe_sees_water_late() -> None:
    probe = SoilProbe(Random(1), lag_seconds=600)
    probe.advance(60, 0.3, 20.0)
    before = probe.percent()
    probe.advance(60, 0.8, 20.0)
    assert probe.percent() < before + 15
    for _ in range(60):
        probe.advance(60, 0.8, 20.0)
    assert probe.percent() > before + 40


def test_a_spray_shows_for_a_while_and_is_gone() -> None:
    probe = SoilProbe(Random(1), reseats_per_day=0)
    probe.advance(600, 0.5, 20.0)
    before = probe.percent()
    probe.sprinkle()
    assert probe.film > 0
    for _ in range(36):
        probe.advance(600, 0.5, 20.0)
    assert probe.film < 0.05
    assert probe.percent() == pytest.approx(before, abs=1.5)


def test_conductivity_rises_with_water_and_salt() -> None:
    probe = SoilProbe(Random(1))
    probe.advance(600, 0.5, 25.0)
    assert probe.conductivity(2.0) > probe.conductivity(1.0) > 0


def test_a_battery_empties_in_its_time_and_is_charged() -> None:
    battery = Battery(Random(1), days=30)
    battery.charge = 1.0
    volts = []
    for _ in range(24 * 25):
        volts.append(battery.volts(20.0))
        battery.advance(HOUR, 20.0)
    assert volts[0] > 4.1
    assert volts[-1] < 3.75
    assert 0 <= battery.percent() < 20
    for _ in range(24 * 8):
        battery.advance(HOUR, 20.0)
    assert battery.percent() > 70, "somebody has charged it"


def test_what_strays_keeps_its_spread_whatever_the_step() -> None:
    for seconds in (60.0, HOUR):
        wander = Wander(2.0, HOUR, Random(1))
        values = [wander.advance(seconds) for _ in range(40_000)]
        mean = sum(values) / len(values)
        assert (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5 == pytest.approx(2.0, rel=0.1)


def test_cactus_mix_holds_less_than_peat() -> None:
    assert Pot(1.0, CACTUS_MIX).water < Pot(1.0, PEAT_MIX).water
    assert 0 <= outdoors(unix(2026, 6, 1, 12)).cloud <= 1
