"""How good it was: what was found against what happened, what was foretold against what came."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Self

from plantops.domain.moisture import Moisture, moisture
from plantops.domain.outlook import Outlook, look_ahead
from plantops.domain.watering import Watering, waterings

from tests.quality.story import DAY, HOUR, Story, hours

EARLY, LATE = 3 * HOUR, 2 * HOUR
"""A watering is found when it lies within this of the readings between which it was placed."""
CYCLES = 3
"""Complete dry-downs before a prediction counts."""
LEAST = 6 * HOUR
"""Shorter intervals are no question for a day's planning."""
MOMENTS = (0.0, 0.5)
"""When is asked: right after the watering, and when half of the time has passed."""


@dataclass(slots=True)
class Score:
    """The counts of one scenario, or of all."""

    found: int = 0
    false: int = 0
    missed: int = 0
    soak_right: int = 0
    soak_wrong: int = 0
    errors: dict[float, list[float]] = field(default_factory=lambda: {moment: [] for moment in MOMENTS})
    """By moment: error of the predicted time as a part of the interval between two waterings, signed."""
    covered: dict[float, list[bool]] = field(default_factory=lambda: {moment: [] for moment in MOMENTS})
    habits: list[float] = field(default_factory=list)
    """The same without a threshold, against the person's next watering."""
    habits_covered: list[bool] = field(default_factory=list)

    def __iadd__(self, other: Self) -> Self:
        """Add another's counts."""
        for name in ("found", "false", "missed", "soak_right", "soak_wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for moment in MOMENTS:
            self.errors[moment] += other.errors[moment]
            self.covered[moment] += other.covered[moment]
        self.habits += other.habits
        self.habits_covered += other.habits_covered
        return self

    @property
    def precision(self) -> float:
        """Part of the found waterings that happened."""
        return self.found / max(1, self.found + self.false)

    @property
    def recall(self) -> float:
        """Part of the waterings that were found."""
        return self.found / max(1, self.found + self.missed)

    @property
    def soaked(self) -> float:
        """Part of the words about soaking that were right."""
        return self.soak_right / max(1, self.soak_right + self.soak_wrong)

    def error(self, moment: float) -> float:
        """Give the median error, as a part of the interval."""
        return median(abs(error) for error in self.errors[moment])

    def coverage(self, moment: float) -> float:
        """Tell how often the range held what came."""
        return sum(self.covered[moment]) / max(1, len(self.covered[moment]))

    @property
    def habit_error(self) -> float:
        """Give the median error against the person's own next watering."""
        return median(abs(error) for error in self.habits)

    @property
    def habit_coverage(self) -> float:
        """Tell how often the range held the person's own next watering."""
        return sum(self.habits_covered) / max(1, len(self.habits_covered))


def judge(stories: Iterable[Story]) -> Score:
    """Judge some stories."""
    score = Score()
    for story in stories:
        series = moisture(hours(story.readings))
        found = waterings(series)
        _judge_found(score, story, series, found)
        _judge_foretold(score, story, series, found)
    return score


def _judge_found(score: Score, story: Story, series: Moisture, found: Sequence[Watering]) -> None:
    seen: set[int] = set()
    for one in found:
        following = min(len(series) - 1, bisect_right(series.times, one.not_before))
        window = one.not_before - EARLY, series.times[following] + LATE
        true = {index for index, time in enumerate(story.waterings) if window[0] <= time <= window[1]}
        new = true - seen
        seen |= true
        if not new:
            score.false += not any(window[0] <= time <= window[1] for time in story.sips)
            continue
        truth = story.soaked[min(new)]
        if truth is not None and one.soaked_through is not None:
            score.soak_right += truth == one.soaked_through
            score.soak_wrong += truth != one.soaked_through
    score.found += len(seen)
    score.missed += len(story.waterings) - len(seen)


def _judge_foretold(score: Score, story: Story, series: Moisture, found: Sequence[Watering]) -> None:
    for number in range(CYCLES, len(found) - 1):
        asked = found[number].settled_at + 2 * HOUR
        dry = story.dry_at(asked)
        following = found[number + 1].at
        if following - asked > LEAST:
            habit = told_from(series, found, number, asked, None)
            if habit is not None:
                score.habits.append((habit.at - following) / (following - found[number].at))
                score.habits_covered.append(habit.earliest <= following <= habit.latest)
        if dry is None or dry - asked < LEAST:
            continue
        for moment in MOMENTS:
            now = asked + moment * (min(dry, following) - asked)
            told = told_from(series, found, number, now, story.threshold)
            error = 9.0 if told is None else (told.at - dry) / (following - found[number].at)
            score.errors[moment].append(error)
            score.covered[moment].append(told is not None and told.earliest <= dry <= told.latest)


def told_from(
    series: Moisture, found: Sequence[Watering], number: int, now: float, threshold: float | None
) -> Outlook | None:
    """Ask with nothing but what was known then: sixty days back, no reading from later."""
    begin, end = series.span(now - 60 * DAY, now)
    past = Moisture(series.times[begin:end], series.levels[begin:end], series.noise)
    known = [one for one in found[: number + 1] if one.at >= past.times[0]]
    return look_ahead(past, known, now, threshold=threshold)
