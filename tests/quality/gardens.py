"""The virtual garden as a generator: its pots, its weather, its forgetful people (virtualgarden/physics)."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from random import Random

from virtualgarden.garden import Garden, Plant
from virtualgarden.physics.air import Air
from virtualgarden.physics.gardener import Way
from virtualgarden.physics.soil import Pot

from tests.quality.story import DAY, Story, Wire, soaked, spoil

STEP = 600.0


@dataclass(frozen=True, slots=True)
class Weathered:
    """What one plant lived through, step by step."""

    times: list[float]
    water: list[float]
    saucer: list[float]
    watts: list[float]
    air: list[Air]


def tell(scenario: str, wire: Wire, seed: int, *, begin: float, days: float) -> list[Story]:
    """Let a garden live for some days and tell each plant's story."""
    garden = Garden(unix=begin, seed=seed)
    lived = {name: Weathered([], [], [], [], []) for name in garden.plants}
    shown: dict[str, list[tuple[float, float]]] = {name: [] for name in garden.plants}
    cared: dict[str, list[tuple[float, bool | None]]] = {name: [] for name in garden.plants}
    garden.care.clear()
    while garden.unix < begin + days * DAY:
        missing = {name: plant.pot.wanting for name, plant in garden.plants.items()}
        garden.advance(STEP)
        for care in garden.care:
            if care.way is not Way.MIST and care.litres > 0:
                cared[care.plant].append((care.unix, soaked(care.litres / max(1e-9, missing[care.plant]))))
        garden.care.clear()
        for name, plant in garden.plants.items():
            life = lived[name]
            life.times.append(garden.unix)
            life.water.append(plant.pot.water)
            life.saucer.append(plant.pot.saucer)
            life.watts.append(plant.light.watts)
            life.air.append(plant.air)
            shown[name].append((garden.unix, plant.probe.percent()))
    return [
        Story(
            name=f"{name} #{seed}",
            scenario=scenario,
            readings=spoil(shown[name], wire, Random(f"{seed} {name} wire")),
            waterings=[time for time, _ in cared[name]],
            soaked=[full for _, full in cared[name]],
            threshold=_threshold(plant),
            dry_at=_dry_at(plant, lived[name]),
        )
        for name, plant in garden.plants.items()
    ]


def _threshold(plant: Plant) -> float:
    """Tell the probe's % at which this plant's person would water."""
    pot, soil = plant.pot, plant.kind.substrate
    part = soil.wilting + plant.kind.habit.waters_below * (soil.capacity - soil.wilting)
    return 100.0 * part * pot.litres / (soil.saturated * pot.litres) * plant.probe.gain + plant.probe.offset


def _dry_at(plant: Plant, life: Weathered) -> Callable[[float], float | None]:
    soil, foliage = plant.kind.substrate, plant.kind.foliage
    line = plant.kind.litres * (soil.wilting + plant.kind.habit.waters_below * (soil.capacity - soil.wilting))
    blank = Pot(plant.kind.litres, soil, saucer_litres=plant.kind.saucer_litres, holds_back=plant.kind.holds_back)

    def dry_at(after: float) -> float | None:
        index = max(0, int((after - life.times[0]) / STEP))
        pot = copy(blank)
        pot.water, pot.saucer = life.water[index], life.saucer[index]
        for step in range(index + 1, len(life.times)):
            pot.advance(STEP, watts=life.watts[step], air=life.air[step], foliage=foliage)
            if pot.water < line:
                return life.times[step]
        return None

    return dry_at
