"""The garden as a whole: many characters, plausible values, the same twice, and a memory."""

import json

import pytest
from aioplantops.metrics import METRICS, metric_of, scale
from virtualgarden.garden import Garden
from virtualgarden.nodes import NODES
from virtualgarden.physics.gardener import Way
from virtualgarden.physics.memory import recall, remember
from virtualgarden.senses import SENSES

NOVEMBER = 1_795_000_000.0
JULY = NOVEMBER - 120 * 86_400


def test_there_are_enough_nodes_and_they_differ() -> None:
    assert len([kind for kind in NODES if not kind.stock]) >= 12
    assert len({kind.device_id for kind in NODES}) == len(NODES)
    assert len({kind.mac for kind in NODES}) == len(NODES)
    units = {SENSES[line.sense].unit for kind in NODES for line in kind.lines}
    assert {"°F", "V", "mV", "klx", None} <= units
    assert any(len(kind.plants) > 1 for kind in NODES)
    assert any(kind.sleep_seconds for kind in NODES)


@pytest.mark.parametrize("begin", [NOVEMBER, JULY], ids=["November", "July"])
def test_two_weeks_give_values_that_can_be_real(begin: float) -> None:
    garden = Garden(unix=begin, seed=5)
    scales = {
        (kind.device_id, line.key): scale(SENSES[line.sense].metric, SENSES[line.sense].unit)
        for kind in NODES
        for line in kind.lines
    }
    for _ in range(14 * 24 * 2):
        garden.advance(1800)
        for device_id in garden.nodes:
            for key, value in garden.measure(device_id).items():
                known = scales[device_id, key]
                assert known is not None
                assert known.span.holds(known.convert(value)), (device_id, key, value)
    assert len([care for care in garden.care if care.way is not Way.MIST]) > 10


def test_an_undeclared_key_tells_its_metric() -> None:
    for kind in NODES:
        for line in kind.lines:
            assert metric_of(line.key) is SENSES[line.sense].metric
            assert SENSES[line.sense].metric in METRICS


def test_the_same_seed_gives_the_same_garden_and_another_one_another() -> None:
    def history(seed: int) -> list[dict[str, float]]:
        garden = Garden(unix=NOVEMBER, seed=seed)
        values = []
        for _ in range(50):
            garden.advance(600)
            values.append(garden.measure("plant-3fa2c1"))
        return values

    assert history(1) == history(1)
    assert history(1) != history(2)


def test_a_garden_goes_on_where_it_was_left() -> None:
    garden = Garden(unix=NOVEMBER, seed=1)
    for _ in range(300):
        garden.advance(600)
    notes = json.loads(json.dumps(remember(garden)))
    other = Garden(unix=NOVEMBER, seed=1)
    recall(other, notes)
    assert other.unix == garden.unix
    assert remember(other) == remember(garden)
    for name, plant in garden.plants.items():
        assert other.plants[name].pot.water == plant.pot.water


def test_notes_of_another_garden_do_no_harm() -> None:
    garden = Garden(unix=NOVEMBER, seed=1)
    recall(garden, {"plants": {"Triffid": {"pot": {"water": 3.0}}}, "unix": NOVEMBER + 1})
    garden.advance(600)
    assert garden.unix == NOVEMBER + 601


def test_water_reaches_the_probe() -> None:
    garden = Garden(unix=NOVEMBER, seed=1)
    garden.advance(600)
    garden.plants["Basil"].pot.water = 0.3
    for _ in range(20):
        garden.advance(60)
    before = garden.measure("plant-62b9d4")["soil_moisture"]
    garden.water("Basil", 0.35)
    for _ in range(30):
        garden.advance(60)
    assert garden.measure("plant-62b9d4")["soil_moisture"] > before + 15
