"""Which season it is, as the profiles count: theirs are the months of the northern half of the earth."""

from datetime import datetime
from enum import StrEnum

MONTHS = 12


class Hemisphere(StrEnum):
    """On which half of the earth a garden lies."""

    NORTH = "north"
    SOUTH = "south"


def season_month(moment: datetime, hemisphere: Hemisphere) -> int:
    """Tell the month, 1 to 12, that has this season in the north: a southern July is a January."""
    if hemisphere is Hemisphere.NORTH:
        return moment.month
    return (moment.month + MONTHS // 2 - 1) % MONTHS + 1
