"""A fourth generator: pots in clay, peat and grit, indoors and in the rain, under a bent and temperature-shy probe.

The soil gives water by a retention curve, the plant takes it by a stress curve with two ends (Feddes et al. 1978), the
bare surface gives it with the square root of time (Ritchie 1972). The probe shows the volume of water bent by an
exponent, wanders with the air's warmth, and is read in volts that nobody has calibrated where `volts` is set.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, exp, pi, sin, sqrt
from random import Random

from tests.quality.story import DAY, HOUR, Story, Wire, soaked, spoil

STEP = 900.0
PLANTS = 12


@dataclass(frozen=True, slots=True)
class Mix:
    """A substrate: shares of the pot's volume."""

    full: float
    wilted: float
    stress: float
    """The plant drinks less below this."""
    surface: float
    """How much the bare surface gives, litres/m² in the square root of a day."""


MIXES = (Mix(0.42, 0.18, 0.30, 3.0), Mix(0.62, 0.12, 0.28, 4.0), Mix(0.24, 0.04, 0.10, 2.0), Mix(0.50, 0.10, 0.22, 3.5))
"""Clay loam, peat, cactus grit, potting soil."""


@dataclass(slots=True)
class _Sky:
    """The weather of one place: warmth, thirst of the air, rain."""

    random: Random
    outdoors: bool
    sun: float = 1.0
    rain_until: float = -1.0
    rain_per_step: float = 0.0

    def step(self, time: float) -> tuple[float, float, float]:
        """Tell warmth (°C), what the air asks for (parts of its usual), and rain (mm in this step)."""
        if int(time // DAY) != int((time - STEP) // DAY):
            self.sun = max(0.2, min(1.7, 0.7 * self.sun + 0.3 * self.random.gauss(1.0, 0.8)))
            if self.outdoors and self.random.random() < 0.22:
                self.rain_until = time + self.random.uniform(1.0, 9.0) * HOUR
                self.rain_per_step = self.random.choice((0.05, 0.3, 1.0))
        year = -cos(2 * pi * (time / DAY - 15.0) / 365.25)
        hour = (time / HOUR) % 24.0
        light = max(0.0, sin(pi * (hour - 5.5) / 14.0)) if 5.5 <= hour <= 19.5 else 0.0
        swing = (7.0 if self.outdoors else 2.5) * self.sun
        warmth = (15.0 + 9.0 * year if self.outdoors else 20.5 + 1.5 * year) + swing * sin(2 * pi * (hour - 9.0) / 24.0)
        sky = self.sun if self.outdoors else 0.5 + 0.5 * self.sun  # a room feels half of it
        air = (1.0 + (0.6 if self.outdoors else 0.3) * year) * sky * (0.12 + 2.0 * light)
        rain = self.rain_per_step if time < self.rain_until else 0.0
        return warmth, air * (0.3 if rain else 1.0), rain


@dataclass(slots=True)
class _Plot:
    """One pot."""

    mix: Mix
    litres: float
    thirst: float
    """Litres a day on a usual day."""
    area: float
    """Square metres of surface."""
    water: float
    """Litres."""
    wet_days: float = 0.0

    @property
    def share(self) -> float:
        """Water as a share of the volume."""
        return self.water / self.litres

    def dry(self, air: float) -> None:
        """Let a step pass."""
        mix, days = self.mix, STEP / DAY
        eased = max(0.0, min(1.0, (self.share - mix.wilted) / (mix.stress - mix.wilted)))
        drowned = 0.75 if self.share > 0.95 * mix.full else 1.0
        bare = mix.surface * self.area * air * (sqrt(self.wet_days + days) - sqrt(self.wet_days))
        self.wet_days += days
        left = max(0.0, self.water - 0.4 * mix.wilted * self.litres)
        self.water -= min(left, self.thirst * air * days * eased * drowned + bare)

    def soak(self, tray: float) -> float:
        """Let a step of drinking from the tray pass; tell what is left in it."""
        drunk = tray * (1.0 - exp(-STEP / (1.5 * HOUR)))
        self.water = min(self.mix.full * self.litres, self.water + drunk)
        return tray - drunk

    def pour(self, litres: float) -> float:
        """Let water come; tell which part of what was missing it was."""
        missing = self.mix.full * self.litres - self.water
        self.water = min(self.mix.full * self.litres, self.water + litres)
        self.wet_days = 0.0
        return litres / max(1e-9, missing)


@dataclass(slots=True)
class _Probe:
    """What stands between the soil and the number."""

    random: Random
    shy: float
    """% for each kelvin."""
    lag: float
    seen: float
    bend: float
    seat: float = 0.0
    spray: float = 0.0
    surplus: float = 0.0

    def read(self, level: float, warmth: float) -> float:
        """Tell what it shows after a step: it is pushed and sprayed at times."""
        if self.random.random() < STEP / (30 * DAY):
            self.seat = self.bend * self.random.gauss(0.0, 2.2)
        if self.random.random() < STEP / (12 * DAY):
            self.spray += self.random.uniform(1.0, 5.0)
        self.spray *= exp(-STEP / 4500.0)
        self.surplus *= exp(-STEP / 2700.0)
        self.seen += (level - self.seen) * (1.0 - exp(-STEP / self.lag))
        bent = self.shy * (warmth - 20.0) + self.random.gauss(0.0, 0.35)
        return self.seen + self.surplus + self.spray + self.seat + bent


@dataclass(slots=True)
class _Pen:
    shown: list[tuple[float, float]] = field(default_factory=list)
    air: list[float] = field(default_factory=list)
    pots: list[tuple[float, float]] = field(default_factory=list)
    """Water in the pot, and for how long its surface has dried."""
    trays: list[float] = field(default_factory=list)
    waterings: list[float] = field(default_factory=list)
    soaked: list[bool | None] = field(default_factory=list)
    sips: list[float] = field(default_factory=list)


def tell(scenario: str, wire: Wire, seed: int, *, begin: float, days: float) -> list[Story]:
    """Tell the stories of some pots."""
    return [pot(number, scenario, wire, seed, (begin, days)) for number in range(PLANTS)]


def pot(number: int, scenario: str, wire: Wire, seed: int, span: tuple[float, float]) -> Story:
    """Tell the story of one pot from a Unix time on, for some days."""
    return _story(f"pot {number} #{seed}", scenario, Random(f"{seed} {number} balcony"), span, wire)


def _story(name: str, scenario: str, random: Random, span: tuple[float, float], wire: Wire) -> Story:
    mix, litres = random.choice(MIXES), random.choice((0.8, 2.0, 5.0))
    lasts = random.choice((1.5, 3.0, 5.0, 9.0, 16.0))
    thirst, area = (mix.full - mix.stress) * litres / lasts, 0.004 * litres ** (2 / 3)
    plot = _Plot(mix, litres, thirst, area, mix.full * litres)
    line = mix.wilted + random.uniform(0.25, 0.6) * (mix.stress - mix.wilted) + 0.1 * (mix.full - mix.stress)
    bend, top = random.uniform(0.75, 1.3), random.uniform(0.8, 1.1) * 100.0

    def percent(share: float) -> float:
        return float(top * (max(0.0, share) / 0.65) ** bend)

    pen = _draw(plot, line, percent, random, (*span, wire.bend))
    return Story(
        name=name,
        scenario=scenario,
        readings=spoil(pen.shown, wire, random),
        waterings=pen.waterings,
        soaked=pen.soaked,
        sips=pen.sips,
        threshold=percent(line),
        dry_at=_dry_at(plot, pen, line),
    )


def _draw(
    plot: _Plot, line: float, percent: Callable[[float], float], random: Random, span: tuple[float, float, float]
) -> _Pen:
    pen, sky = _Pen(), _Sky(random, outdoors=random.random() < 0.3)
    shy, lag = random.uniform(-0.12, 0.18), random.uniform(0.1, 0.8) * HOUR
    probe = _Probe(random, span[2] * shy, lag, percent(plot.share), span[2])
    below, part_time = random.random() < 0.2, random.random() < 0.3
    tray, again_at, time = 0.0, -1.0, span[0]
    lazy = random.uniform(0.2, 1.2) * DAY
    while time < span[0] + span[1] * DAY:
        time += STEP
        warmth, air, rain = sky.step(time)
        plot.dry(air)
        before = percent(plot.share)
        if rain:
            plot.pour(rain * plot.area * 1.4)
        tray = plot.soak(tray)
        hour = (time / HOUR) % 24.0
        wants = plot.share < line and 7.0 <= hour < 21.0 and random.random() < STEP / lazy
        if wants or 0 < again_at <= time:
            missing = plot.mix.full * plot.litres - plot.water
            part = random.uniform(0.35, 0.7) if part_time and again_at < 0 else random.uniform(0.85, 1.25)
            more = wants and part < 0.7 and random.random() < 0.1
            again_at = time + random.uniform(3.5, 6.0) * HOUR if more else -1.0
            pen.waterings.append(time)
            pen.soaked.append(soaked(part))
            probe.surplus = max(0.0, part - 1.0) * 30.0
            if below and part < 1.0:
                tray += part * missing
            else:
                plot.pour(part * missing)
        elif rain and percent(plot.share) - before > 0.05:
            pen.sips.append(time)
        pen.shown.append((time, probe.read(percent(plot.share), warmth)))
        pen.air.append(air)
        pen.pots.append((plot.water, plot.wet_days))
        pen.trays.append(tray)
    return pen


def _dry_at(model: _Plot, pen: _Pen, line: float) -> Callable[[float], float | None]:
    times = [time for time, _ in pen.shown]

    def dry_at(after: float) -> float | None:
        index = max(0, min(len(times) - 1, bisect_left(times, after)))
        (water, wet_days), tray = pen.pots[index], pen.trays[index]
        plot = _Plot(model.mix, model.litres, model.thirst, model.area, water, wet_days)
        for step in range(index + 1, len(times)):
            plot.dry(pen.air[step])
            tray = plot.soak(tray)
            if plot.share < line and tray < 0.05 * plot.water:
                return times[step]
        return None

    return dry_at
