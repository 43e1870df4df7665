"""Drawings for the report: a plant's curve with what was found in it, and bars of numbers against their targets."""

from collections.abc import Sequence
from html import escape

from plantops.domain.moisture import moisture
from plantops.domain.watering import waterings

from tests.quality.score import told_from
from tests.quality.story import DAY, HOUR, Story, hours

WIDTH, HEIGHT, LEFT = 860.0, 170.0, 34.0
DAYS = 40.0
"""The part of a story that is drawn: its last days."""


def curve(story: Story) -> str:
    """Draw a story's last weeks: readings, true and found waterings, and the range told half-way of each dry-down."""
    end = story.readings[-1][0]
    begin = max(story.readings[0][0], end - DAYS * DAY)
    shown = [(time, value) for time, value in story.readings if time >= begin]
    low, high = min(value for _, value in shown), max(value for _, value in shown)
    series = moisture(hours(story.readings))
    found = waterings(series)

    def x(time: float) -> float:
        return LEFT + (time - begin) / (end - begin) * (WIDTH - LEFT)

    def y(value: float) -> float:
        return 8 + (high - value) / max(1.0, high - low) * (HEIGHT - 30)

    step = max(1, len(shown) // 900)
    line = " ".join(f"{x(time):.1f},{y(value):.1f}" for time, value in shown[::step])
    parts = [
        f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y(story.threshold):.1f}" y2="{y(story.threshold):.1f}" class="bound"/>',
        f'<polyline points="{line}" class="soil"/>',
        *(f'<line x1="{x(time):.1f}" x2="{x(time):.1f}" y1="4" y2="{HEIGHT - 22}" class="true"/>'
          for time in story.waterings if time >= begin),
        *(f'<circle cx="{x(one.at):.1f}" cy="{y(one.before):.1f}" r="4" class="found"/>'
          for one in found if one.at >= begin),
        f'<text x="0" y="{y(high) + 8:.0f}">{high:.0f} %</text><text x="0" y="{y(low):.0f}">{low:.0f} %</text>',
    ]  # fmt: skip
    for number, one in enumerate(found[:-1]):
        half = (one.settled_at + found[number + 1].at) / 2
        if half < begin or number < 1:
            continue
        if (told := told_from(series, found, number, half, story.threshold)) is not None:
            top = HEIGHT - 18 + (number % 2) * 8
            parts.append(
                f'<line x1="{x(told.earliest):.1f}" x2="{min(WIDTH, x(told.latest)):.1f}" y1="{top}" y2="{top}" '
                f'class="range"/><circle cx="{min(WIDTH, x(told.at)):.1f}" cy="{top}" r="2.5" class="at"/>'
            )
    return f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">{"".join(parts)}</svg>'


def spread(errors: Sequence[float]) -> str:
    """Draw how the errors are spread: ten per cent to a bar, from -100 % to +100 %."""
    counts = [0] * 20
    for error in errors:
        counts[max(0, min(19, int((error + 1.0) * 10)))] += 1
    most = max(counts) or 1
    bars = "".join(
        f'<rect x="{index * 14}" y="{60 - 56 * count / most:.1f}" width="12" height="{56 * count / most:.1f}" '
        f'class="{"good" if 8 <= index <= 11 else "bar"}"/>'
        for index, count in enumerate(counts)
    )
    return f'<svg viewBox="0 0 280 62" class="small" role="img">{bars}</svg>'


def caption(story: Story) -> str:
    """Say whose curve it is."""
    days = (story.readings[-1][0] - story.readings[0][0]) / DAY
    every = (story.readings[1][0] - story.readings[0][0]) / HOUR
    return escape(f"{story.name}: {len(story.waterings)} waterings in {days:.0f} days, read every {every * 60:.0f} min")
