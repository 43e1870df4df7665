"""That the checks of the rolling update and of the restore drill find what is wrong."""

from dataclasses import replace

import asyncpg
import pytest

from tests.chaos.check import Verdict
from tests.chaos.crowd import LISTENERS, Crowd
from tests.chaos.drill import Restored
from tests.chaos.report import totals
from tests.chaos.run import Outcome

FIVE_PLANTS = """
INSERT INTO plant (id, name, created_at, updated_at)
SELECT gen_random_uuid(), name, now(), now() FROM unnest('{crowd 5,crowd 10,crowd 10,crowd 15,Fern}'::text[]) AS name
"""
WELL = Verdict(
    sent=1, acknowledged=1, stored=1, lost_with_broker=0, lost=0, losses=(), doubled=0, never_sent=0,
    wrong_hours=0, wrong_days=0, wrong_states=0, dead_letters=0, waiting=0,
)  # fmt: skip


def content() -> Crowd:
    """Give a crowd that was not let down."""
    return Crowd("http://localhost", ["x"], 3.0, away_seconds=[1.0] * LISTENERS)


async def test_plants_that_are_there_twice_or_missing_are_seen(embedded_database: str) -> None:
    connection = await asyncpg.connect(embedded_database)
    await connection.execute(FIVE_PLANTS)
    await connection.close()
    crowd = content()
    crowd.added = {"crowd 5", "crowd 10", "crowd 20"}
    await crowd.compare(embedded_database)
    assert (crowd.doubled, crowd.missing) == (2, 1), "one is there twice, nobody was told of another, one is not there"
    assert not crowd.fine


@pytest.mark.parametrize(
    "change",
    [
        {"failures": ["GET: 502"]},
        {"away_seconds": [1.0] * (LISTENERS - 1) + [3.5]},
        {"away_seconds": [1.0] * (LISTENERS - 1)},
        {"doubled": 1},
        {"missing": 1},
    ],
)
def test_a_crowd_that_was_let_down_spoils_the_run(change: dict[str, object]) -> None:
    fine = Outcome(verdict=WELL, crowds=[content()])
    assert fine.fine
    spoilt = Outcome(verdict=WELL, crowds=[content(), replace(content(), **change)])  # type: ignore[arg-type]
    assert not spoilt.fine
    assert "SOMETHING IS WRONG" in totals(spoilt)[-1]


def test_a_restore_that_is_not_whole_spoils_the_run() -> None:
    whole = Restored("", 1.0, WELL, 3, 3)
    assert Outcome(verdict=WELL, restored=whole).fine
    for other, words in (
        (replace(whole, heard=2), "2 of 3 devices at home"),
        (replace(whole, verdict=replace(WELL, lost=7)), "lost 7"),
        (replace(whole, verdict=None, words="plantops: damaged\n"), "NOT RESTORED: plantops: damaged"),
    ):
        outcome = Outcome(verdict=WELL, restored=other)
        assert not outcome.fine
        assert any(words in line for line in totals(outcome))
