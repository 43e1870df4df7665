"""What a day's readings come to: light, deficit of vapour, temperature and growth. Pure.

* DLI: the integral of PPFD over the day, mol/m²; illuminance counts by the factor of its light source.
* VPD: the mean of the deficit at each moment, not that of mean temperature and mean humidity, which is too small.
* Growing degree days: half the sum of the day's highest and lowest temperature, each first brought between base and
  upper temperature, less the base: method 2 of G. S. McMaster & W. W. Wilhelm, Agric. For. Meteorol. 87 (1997),
  291-300, with the upper threshold as for maize ("86/50").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aioplantops.air import vapour_pressure_deficit
from aioplantops.days import LightSum
from aioplantops.metrics import Metric
from aioplantops.site import Site

from .curve import Area, Curve, Point
from .resolution import Span

LIGHT = (Metric.PPFD, Metric.ILLUMINANCE)
USED = (*LIGHT, Metric.TEMPERATURE, Metric.HUMIDITY)
"""The metrics that days are made from."""

CLEARLY_MORE = 0.1
"""Illuminance stands in for ppfd where it covers so much more of the time (a part of it)."""

ENOUGH_FOR_GROWTH = 0.75
"""Part of a day that must be covered: in less, the highest or lowest temperature was probably missed."""

MICRO = 1e-6

type Series = Mapping[Metric, Sequence[Curve]]
"""Each channel that served a plant for a metric, as a curve."""


@dataclass(frozen=True, slots=True)
class Daily:
    """What a day came to; units as in `aioplantops.days.PlantDay`."""

    light: LightSum = field(default_factory=LightSum)
    vpd_mean: float | None = None
    vpd_max: float | None = None
    air_coverage: float = 0.0
    temperature_mean: float | None = None
    temperature_min: float | None = None
    temperature_max: float | None = None
    temperature_coverage: float = 0.0
    growing_degree_days: float | None = None

    @property
    def known(self) -> bool:
        """Tell whether anything is."""
        return self.light.dli is not None or self.temperature_min is not None


def light(series: Series, site: Site, span: Span) -> LightSum:
    """Add up the light of a span: of ppfd, unless illuminance covers clearly more of it."""
    ends, seconds = _ends(span)
    sums = {metric: _sum(series.get(metric, ()), ends) for metric in LIGHT}
    ppfd, lux = sums[Metric.PPFD], sums[Metric.ILLUMINANCE]
    by_lux = lux.covered > ppfd.covered + (CLEARLY_MORE * seconds if ppfd.covered else 0.0)
    area = Area(lux.total * site.factor / 1000, lux.covered) if by_lux else ppfd
    if not area.covered:
        return LightSum()
    return LightSum(
        dli=round(area.total * MICRO, 3),
        coverage=_part(area, seconds),
        metric=Metric.ILLUMINANCE if by_lux else Metric.PPFD,
    )


def daily(series: Series, site: Site, span: Span, now: datetime) -> Daily:
    """Tell what a day came to, as far as it has passed by now."""
    passed = Span(span.from_, max(span.from_, min(span.until, now)))
    ends, seconds = _ends(passed)
    temperatures = series.get(Metric.TEMPERATURE, ())
    warmth = _sum(temperatures, ends)
    values = [value for curve in temperatures for value in _inside(curve, ends)]
    deficits = _deficits(temperatures, series.get(Metric.HUMIDITY, ()), site.leaf_offset)
    deficit = _sum(deficits, ends)
    felt = [value for curve in deficits for value in _inside(curve, ends)]
    low, high = (min(values), max(values)) if values else (None, None)
    whole = passed == span and _part(warmth, seconds) >= ENOUGH_FOR_GROWTH
    return Daily(
        light=light(series, site, passed),
        vpd_mean=_rounded(deficit.mean),
        vpd_max=_rounded(max(felt)) if felt and deficit.covered else None,
        air_coverage=_part(deficit, seconds),
        temperature_mean=_rounded(warmth.mean),
        temperature_min=_rounded(low),
        temperature_max=_rounded(high),
        temperature_coverage=_part(warmth, seconds),
        growing_degree_days=None
        if low is None or high is None or not whole
        else _rounded(growing_degree_days(low, high, site.growth_base, site.growth_upper)),
    )


def growing_degree_days(low: float, high: float, base: float, upper: float) -> float:
    """Tell the thermal time of a day from its lowest and highest temperature, °C·d."""
    return (_between(low, base, upper) + _between(high, base, upper)) / 2 - base


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _deficits(temperatures: Sequence[Curve], humidities: Sequence[Curve], leaf_offset: float) -> list[Curve]:
    """Draw the deficit wherever a temperature and a humidity are known at the same moment."""
    return [_deficit(warmth, moist, leaf_offset) for warmth in temperatures for moist in humidities]


def _deficit(warmth: Curve, moist: Curve, leaf_offset: float) -> Curve:
    moments = sorted({time for time, _ in warmth.points} | {time for time, _ in moist.points})
    points: list[Point] = []
    for moment in moments:
        temperature, humidity = warmth.at(moment), moist.at(moment)
        if temperature is not None and humidity is not None:
            points.append((moment, vapour_pressure_deficit(temperature, humidity, leaf_offset)))
    return Curve(points)


def _sum(curves: Iterable[Curve], ends: tuple[float, float]) -> Area:
    return sum((curve.area(*ends) for curve in curves), Area())


def _inside(curve: Curve, ends: tuple[float, float]) -> list[float]:
    """Give the values in a span, those of the line at its ends included."""
    values = [value for time, value in curve.points if ends[0] <= time < ends[1]]
    return values + [value for value in map(curve.at, ends) if value is not None]


def _ends(span: Span) -> tuple[tuple[float, float], float]:
    ends = (span.from_.timestamp(), span.until.timestamp())
    return ends, ends[1] - ends[0]


def _part(area: Area, seconds: float) -> float:
    return round(min(area.covered / seconds, 1.0), 2) if seconds else 0.0


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
