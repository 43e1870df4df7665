"""What a warm afternoon alone does to a moisture series: a probe shows more when it is warmer, and less again by night.

Pure.
"""

from collections.abc import Iterable
from statistics import median

from plantops.domain.moisture import Moisture

HOUR = 3600.0
DAY = 24 * HOUR
WARMING_HOURS = 3.0
MOST_WARMTH = 4.0
"""More than this, %, no warmth does within three hours (0.2 %/°C and 20 °C)."""
FADES = 4.0
"""How fast less of it is believed where a usual day shows more than that, % for each %: at a quarter more nothing."""
WARMTH_TIMES = 1.8
"""A rise must stand this many times above what a usual day's warmth does."""
HALF = 0.5
LEAP = 2.5
BEFORE_HOURS = 4.0
"""So long before its highest level a rise has not begun."""
AROUND = 1.5 * HOUR


def daily_warmth(series: Moisture) -> float:
    """Tell the rise, %, within three hours that is nothing but a warm afternoon: the one of a usual day.

    Days whose rise is still there a day later were watered, and tell nothing of warmth. Where the rise of most days
    is more than warmth can do, somebody waters daily, and it is drunk up within the day: the more it is, the less of it
    is believed.
    """
    rises = list(_of_each_day(series))
    dry = [
        rise
        for rise, peak in rises
        if rise < LEAP or is_gone(series, series.times[peak] - BEFORE_HOURS * HOUR, rise, AROUND) is not False
    ]
    if not dry:
        return 0.0
    above = median(rise for rise, _ in rises) - MOST_WARMTH
    return min(median(dry), max(0.0, MOST_WARMTH - FADES * above))


def _of_each_day(series: Moisture) -> Iterable[tuple[float, int]]:
    """Tell the largest rise, %, of each day, and with which step it was complete; since the step before at least."""
    best: dict[int, tuple[float, int]] = {}
    first = 0
    for index, (time, level) in enumerate(zip(series.times, series.levels, strict=True)):
        while time - series.times[first] > WARMING_HOURS * HOUR and first < index - 1:
            first += 1
        day, rise = int(time // DAY), level - min(series.levels[first : index + 1])
        if day not in best or rise > best[day][0]:
            best[day] = rise, index
    return best.values()


def is_gone(series: Moisture, began: float, rise: float, around: float) -> bool | None:
    """Tell whether most of a rise is gone a day after it began (Unix time), when it is as warm; None: not known.

    Soil dries from day to day: as much as it did on the day before is no part of the rise.
    """
    yesterday, today, tomorrow = (level_near(series, began + days * DAY, around) for days in (-1, 0, 1))
    if today is None or tomorrow is None:
        return None
    drying = 0.0 if yesterday is None else max(0.0, yesterday - today)
    return tomorrow - today + drying < HALF * rise


def is_sudden(series: Moisture, span: tuple[float, float], rise: float, warmth: float) -> bool:
    """Tell whether half of a rise came between two steps, and more than warmth does in the time."""
    begin, end = series.span(*span)
    leap = max((series.levels[step] - series.levels[step - 1] for step in range(begin + 1, end)), default=0.0)
    return leap >= max(LEAP, HALF * rise, WARMTH_TIMES * warmth)


def level_near(series: Moisture, time: float, within: float) -> float | None:
    """Tell the level around a time; None: nothing was read then."""
    begin, end = series.span(time - within, time + within)
    return median(series.levels[begin:end]) if begin < end else None
