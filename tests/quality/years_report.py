"""The report's part about two years: what was alarmed, silent and drifting, beside the truth."""

from collections.abc import Sequence
from html import escape
from statistics import median

from tests.quality.story import DAY, HOUR
from tests.quality.years import BEGIN, DAYS, LEAST_SPELL, SILENT, Lived

WIDTH, HEIGHT = 860.0, 150.0


def section(lived: Sequence[Lived]) -> str:
    """Write it."""
    heads = ("", "waterings", "missed", "invented", "error", "dry spells", "untold", "told twice", "silences", "drift")
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _row(one))}</tr>" for one in lived)
    drawn = "".join(f"<p>{escape(one.story.name)}</p>{_picture(one)}" for one in lived)
    return f"""<h2>Two years</h2>
<p>Four pots, judged month by month. Green: the day's mean. Blue ticks above: dry spells of half a day and more.
Red ticks: alerts of dry soil. Grey: the node was silent; violet: when that was told. Dashed red: when the probe was
told to have drifted. Outdoors (rain) nobody knows when it would have been dry, and a drifting probe is wrong: untold
spells count for the others.</p>
<table><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr>{rows}</table>{drawn}"""


def _long(one: Lived) -> list[tuple[float, float, int]]:
    """Give the spells that must be told, joined, with how often they were told more than once for each."""
    return [
        (group[0][0], group[-1][1], one.told(group[0][0], group[-1][1]) - len(group))
        for group in one.spells
        if max(wet - dry for dry, wet in group) >= LEAST_SPELL
    ]


def _row(one: Lived) -> list[str]:
    long = _long(one)
    untold = sum(one.told(begin, end) == 0 for begin, end, _ in long)
    fair = not one.story.sips and "drifting" not in one.story.name
    return [
        escape(one.story.name),
        str(len(one.story.waterings)),
        str(one.missed),
        str(one.false),
        f"{median(map(abs, one.errors)):.0%}" if one.errors else "",
        str(len(long)),
        f"{untold}{'' if fair else ' (not counted)'}",
        str(sum(more > 0 for _, _, more in long)),
        f"{len(one.silent)} of {len(SILENT)}",
        "" if one.drift is None else f"{one.drift.shift:+.0f} % on day {one.drift_told:.0f}",
    ]


def _picture(one: Lived) -> str:
    days: dict[int, list[float]] = {}
    for time, value in one.story.readings:
        days.setdefault(int((time - BEGIN) / DAY), []).append(value)
    means = {day: sum(values) / len(values) for day, values in days.items()}
    top = max(means.values())

    def x(day: float) -> float:
        return day / DAYS * WIDTH

    def tick(at: float, low: float, high: float, colour: str) -> str:
        place = x((at - BEGIN) / DAY)
        return f'<line x1="{place:.1f}" x2="{place:.1f}" y1="{low}" y2="{high}" stroke="{colour}"/>'

    line = " ".join(f"{x(day):.1f},{HEIGHT - 20 - mean / top * (HEIGHT - 50):.1f}" for day, mean in means.items())
    grey = "".join(
        f'<rect x="{x(begin):.1f}" y="0" width="{x(length):.1f}" height="{HEIGHT}" fill="#ccd"/>'
        for begin, length in SILENT
    )
    ticks = "".join(tick(begin, 2, 12, "#2f7ed8") for begin, _, _ in _long(one))
    ticks += "".join(tick(at, 14, 24, "#b00020") for at in one.dry)
    ticks += "".join(tick(at + HOUR, 0, HEIGHT, "#8250df") for at in one.silent)
    if one.drift_told is not None:
        ticks += f'<line x1="{x(one.drift_told):.1f}" x2="{x(one.drift_told):.1f}" y1="0" y2="{HEIGHT}" '
        ticks += 'stroke="#b00020" stroke-dasharray="4 3"/>'
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">{grey}<polyline points="{line}" class="soil"/>'
        f"{ticks}</svg>"
    )
