"""The promise, held on gardens that no constant was chosen on; `make garden-report` shows more of them."""

from functools import cache

import pytest

from tests.quality import report
from tests.quality.scenarios import SCENARIOS
from tests.quality.score import Score, judge
from tests.quality.story import Story

SEED = 900
ASKED = ("pots, rough wire, summer", "curves, clean wire, spring", "cheap probes, asleep 3 h, spring")
STORIES = 8


@cache
def _told(name: str) -> list[Story]:
    scenario = next(one for one in SCENARIOS if one.name == name)
    return scenario.stories(SEED)[:STORIES]


@cache
def _judged(name: str) -> Score:
    return judge(_told(name))


@pytest.mark.parametrize("name", ASKED)
def test_waterings_are_found_and_nothing_else(name: str) -> None:
    score = _judged(name)
    assert score.found > 30
    assert score.precision >= report.FOUND
    assert score.recall >= report.FOUND


def test_what_is_foretold_comes() -> None:
    total = Score()
    for name in ASKED:
        total += _judged(name)
    assert len(total.errors[0.0]) > 100
    assert total.error(0.0) <= report.ERROR + 0.03, "right after the watering: the weather is still to come"
    assert total.error(0.5) <= report.ERROR
    assert total.coverage(0.0) >= report.COVERED - 0.03
    assert total.coverage(0.5) >= report.COVERED - 0.05


def test_the_same_garden_is_judged_the_same_twice() -> None:
    stories = _told(ASKED[1])[:2]
    assert judge(stories) == judge(stories)


def test_the_report_is_whole() -> None:
    name = ASKED[1]
    rows = [report.row(name, STORIES, _judged(name))]
    page = report.html(rows, _judged(name), [(name, _told(name))])
    assert page.count("<svg") == 2 + report.DRAWN
    assert name in page
    assert name in report.markdown(rows)
