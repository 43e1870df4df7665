"""Whether soil got wetter, or only a probe came back that had been pulled out of it for hours or days. Pure."""

from statistics import median

from plantops.domain.moisture import AWAY_SECONDS, FALL, Moisture

HOUR = 3600.0
AIR_HOURS = 60.0
"""A probe that was out of the soil for up to this long is recognised when it comes back."""
FALL_HOURS = 3.0
"""A fall between readings that lie further apart may have been drying."""
SHARE = 0.6
"""A fall of this part of the rise after it may have been the probe's, not the soil's."""
FALLEN_HOURS = 2.5
"""The levels that tell where a fall has led to: in the first hour the probe may have been in the air for a part."""
BEFORE_HOURS = 6.0
SOIL_PART = 50
"""Of so many levels one may be lower than soil ever is."""
LEAST_SLACK = 3.5
"""A probe that is put back shows the same soil so much, %, higher or lower at least."""
NOISE_TIMES = 4.5


def was_in_the_air(series: Moisture, index: int, rise: tuple[float, float], drained: float) -> bool:
    """Tell whether a rise from `index` on only leads back to where the level was before a sudden fall.

    `rise` is from which level to which, %. Until `drained` (Unix time) the surplus of the watering before it ran out:
    such falls are no pulled probe's. Neither is one that a single hour shows, in which the probe was put back, nor one
    after which soil dried on and was watered to less than before: then the probe stands elsewhere now.
    """
    levels, times = series.levels, series.times
    first, _ = series.span(max(drained, times[index] - AIR_HOURS * HOUR), times[index])
    slack = max(LEAST_SLACK, NOISE_TIMES * series.noise)
    before, after = rise
    least = SHARE * (after - before)
    for fall in range(index - 1, max(first, 1) - 1, -1):
        apart = times[fall] - times[fall - 1]
        if levels[fall - 1] - levels[fall] - _dried(series, fall - 1) * apart < least or apart > FALL_HOURS * HOUR:
            continue
        begin, _ = series.span(times[fall - 1] - BEFORE_HOURS * HOUR, times[fall])
        _, end = series.span(times[fall], times[fall] + FALLEN_HOURS * HOUR)
        stood, fallen = median(levels[begin:fall]), median(levels[fall : min(end, index)])
        if stood - fallen < least:
            continue
        gained = after - stood
        return gained <= slack and (gained >= before - fallen - slack or _drier_than_soil(series, fall, index, slack))
    return False


def _dried(series: Moisture, index: int) -> float:
    """Tell how fast soil fell into a step, %/s: a fall that goes on so is a hot afternoon's, not a pulled probe's."""
    levels, times = series.levels, series.times
    if index == 0 or times[index] - times[index - 1] > AWAY_SECONDS:
        return 0.0
    return max(0.0, min(FALL, levels[index - 1] - levels[index])) / (times[index] - times[index - 1])


def _drier_than_soil(series: Moisture, begin: int, end: int, slack: float) -> bool:
    """Tell whether a stretch lies clearly below what the probe says in the soil: air is drier than that."""
    soil = sorted([*series.levels[:begin], *series.levels[end:]])
    return median(series.levels[begin:end]) + slack < soil[len(soil) // SOIL_PART]
