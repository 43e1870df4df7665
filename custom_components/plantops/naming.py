"""Finding the plant that somebody means by what he calls it. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Protocol

ALIKE = 0.72
"""How like a name must be to be taken for a slip of the tongue: “monstra” is a monstera, “aloe” is no “olea”."""


class Named(Protocol):
    """What has a name, and stands somewhere."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def area(self) -> str | None:
        """Where it stands."""


def find[Thing: Named](
    things: Iterable[Thing], called: str, area: str | None = None, more: Callable[[Thing], str] = lambda _: ""
) -> list[Thing]:
    """Give those that are meant, by the first way that finds any; one is an answer, several are to be asked back.

    `more` says what else a thing may be called by, such as its species.
    """
    here = [thing for thing in things if area is None or within(area, thing.area or "")]
    wanted = words(called)
    if not wanted:
        return []
    for fits in (_is, _is_named_in_part, _is_described, _is_spoken_of, _sounds_like):
        if found := [thing for thing in here if fits(wanted, thing.name, f"{thing.area or ''} {more(thing)}")]:
            return _closest(found) if fits is _is_spoken_of else found
    return []


def _closest[Thing: Named](found: list[Thing]) -> list[Thing]:
    """Keep those with the longest names: “the big fern” is “Big fern” rather than “Fern”."""
    longest = max(len(words(thing.name)) for thing in found)
    return [thing for thing in found if len(words(thing.name)) == longest]


def words(text: str) -> Sequence[str]:
    """Give the words of a text as they are compared: small, without accents and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def within(area: str, place: str) -> bool:
    """Tell whether a place is meant: “living room” is also “the living room”."""
    wanted, there = set(words(area)), set(words(place))
    return bool(there) and (there <= wanted or wanted <= there)


def _is(wanted: Sequence[str], name: str, _: str) -> bool:
    return wanted == words(name)


def _is_named_in_part(wanted: Sequence[str], name: str, _: str) -> bool:
    """Take “fern” for “Big fern”."""
    return set(wanted) <= set(words(name))


def _is_described(wanted: Sequence[str], name: str, more: str) -> bool:
    """Take “kitchen basil” for “Basil” in the kitchen."""
    return set(wanted) <= set(words(f"{name} {more}"))


def _is_spoken_of(wanted: Sequence[str], name: str, _: str) -> bool:
    """Take “the big fern, please” for “Big fern”."""
    return bool(words(name)) and set(words(name)) <= set(wanted)


def _sounds_like(wanted: Sequence[str], name: str, _: str) -> bool:
    said = words(name)
    whole = SequenceMatcher(None, " ".join(wanted), " ".join(said)).ratio()
    return whole >= ALIKE or any(
        SequenceMatcher(None, " ".join(wanted), word).ratio() >= ALIKE for word in said if len(word) > len("tree")
    )
