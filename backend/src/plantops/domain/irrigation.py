"""Whether a plant may be watered now, and if not, why: every reason in words. Pure; what is in doubt ends dry."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aioplantops.irrigation import LONGEST_SECONDS, WateringReason

from .tongue import Tongue

FRESH = timedelta(hours=1)
"""What a level or leak sensor said longer ago is not known any more."""

FRESH_SOIL = timedelta(hours=2)
"""The same for soil, which changes more slowly."""

AHEAD = timedelta(minutes=10)
"""A reading dated further ahead comes from a wrong clock and says nothing of now."""

SOAKED = timedelta(hours=24)
"""A pot that was soaked through drains to its field capacity within a day; until then more water runs through."""

WET = 0.5
"""From here on a sensor of 0 and 1 means 1."""

OVERRULED = frozenset({WateringReason.PLANT_WET, WateringReason.JUST_SOAKED, WateringReason.PAUSE})
"""What `force` overrules: what may harm the plant. What may harm the floor is never overruled."""

WARNED = frozenset({WateringReason.PROBE_SILENT, WateringReason.PROBE_FAULTY})
"""What a person is only warned of: people see the plant. The automatic waters no plant that it cannot feel."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a sensor said last, in its metric's unit."""

    value: float
    at: datetime

    def fresh(self, now: datetime, keeps: timedelta) -> bool:
        """Tell whether it still says anything of now."""
        return -AHEAD <= now - self.at <= keeps


@dataclass(frozen=True, slots=True)
class Gauge:
    """A sensor that watches an irrigator, if there is one, and what it said last."""

    there: bool = False
    level: Level | None = None

    def now(self, now: datetime, keeps: timedelta = FRESH) -> float | None:
        """Tell the value of now; None where nobody knows it."""
        return self.level.value if self.level is not None and self.level.fresh(now, keeps) else None


@dataclass(frozen=True, slots=True)
class Thirst:
    """A plant on the hose, as far as it is felt."""

    name: str
    moisture: Gauge = Gauge()
    """Soil moisture, %; there, but without a level, where the probe is not calibrated."""
    faulty: bool = False
    """Whether the probe is known to be wrong."""
    low: float | None = None
    high: float | None = None
    """The bounds that hold for its soil moisture, %."""
    soaked_at: datetime | None = None
    """When it was last soaked through."""
    wants_at: datetime | None = None
    """When it wants water next."""


@dataclass(frozen=True, slots=True)
class Rig:
    """What an irrigator is and may do."""

    enabled: bool = True
    blocked: str | None = None
    """The sentence that tells why; None: it is not."""
    max_seconds: float = 30.0
    pause: timedelta = timedelta(hours=1)
    daily_max_seconds: float = 120.0
    reservoir_minimum: float = 10.0
    """%"""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that is known at the moment of the question."""

    now: datetime
    house_on: bool = True
    rig: Rig = field(default_factory=Rig)
    declared: bool = True
    """Whether the device says that it has this valve."""
    device_max_seconds: float | None = None
    """After which the device closes by itself, as it says."""
    online: bool = True
    busy: bool = False
    """Whether a watering is under way on the device."""
    last_ended: datetime | None = None
    """When water last flowed through the valve."""
    used_seconds: float = 0.0
    """How long water has flowed today."""
    reservoir: Gauge = Gauge()
    leak: Gauge = Gauge()
    plants: Sequence[Thirst] = ()

    @property
    def longest_seconds(self) -> float:
        """Tell how long one watering may last."""
        return min(self.rig.max_seconds, self.device_max_seconds or LONGEST_SECONDS, LONGEST_SECONDS)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    seconds: float
    automatic: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Objection:
    """Something that speaks against it."""

    reason: WateringReason
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it may be: not while anything forbids it."""

    refusals: tuple[Objection, ...]
    warnings: tuple[Objection, ...]


def consider(situation: Situation, wish: Wish, tongue: Tongue) -> Answer:
    """Tell what forbids a watering, and what only speaks against it."""
    refusals: list[Objection] = []
    warnings: list[Objection] = []
    for objection in objections(situation, wish.seconds, tongue):
        overruled = wish.force and not wish.automatic and objection.reason in OVERRULED
        warned = not wish.automatic and objection.reason in WARNED
        (warnings if overruled or warned else refusals).append(objection)
    return Answer(tuple(refusals), tuple(warnings))


def objections(situation: Situation, seconds: float, tongue: Tongue) -> Iterator[Objection]:
    """List everything that speaks against watering now, the gravest first."""
    for look in (_switches, _water, _device, _limits):
        yield from look(situation, seconds, tongue)
    for plant in situation.plants:
        yield from _soil(plant, situation.now, tongue)


def _objection(reason: WateringReason, tongue: Tongue, **told: str) -> Objection:
    return Objection(reason, tongue.water.objections[reason].format(**told))


