"""Finding the plant that somebody means by what he calls it."""

from dataclasses import dataclass

import pytest

from custom_components.plantops.naming import find


@dataclass(frozen=True, slots=True)
class _Plant:
    name: str
    area: str | None = None
    species: str = ""


HOUSE = (
    _Plant("Monstera", "Living room"),
    _Plant("Big fern", "Bath", "Nephrolepis exaltata"),
    _Plant("Fern", "Kitchen"),
    _Plant("Käthe"),
    _Plant("Olive tree", "Terrace"),
    _Plant("Basil", "Kitchen", "Ocimum"),
    _Plant("Basil", "Terrace", "Ocimum"),
)


@pytest.mark.parametrize(
    ("called", "area", "meant"),
    [
        ("monstera", None, [0]),
        ("the monstera, please", None, [0]),
        ("Monstra", None, [0]),
        ("fern", None, [2]),
        ("the big fern", None, [1]),
        ("nephrolepis", None, [1]),
        ("kaethe", None, [3]),
        ("kathe", None, [3]),
        ("basil", None, [5, 6]),
        ("kitchen basil", None, [5]),
        ("basil", "the terrace", [6]),
        ("basil", "attic", []),
        ("oliv", None, [4]),
        ("aloe", None, []),
        ("?!", None, []),
    ],
)
def test_plants_are_found_by_what_people_call_them(called: str, area: str | None, meant: list[int]) -> None:
    assert [HOUSE.index(one) for one in find(HOUSE, called, area, lambda one: one.species)] == meant
