"""A second generator, with nothing of the first: curves that decay towards a floor under a wandering thirst."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, pi
from random import Random

from tests.quality.story import DAY, HOUR, Story, Wire, soaked, spoil

STEP = 900.0
PLANTS = 12


@dataclass(slots=True)
class Mood:
    """One plant's thirst as it goes on: a random walk of its logarithm, seasons, and nights."""

    random: Random
    season: float
    night: float
    log: float = 0.0

    def at(self, time: float) -> float:
        """Tell how fast the soil dries now, compared with usual."""
        self.log = 0.9985 * self.log + self.random.gauss(0.0, 0.014)
        year = 1.0 + self.season * cos(2 * pi * (time / DAY - 200.0) / 365.25)
        day = 1.0 + (1.0 - self.night) * cos(2 * pi * (time / HOUR - 13.0) / 24.0)
        return year * day * exp(self.log)


def tell(scenario: str, wire: Wire, seed: int, *, begin: float, days: float) -> list[Story]:
    """Tell the stories of some plants that never grew anywhere."""
    return [_story(f"curve {number} #{seed}", scenario, Random(f"{seed} {number} curve"), (begin, days), wire)
            for number in range(PLANTS)]  # fmt: skip


@dataclass(slots=True)
class _Pen:
    """What is written down while a curve is drawn."""

    shown: list[tuple[float, float]]
    thirst: list[float]
    level: list[float]
    waterings: list[float]
    soaked: list[bool | None]


def _story(name: str, scenario: str, random: Random, span: tuple[float, float], wire: Wire) -> Story:
    full, floor = random.uniform(48, 85), random.uniform(2, 18)
    threshold = floor + (full - floor) * random.uniform(0.2, 0.55)
    life_days = random.choice((1.6, 3.0, 6.0, 10.0, 18.0)) * random.uniform(0.8, 1.25)
    pen = _draw(random, span, (full, floor, threshold, life_days))
    times = [time for time, _ in pen.shown]
    return Story(
        name=name,
        scenario=scenario,
        readings=spoil(pen.shown, wire, random),
        waterings=pen.waterings,
        soaked=pen.soaked,
        threshold=threshold,
        dry_at=_dry_at(times, pen, (floor, threshold, life_days)),
    )


def _draw(random: Random, span: tuple[float, float], shape: tuple[float, float, float, float]) -> _Pen:
    full, floor, threshold, life_days = shape
    mood = Mood(random, random.uniform(0.0, 0.4), random.uniform(0.2, 1.0))
    swing, sloppy, sips = random.uniform(0.2, 2.0), random.uniform(0.0, 0.2), random.random() < 0.3
    pen = _Pen([], [], [], [], [])
    level, seat, spray, surplus, wait = random.uniform(threshold, full), 0.0, 0.0, 0.0, -1.0
    time = span[0]
    while time < span[0] + span[1] * DAY:
        time += STEP
        thirst = mood.at(time)
        level = floor + (level - floor) * exp(-thirst * STEP / (life_days * DAY))
        surplus *= exp(-STEP / 2400.0)
        spray *= exp(-STEP / 4000.0)
        if random.random() < STEP / (25 * DAY):
            seat = random.gauss(0.0, 2.0)
        if random.random() < STEP / (9 * DAY):
            spray += random.uniform(1.0, 5.0)
        if level < threshold and wait < 0:
            wait = random.uniform(0.0, sloppy) * life_days * DAY
        wait -= STEP if wait >= 0 else 0.0
        if level < threshold and -STEP <= wait < 0:
            part = random.uniform(0.45, 0.8) if sips else random.uniform(0.93, 1.3)
            pen.waterings.append(time)
            pen.soaked.append(soaked(part))
            surplus = max(0.0, part - 1.0) * 40.0
            level, wait = level + (full - level) * min(1.0, part), -1.0
        warmth = swing * cos(2 * pi * (time / HOUR - 15.0) / 24.0)
        pen.shown.append((time, level + surplus + seat + spray + warmth + random.gauss(0.0, 0.3)))
        pen.thirst.append(thirst)
        pen.level.append(level)
    return pen


def _dry_at(times: list[float], pen: _Pen, shape: tuple[float, float, float]) -> Callable[[float], float | None]:
    floor, threshold, life_days = shape

    def dry_at(after: float) -> float | None:
        index = max(0, min(len(times) - 1, bisect_left(times, after)))
        level = pen.level[index]
        for step in range(index + 1, len(times)):
            level = floor + (level - floor) * exp(-pen.thirst[step] * STEP / (life_days * DAY))
            if level < threshold:
                return times[step]
        return None

    return dry_at