def _switches(it: Situation, _seconds: float, tongue: Tongue) -> Iterator[Objection]:
    if not it.house_on:
        yield _objection(WateringReason.HOUSE_OFF, tongue)
    if not it.rig.enabled:
        yield _objection(WateringReason.IRRIGATOR_OFF, tongue)
    if it.rig.blocked is not None:
        yield _objection(WateringReason.BLOCKED, tongue, why=it.rig.blocked)


def _water(it: Situation, _seconds: float, tongue: Tongue) -> Iterator[Objection]:
    if it.leak.there:
        wet = it.leak.now(it.now)
        if it.leak.level is not None and it.leak.level.value >= WET:
            yield _objection(WateringReason.LEAK, tongue)
        elif wet is None:
            yield _objection(WateringReason.LEAK_UNKNOWN, tongue)
    if it.reservoir.there:
        level, least = it.reservoir.now(it.now), it.rig.reservoir_minimum
        if level is None:
            yield _objection(WateringReason.RESERVOIR_UNKNOWN, tongue)
        elif level < least:
            told = {"level": tongue.fixed(level), "least": tongue.plain(least)}
            yield _objection(WateringReason.RESERVOIR_EMPTY, tongue, **told)


def _device(it: Situation, _seconds: float, tongue: Tongue) -> Iterator[Objection]:
    if not it.declared:
        yield _objection(WateringReason.NO_VALVE, tongue)
    if not it.online:
        yield _objection(WateringReason.DEVICE_OFFLINE, tongue)
    if it.busy:
        yield _objection(WateringReason.BUSY, tongue)


def _limits(it: Situation, seconds: float, tongue: Tongue) -> Iterator[Objection]:
    if seconds > it.longest_seconds:
        told = {"most": tongue.plain(it.longest_seconds), "seconds": tongue.plain(seconds)}
        yield _objection(WateringReason.TOO_LONG, tongue, **told)
    left = max(0.0, it.rig.daily_max_seconds - it.used_seconds)
    if seconds > left:
        told = {"most": tongue.plain(it.rig.daily_max_seconds), "left": tongue.plain(left)}
        yield _objection(WateringReason.DAILY_MAXIMUM, tongue, **told)
    if not it.busy and it.last_ended is not None and (waits := it.rig.pause - (it.now - it.last_ended)) > timedelta(0):
        minutes = -(-waits // timedelta(minutes=1))
        yield _objection(WateringReason.PAUSE, tongue, wait=tongue.counted(tongue.water.pause, minutes))


def _soil(plant: Thirst, now: datetime, tongue: Tongue) -> Iterator[Objection]:
    moisture = plant.moisture.now(now, FRESH_SOIL)
    if plant.faulty:
        yield _objection(WateringReason.PROBE_FAULTY, tongue, name=plant.name)
    if moisture is None:
        yield Objection(WateringReason.PROBE_SILENT, _silence(plant, tongue))
    elif plant.high is not None and moisture >= plant.high:
        told = {"moisture": tongue.fixed(moisture), "high": tongue.plain(plant.high)}
        yield _objection(WateringReason.PLANT_WET, tongue, name=plant.name, **told)
    if plant.soaked_at is not None and timedelta(0) <= now - plant.soaked_at < SOAKED:
        yield _objection(WateringReason.JUST_SOAKED, tongue, name=plant.name)


def _silence(plant: Thirst, tongue: Tongue) -> str:
    words = tongue.water
    if not plant.moisture.there:
        said = words.no_probe
    elif plant.moisture.level is None:
        said = words.unread_probe
    else:
        said = words.objections[WateringReason.PROBE_SILENT]
    return said.format(name=plant.name)


def sentence(objections: Sequence[Objection]) -> str:
    """Put objections into one text."""
    return " ".join(objection.words for objection in objections)


def thirsty(plants: Sequence[Thirst], now: datetime) -> Thirst | None:
    """Give the plant whose moisture is furthest below its lower bound; None: all are well, or nobody knows."""
    return _most(plants, lambda plant: _lack(plant, now))


def overdue(plants: Sequence[Thirst], now: datetime) -> Thirst | None:
    """Give the plant that has wanted water for the longest, as its drying says."""
    return _most(plants, lambda plant: None if plant.wants_at is None else (now - plant.wants_at).total_seconds())


def _lack(plant: Thirst, now: datetime) -> float | None:
    moisture = plant.moisture.now(now, FRESH_SOIL)
    return None if moisture is None or plant.low is None else plant.low - moisture


def _most(plants: Sequence[Thirst], need: Callable[[Thirst], float | None]) -> Thirst | None:
    needs = [(value, at) for at, plant in enumerate(plants) if (value := need(plant)) is not None and value > 0.0]
    return plants[max(needs)[1]] if needs else None
