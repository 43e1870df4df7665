"""The spans that hold for a plant now: what its species wants, what the resting season changes, what the user set.

Each end of a span is taken from the strongest layer that names it: the user's own bound, then the season, then the
profile. An end that would turn the span upside down is passed over: who sets the lower bound of a cactus to 20 %
means it in winter too, when the profile's upper one is 15 %, and then the upper bound of the other seasons holds.
"""

from collections.abc import Iterable

from aioplantops.needs import NEEDS, Band, Need, Needs, NeedsWish, Origin, Threshold, Thresholds
from aioplantops.species import Species

NOTHING = Needs()


def resolve(species: Species | None, own: Needs, month: int) -> Thresholds:
    """Tell what holds in a month (see `season_month`). No span of the answer is upside down."""
    rests = species is not None and species.rest is not None and month in species.rest.months
    layers = (
        (Origin.OWN, own),
        (Origin.SEASON, species.rest.needs if rests and species is not None and species.rest is not None else NOTHING),
        (Origin.PROFILE, NOTHING if species is None else species.needs),
    )
    found = {need: _threshold([(origin, getattr(needs, need)) for origin, needs in layers]) for need in Need}
    return Thresholds(**{need: threshold for need, threshold in found.items() if threshold is not None})


def _threshold(layers: Iterable[tuple[Origin, Band | None]]) -> Threshold | None:
    low = high = low_from = high_from = None
    for origin, band in layers:
        if band is None:
            continue
        if low is None and band.low is not None and (high is None or band.low < high):
            low, low_from = band.low, origin
        if high is None and band.high is not None and (low is None or low < band.high):
            high, high_from = band.high, origin
    if low is None and high is None:
        return None
    return Threshold(low=low, high=high, low_from=low_from, high_from=high_from)


def merged(old: Needs, wish: NeedsWish | None) -> Needs:
    """Tell the spans after a wish, which touches only the ends that it names; None takes all of them away.

    Raises ValueError in words where a span would then be upside down.
    """
    if wish is None:
        return NOTHING
    bands: dict[str, Band] = {need: Band(low=band.low, high=band.high) for need, band in old.items()}
    for need in wish.model_fields_set:
        named = getattr(wish, need)
        ends = {} if named is None else named.model_dump(exclude_unset=True)
        band = Band() if named is None else bands.get(need, Band()).model_copy(update=ends)
        bands[need] = band
    return Needs(**{need: band for need, band in bands.items() if band != Band()}).fitting()


def clash(species: Species | None, own: Needs) -> str | None:
    """Tell in words where a user's one bound lies beyond the profile's other one; None where all is well."""
    if species is None:
        return None
    for need, band in own.items():
        profile = getattr(species.needs, need)
        if profile is None:
            continue
        kind = NEEDS[need]
        if band.low is not None and band.high is None and profile.high is not None and band.low >= profile.high:
            return (
                f"{kind.name}: your lower bound ({band.low:g} {kind.unit}) must lie below the upper one of "
                f"{species.name} ({profile.high:g} {kind.unit}), or set an upper bound of your own"
            )
        if band.high is not None and band.low is None and profile.low is not None and band.high <= profile.low:
            return (
                f"{kind.name}: your upper bound ({band.high:g} {kind.unit}) must lie above the lower one of "
                f"{species.name} ({profile.low:g} {kind.unit}), or set a lower bound of your own"
            )
    return None
