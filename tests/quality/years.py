"""Two years of a few pots, watched as the house does: waterings, what was foretold, dry spells, silence, and drift."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.alerts import AlertKind
from plantops.domain import alert_needs, alert_silence
from plantops.domain.alert_needs import RULES, Case, Felt, Now, Rule, Side
from plantops.domain.alert_silence import Rhythm, Signs
from plantops.domain.alerts import SAME_WITHIN, Finding, Subject
from plantops.domain.drift import Drift, Plateau, drifted
from plantops.domain.moisture import Hour, moisture
from plantops.domain.tongue import IN_ENGLISH, Speech
from plantops.domain.watering import Watering, waterings

from tests.quality import balcony
from tests.quality.score import CYCLES, EARLY, LATE, told_from
from tests.quality.story import DAY, HOUR, Story, Wire, hours

DAYS = 730.0
BEGIN = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
WIRE = Wire(every=900.0, noise=0.3, bend=0.3)
"""A good probe, hardly moved by warmth and hands: what an alert should say of the soil is beyond dispute."""
SILENT = ((150.0, 2.0), (300.0, 6.0), (520.0, 12.0))
"""When the node falls silent, days, and for how many."""
DRIFTS_FROM, DRIFT = 240.0, 0.05
"""Since when the drifting probe loses how much, % a day."""
SLIDE, LOOK_BACK = 30.0, 60.0
LEAST_SPELL = 12 * HOUR
"""A dry spell that lasts so long must be told of; a shorter one may be."""
PLANT = UUID(int=1)
LOW: Rule = next(rule for rule in RULES if rule.kind is AlertKind.SOIL_MOISTURE_LOW and rule.side is Side.LOW)


@dataclass(slots=True)
class Lived:
    """What came of two years of one pot."""

    story: Story
    found: list[Watering] = field(default_factory=list)
    missed: int = 0
    false: int = 0
    errors: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    """Whether the range held what came."""
    dry: list[float] = field(default_factory=list)
    """When alerts of dry soil were opened, Unix times."""
    silent: list[float] = field(default_factory=list)
    drift: Drift | None = None
    drift_told: float | None = None
    """When the drift was told first, days."""

    @property
    def spells(self) -> list[list[tuple[float, float]]]:
        """The true dry spells, from when the soil got below the threshold until water came.

        Those that follow within a day belong together: they make one alert, or one each.
        """
        together: list[list[tuple[float, float]]] = []
        for dry, wet in _spells(self.story):
            if together and dry - together[-1][-1][1] <= SAME_WITHIN.total_seconds() + 6 * HOUR:
                together[-1].append((dry, wet))
            else:
                together.append([(dry, wet)])
        return [group for group in together if not silent(group[0][0] - DAY, group[-1][1] + DAY)]

    def told(self, begin: float, end: float) -> int:
        """Count the alerts of dry soil that were opened between two moments, or a little before."""
        return sum(begin - 12 * HOUR <= at <= end + 2 * HOUR for at in self.dry)


def stories(plants: int = 4, seed: int = 11) -> list[Story]:
    """Tell of some pots, whose node is silent at times; the probe of the last one drifts."""
    told = [balcony.pot(number, "two years", WIRE, seed, (BEGIN, DAYS)) for number in range(plants)]
    return [_marred(one, drifts=one is told[-1]) for one in told]


def silent(begin: float, end: float) -> bool:
    """Tell whether the node was silent at any time between two moments, or had only just come back."""
    return any(
        begin < BEGIN + (day + length) * DAY + EARLY and BEGIN + day * DAY - EARLY < end for day, length in SILENT
    )


def _marred(story: Story, *, drifts: bool) -> Story:
    readings = [
        (time, value - (max(0.0, day - DRIFTS_FROM) * DRIFT if drifts else 0.0))
        for time, value in story.readings
        for day in [(time - BEGIN) / DAY]
        if not any(begin <= day < begin + length for begin, length in SILENT)
    ]
    return Story(
        name=story.name + (", drifting" if drifts else ""),
        scenario=story.scenario,
        readings=readings,
        waterings=story.waterings,
        soaked=story.soaked,
        dry_at=story.dry_at,
        sips=story.sips,
        threshold=story.threshold,
    )


def live(story: Story) -> Lived:
    """Watch one pot for two years."""
    lived = Lived(story)
    past = hours(story.readings)
    _water(lived, past)
    _foretell(lived, past)
    _alert(lived, past)
    _listen(lived)
    return lived


def _water(lived: Lived, past: Sequence[Hour]) -> None:
    """Find waterings month by month, each time from two months' hours, as the house does; watch for drift too."""
    begins = [hour.begin for hour in past]
    plateaus: list[Plateau] = []
    day = SLIDE
    while day <= DAYS:
        end = BEGIN + day * DAY
        window = past[bisect_left(begins, end - LOOK_BACK * DAY) : bisect_left(begins, end)]
        new = [one for one in waterings(moisture(window)) if end - SLIDE * DAY <= one.at < end]
        lived.found += new
        plateaus += [Plateau(one.at, one.before, one.after, soaked_through=one.soaked_through is True) for one in new]
        drift = drifted([one for one in plateaus if one.at > end - 400 * DAY], calibrated=False)
        if drift is not None and lived.drift is None:
            lived.drift, lived.drift_told = drift, day
        day += SLIDE
    _count(lived)


