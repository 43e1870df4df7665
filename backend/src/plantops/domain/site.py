"""A plant's site after a wish: only what was set is kept, so that a better default reaches everybody. Pure."""

from collections.abc import Mapping
from typing import Any

from aioplantops.site import Site, SiteWish

type Kept = Mapping[str, Any]
"""The fields that a user set, as JSON."""


def site_after(old: Kept, wish: SiteWish | None) -> Kept:
    """Tell what is kept after a wish, which touches only what it names; None takes everything back to the defaults.

    Raises ValueError in words where nothing could grow.
    """
    if wish is None:
        return {}
    kept = {**old, **wish.model_dump(mode="json", exclude_unset=True)}
    kept = {name: value for name, value in kept.items() if value is not None}
    site = Site.model_validate(kept)
    if site.growth_base >= site.growth_upper:
        raise ValueError(
            f"nothing could grow: `growth_base` ({site.growth_base:g} °C) must lie below "
            f"`growth_upper` ({site.growth_upper:g} °C)"
        )
    return kept
