"""Whole hours of UTC, on which assignments and calibrations begin: there the roll-ups can be cut."""

from typing import Annotated

from pydantic import AfterValidator

from .wire import Utc

YEARS = range(1970, 2200)
"""Years that something may begin or end in: those that a chart can show."""


def _whole_hour(moment: Utc) -> Utc:
    if moment.minute or moment.second or moment.microsecond:
        raise ValueError("it begins and ends on a whole UTC hour")
    if moment.year not in YEARS:
        raise ValueError(f"it lies between the years {YEARS.start} and {YEARS.stop}")
    return moment


type Hour = Annotated[Utc, AfterValidator(_whole_hour)]
"""A moment on a UTC hour boundary."""