def _count(lived: Lived) -> None:
    readings, seen = [time for time, _ in lived.story.readings], set[int]()
    for one in lived.found:
        following = readings[min(len(readings) - 1, bisect_right(readings, one.not_before + HOUR))]
        begin, end = one.not_before - EARLY, following + LATE
        true = {number for number, time in enumerate(lived.story.waterings) if begin <= time <= end}
        lived.false += not true and not any(begin <= time <= end for time in lived.story.sips)
        seen |= true
    heard = {number for number, time in enumerate(lived.story.waterings) if not silent(time, time)}
    lived.missed = len(heard - seen)


def _foretell(lived: Lived, past: Sequence[Hour]) -> None:
    """Ask after every third watering when the soil will be dry."""
    series, found = moisture(past), lived.found
    for number in range(CYCLES, len(found) - 1, 3):
        asked = found[number].settled_at + 2 * HOUR
        dry = lived.story.dry_at(asked)
        interval = found[number + 1].at - found[number].at
        if dry is None or dry - asked < 6 * HOUR or interval < 12 * HOUR:
            continue
        told = told_from(series, found, number, asked, lived.story.threshold)
        if told is not None:
            lived.errors.append((told.at - dry) / interval)
            lived.held.append(told.earliest <= dry <= told.latest)


def _spells(story: Story) -> Iterator[tuple[float, float]]:
    for time, following in pairwise(story.waterings):
        dry = story.dry_at(time)
        if dry is not None and dry < following:
            yield dry, following


def _alert(lived: Lived, past: Sequence[Hour]) -> None:
    """Judge the soil's lower bound each hour."""
    times = [time for time, _ in lived.story.readings]
    is_open, over_at = False, datetime.fromtimestamp(BEGIN, UTC) - 2 * SAME_WITHIN
    for hour in past:
        last = bisect_left(times, hour.begin + HOUR) - 1
        now, value = lived.story.readings[last]
        felt = lived.story.readings[bisect_left(times, now - LOW.window.total_seconds()) : last + 1]
        case = _case(lived.story, (now, value), felt)
        moment = datetime.fromtimestamp(now, UTC)
        found = isinstance(alert_needs.judge(case, IN_ENGLISH, is_open=is_open), Finding)
        if found and not is_open and moment - over_at > SAME_WITHIN:
            lived.dry.append(now)
        if is_open and not found:
            over_at = moment
        is_open = found


def _case(story: Story, newest: tuple[float, float], felt: Sequence[tuple[float, float]]) -> Case:
    values = [value for _, value in felt]
    return Case(
        subject=Subject(LOW.kind, plant_id=PLANT),
        rule=LOW,
        name=story.name,
        low=story.threshold,
        high=None,
        now=Now(1, datetime.fromtimestamp(newest[0], UTC), newest[1]),
        felt=Felt(len(values), datetime.fromtimestamp(felt[0][0], UTC), min(values), max(values), median(values), None),
    )


def _listen(lived: Lived) -> None:
    """Listen to the node: learn its rhythm, and ask each hour whether it has been silent for too long."""
    rhythm, speech = Rhythm(), Speech(IN_ENGLISH, ZoneInfo("UTC"))
    times = [time for time, _ in lived.story.readings]
    since = datetime.fromtimestamp(times[0], UTC)
    for before, after in pairwise(times):
        seen, heard = datetime.fromtimestamp(before, UTC), datetime.fromtimestamp(after, UTC)
        if after - before > HOUR:
            signs = Signs("plant-3fa2c1", "Node", seen, rhythm=rhythm)
            checks = (seen + timedelta(hours=step) for step in range(1, int((after - before) // HOUR) + 1))
            told = next(
                (at for at in checks if isinstance(alert_silence.judge(signs, at, since, speech), Finding)), None
            )
            if told is not None:
                lived.silent.append(told.timestamp())
        if not rhythm.knows(heard - seen, heard):
            rhythm = rhythm.after(heard - seen, heard)
