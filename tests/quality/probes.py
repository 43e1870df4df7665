"""A third generator: two layers of soil under a cheap probe that is slow, coarse, noisy, warm and drifting."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, pi, sin
from random import Random

from tests.quality.story import DAY, HOUR, Story, Wire, soaked, spoil

STEP = 900.0
PLANTS = 12
STUBBORN = 3.0
"""Kelvin per hour that a pot in the sun warms at most; sets nothing but the probe's swing."""


@dataclass(slots=True)
class _Pot:
    """A top layer that dries to the air and a root layer that is drunk from; both in % of the pores."""

    top: float
    root: float
    full: float
    constant: float
    """%/day that the roots take while there is plenty."""
    knee: float
    """Below this level the plant gets ever less, with the square of what is left."""
    skin: float
    """%/day that the air takes from the top layer when it is wet."""

    def dry(self, days: float, weather: float, daylight: float) -> None:
        """Let some time pass."""
        left = min(1.0, self.root / self.knee)
        self.root = max(1.0, self.root - self.constant * days * weather * daylight * left * left)
        self.top = max(0.5, self.top - self.skin * days * weather * (self.top / self.full))
        flow = 0.8 * (self.root - self.top) * days
        self.top += flow
        self.root -= 0.35 * flow

    @property
    def mean(self) -> float:
        """The pot's moisture as a probe of usual length sees it."""
        return 0.3 * self.top + 0.7 * self.root


def tell(scenario: str, wire: Wire, seed: int, *, begin: float, days: float) -> list[Story]:
    """Tell the stories of some plants under cheap probes."""
    return [
        _story(f"probe {number} #{seed}", scenario, Random(f"{seed} {number} probe"), (begin, days), wire)
        for number in range(PLANTS)
    ]


@dataclass(slots=True)
class _Pen:
    shown: list[tuple[float, float]]
    weather: list[float]
    light: list[float]
    layers: list[tuple[float, float]]
    waterings: list[float]
    soaked: list[bool | None]


def _story(name: str, scenario: str, random: Random, span: tuple[float, float], wire: Wire) -> Story:
    full = random.uniform(45, 75)
    take = full * random.uniform(0.35, 0.75) / random.choice((2.0, 4.0, 7.0, 12.0))
    pot = _Pot(full, full, full, take, full * random.uniform(0.25, 0.6), take * random.uniform(0.05, 0.35))
    threshold = full * random.uniform(0.35, 0.6)
    pen = _draw(pot, threshold, random, span)
    return Story(
        name=name,
        scenario=scenario,
        readings=spoil(pen.shown, wire, random),
        waterings=pen.waterings,
        soaked=pen.soaked,
        threshold=threshold,
        dry_at=_dry_at(pot, pen, threshold),
    )


def _draw(pot: _Pot, threshold: float, random: Random, span: tuple[float, float]) -> _Pen:
    pen = _Pen([], [], [], [], [], [])
    lag, swing, below = random.uniform(0.3, 2.0) * HOUR, random.uniform(0.3, 2.5), random.random() < 0.25
    weather, seen, drift, seat, saucer = 1.0, pot.mean, 0.0, 0.0, 0.0
    sunny = random.uniform(0.4, 1.0)
    time = span[0]
    while time < span[0] + span[1] * DAY:
        time += STEP
        if int(time // DAY) != int((time - STEP) // DAY):  # a new day, a new sky
            weather = max(0.3, 0.75 * weather + 0.25 * random.gauss(1.0, 0.6))
        daylight = max(0.15, 1.0 + 1.6 * sunny * sin(2 * pi * (time / HOUR - 7.0) / 24.0) - 0.35 * sunny)
        pot.dry(STEP / DAY, weather, daylight)
        soak = saucer * (1.0 - exp(-STEP / (2.0 * HOUR)))
        saucer -= soak
        pot.root, pot.top = min(pot.full, pot.root + soak), min(pot.full, pot.top + 0.6 * soak)
        hour = (time / HOUR) % 24.0
        if pot.mean < threshold and 6.0 <= hour < 21.0 and random.random() < STEP / (6.0 * HOUR):
            pen.waterings.append(time)
            missing = pot.full - pot.mean
            amount = random.uniform(0.75, 1.1) * missing
            pen.soaked.append(soaked(amount / missing))
            if below:
                saucer = amount
            else:
                pot.top, pot.root = min(pot.full, pot.top + 1.2 * amount), min(pot.full, pot.root + amount)
        drift += random.gauss(0.0, 0.012)
        seat = random.gauss(0.0, 1.8) if random.random() < STEP / (18 * DAY) else seat
        seen += (pot.mean - seen) * (1.0 - exp(-STEP / lag))
        warmth = swing * min(1.3, weather) * max(-0.5, sin(2 * pi * (hour - 9.0) / 24.0))
        pen.shown.append((time, seen + drift + seat + warmth + random.gauss(0.0, 0.5)))
        pen.weather.append(weather)
        pen.light.append(daylight)
        pen.layers.append((pot.top, pot.root))
    return pen


def _dry_at(model: _Pot, pen: _Pen, threshold: float) -> Callable[[float], float | None]:
    times = [time for time, _ in pen.shown]

    def dry_at(after: float) -> float | None:
        index = max(0, min(len(times) - 1, bisect_left(times, after)))
        pot = _Pot(*pen.layers[index], model.full, model.constant, model.knee, model.skin)
        for step in range(index + 1, len(times)):
            pot.dry(STEP / DAY, pen.weather[step], pen.light[step])
            if pot.mean < threshold:
                return times[step]
        return None

    return dry_at
