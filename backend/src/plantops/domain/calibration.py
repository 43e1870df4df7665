"""What makes a probe's volts per cent: a line, and from when until when it holds. Pure.

What was sent is what is stored and rolled up; a line is applied whenever it is read. That is the same for readings and
roll-ups, since a line commutes with sums, and with the least and the greatest: with a negative factor they swap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import fsum, isfinite

from aioplantops.calibration import CalibrationInvalid
from aioplantops.metrics import METRICS, Metric, scale

from .resolution import EARLIEST, LATEST, Line, Span

VOLTS_NOISE = 0.01
"""What a good 12-bit converter of 3.3 V wavers by, V: ten steps of it."""

CLOSEST = 5
"""Points must lie so many times further apart than what is sent wavers, or the line would be made of noise."""

type Points = Sequence[tuple[float, float]]
"""What was sent, and what it should have said."""


@dataclass(frozen=True, slots=True)
class Version:
    """A line, and the UTC hour since which it holds: until the next version's."""

    from_: datetime
    line: Line


@dataclass(frozen=True, slots=True)
class Calibration:
    """A channel's versions that hold, in the order of time; at least one."""

    device_id: str
    metric: Metric
    sent_unit: str
    """The unit of the stored values."""
    versions: Sequence[Version]

    @property
    def unit(self) -> str:
        """The unit that the values get."""
        return METRICS[self.metric].unit

    def line_at(self, moment: datetime) -> Line | None:
        """Give the line that holds at a moment; None before the first version."""
        held = None
        for version in self.versions:
            if version.from_ > moment:
                break
            held = version.line
        return held

    def shown(self, time: datetime, sent: float) -> float | None:
        """Tell a reading in the channel's unit, as it is shown to people; None when it can't be told in that unit.

        That is so for volts that were sent before the first version. Raw per cents are told as they were sent.
        """
        line = self.line_at(time)
        if line is None:
            return sent if self.sent_unit == self.unit else None
        return METRICS[self.metric].shown.nearest(line(sent))

    def cut(self, span: Span) -> list[tuple[Span, str, Line | None]]:
        """Cut a span where another version begins to hold: parts, their units, and their lines."""
        begins = [EARLIEST, *(version.from_ for version in self.versions)]
        ends = [*begins[1:], LATEST]
        units = [self.sent_unit, *(self.unit for _ in self.versions)]
        lines = [None, *(version.line for version in self.versions)]
        parts = zip((Span(*ends_) for ends_ in zip(begins, ends, strict=True)), units, lines, strict=True)
        cut = [(part.within(span), unit, line) for part, unit, line in parts]
        return [one for one in cut if not one[0].empty]


type Calibrations = Mapping[int, Calibration]
"""Calibrations by channel id; a channel that isn't there is not calibrated."""


def noise(metric: Metric, sent_unit: str) -> float:
    """Tell how much what is sent wavers by itself, in its unit: the least that makes a difference."""
    quantity = METRICS[metric]
    return VOLTS_NOISE if sent_unit != quantity.unit else 10.0**-quantity.decimals


def fit(points: Points, metric: Metric, sent_unit: str) -> Line:
    """Draw the line through two points, or the best one (least squares) through more.

    Raises CalibrationInvalid, in words, for points that no probe can mean.
    """
    _check_values(points, metric, sent_unit)
    _check_distances(points, metric, sent_unit)
    middle = fsum(sent for sent, _ in points) / len(points)
    height = fsum(value for _, value in points) / len(points)
    factor = fsum((sent - middle) * (value - height) for sent, value in points) / fsum(
        (sent - middle) ** 2 for sent, _ in points
    )
    line = Line(factor, height - factor * middle)
    _check_order(points, line, metric, sent_unit)
    return line


def check_value(value: float, metric: Metric) -> None:
    """See that something can be so. Raises CalibrationInvalid."""
    quantity = METRICS[metric]
    if not quantity.shown.holds(value):
        raise CalibrationInvalid(
            f"{value:g} {quantity.unit} is nothing that {quantity.name.lower()} can be "
            f"({quantity.shown.low:g} to {quantity.shown.high:g} {quantity.unit})."
        )


def _check_values(points: Points, metric: Metric, sent_unit: str) -> None:
    measure = scale(metric, sent_unit)
    can_be_sent = METRICS[metric].span if measure is None else measure.span
    for sent, value in points:
        if not (isfinite(sent) and isfinite(value)):
            raise CalibrationInvalid("A point must be of finite numbers.")
        if not can_be_sent.holds(sent):
            raise CalibrationInvalid(
                f"{sent:g} {sent_unit} is nothing that this channel can send "
                f"({can_be_sent.low:g} to {can_be_sent.high:g} {sent_unit})."
            )
        check_value(value, metric)


def _check_distances(points: Points, metric: Metric, sent_unit: str) -> None:
    unit = METRICS[metric].unit
    apart = max(sent for sent, _ in points) - min(sent for sent, _ in points)
    closest = CLOSEST * noise(metric, sent_unit)
    if len({value for _, value in points}) < 2:  # noqa: PLR2004
        raise CalibrationInvalid(
            f"All points are said to be {points[0][1]:g} {unit}: two different values are needed, such as dry and wet."
        )
    if apart < closest:
        raise CalibrationInvalid(
            f"The points are too close: what was sent differs by {apart:.3g} {sent_unit} only, "
            f"and should by {closest:g} {sent_unit} at least. Was the probe in the same soil both times?"
        )


def _check_order(points: Points, line: Line, metric: Metric, sent_unit: str) -> None:
    """See that all points rise, or all fall: of two that say otherwise, one is upside down."""
    unit = METRICS[metric].unit
    clear = noise(metric, sent_unit)
    for (sent, value), (other, theirs) in combinations(sorted(points), 2):
        if value != theirs and other - sent > clear and (line.factor > 0) is not (theirs > value):
            raise CalibrationInvalid(
                f"The points are upside down: {sent:g} {sent_unit} as {value:g} {unit} and {other:g} {sent_unit} as "
                f"{theirs:g} {unit} say the opposite of the others. Were dry and wet swapped?"
            )
    if line.factor == 0:
        raise CalibrationInvalid("The points contradict each other: they make no line that rises or falls.")
