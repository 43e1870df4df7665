"""The tray of dead letters is bounded, and can be leafed through."""

from datetime import timedelta

import pytest
from aioplantops.errors import Invalid
from plantops.services.letters import DeadLetters
from plantops.storage import letters
from plantops.storage.letters import MOST_LETTERS, Letter

from tests.backend.services.intake import NOON, Intake


def letter(number: int) -> Letter:
    detail = f"letter {number}; '; DROP TABLE dead_letter; -- <b>"
    return Letter(NOON, f"plant-{number}", "plantops/plant/telemetry", "range", detail, b"\x00\xff\xc3\xa4", 4)


async def test_the_oldest_letters_fall_out_of_a_full_tray(database: str) -> None:
    async with Intake.open(database) as house:
        for begin in range(0, MOST_LETTERS + 500, 1500):
            await letters.add(house.connection, [letter(number) for number in range(begin, begin + 1500)])
        assert await house.rows("SELECT count(*), max(device_id) FROM dead_letter WHERE id <= 500") == [(0, None)]
        ((count,),) = await house.rows("SELECT count(*) FROM dead_letter")
        assert count == MOST_LETTERS


async def test_letters_are_leafed_through_from_the_newest(database: str) -> None:
    async with Intake.open(database) as house:
        await letters.add(house.connection, [letter(number) for number in range(7)])
        seen: list[str | None] = []
        cursor: str | None = None
        while True:
            page = await DeadLetters(house.database).page(cursor, 3)
            seen += [item.device_id for item in page.items]
            if (cursor := page.next) is None:
                break
        assert seen == [f"plant-{number}" for number in reversed(range(7))]
        assert page.items[0].payload == "\x00\\xffä"


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1e3", "²", "9" * 19])
async def test_a_cursor_that_was_not_handed_out_is_refused(database: str, cursor: str) -> None:
    async with Intake.open(database) as house:
        with pytest.raises(Invalid):
            await DeadLetters(house.database).page(cursor, 3)


async def test_a_sender_may_fill_the_tray_again_in_the_next_minute(database: str) -> None:
    async with Intake.open(database) as house:
        admitted = [house.letters.admits("plant-1", NOON + timedelta(seconds=second)) for second in range(125)]
        assert sum(admitted) == 125
        flood = [house.letters.admits("plant-1", NOON + timedelta(minutes=5)) for _ in range(100)]
        assert sum(flood) == 60
        assert house.letters.admits("plant-2", NOON + timedelta(minutes=5))
        assert house.letters.admits("plant-1", NOON + timedelta(minutes=6))
