"""How often one may ask: counted by the minute, for each by itself, and never more than there is room for."""

from datetime import UTC, datetime, timedelta

import pytest
from aioplantops.errors import RateLimited
from plantops.api import limits
from plantops.api.limits import Limiter, Rate, Rates

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_who_asks_too_often_waits_for_the_rest_of_the_minute() -> None:
    limiter = Limiter(Rates(heavy=2))
    limiter.count(Rate.HEAVY, "anna", NOON)
    limiter.count(Rate.HEAVY, "anna", NOON + timedelta(seconds=20))
    with pytest.raises(RateLimited) as refused:
        limiter.count(Rate.HEAVY, "anna", NOON + timedelta(seconds=39.5))
    assert refused.value.retry_after == 21
    limiter.count(Rate.HEAVY, "anna", NOON + timedelta(seconds=39.5 + 21))


def test_everybody_is_counted_alone_and_so_is_every_kind_of_request() -> None:
    limiter = Limiter(Rates(heavy=1, login=1))
    limiter.count(Rate.HEAVY, "anna", NOON)
    limiter.count(Rate.HEAVY, "ben", NOON)
    limiter.count(Rate.LOGIN, "anna", NOON)
    with pytest.raises(RateLimited):
        limiter.count(Rate.HEAVY, "ben", NOON)


def test_a_clock_that_is_put_back_keeps_nobody_out() -> None:
    limiter = Limiter(Rates(heavy=1))
    limiter.count(Rate.HEAVY, "anna", NOON)
    limiter.count(Rate.HEAVY, "anna", NOON - timedelta(hours=1))


def test_there_is_an_end_to_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS_REMEMBERED", 3)
    limiter = Limiter(Rates(heavy=1))
    limiter.count(Rate.HEAVY, "long ago", NOON - timedelta(hours=1))
    for who in ("anna", "ben", "carl"):  # what is over makes room
        limiter.count(Rate.HEAVY, who, NOON)
    with pytest.raises(RateLimited):
        limiter.count(Rate.HEAVY, "anna", NOON)
    limiter.count(Rate.HEAVY, "dora", NOON)  # all begin anew
    limiter.count(Rate.HEAVY, "anna", NOON)
