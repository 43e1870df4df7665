"""Which topic prefixes stock ESPHome nodes may have: their own, and nothing that belongs to others."""

import re

from aioplantops.topics import ROOT

_SHAPE = re.compile(r"(?=.{1,200}$)[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_TAKEN = (ROOT, "homeassistant", "esphome")


def refusal(prefix: str) -> str | None:
    """Say in words why a stock node cannot have this topic prefix; None when it can."""
    if not _SHAPE.fullmatch(prefix):
        return f"{prefix!r} is no topic prefix: letters, digits, . - _ and single slashes only, 200 at most."
    if (root := prefix.partition("/")[0]) in _TAKEN:
        return f"{prefix!r} is no prefix for a stock node: what is below {root}/ belongs to others."
    return None
