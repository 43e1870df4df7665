"""What the other side's answer means for a message, and when to try again. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

LONGEST_WAIT = timedelta(hours=6)
"""What a receiver may ask us to wait at most; a longer wish is cut, so that a slip of its does not silence us."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
RATE_LIMIT_PAUSE = timedelta(minutes=1)
"""Where a receiver says "too often" and not how long to wait."""
GONE = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.GONE,
    }
)
"""Answers that stay the same however often one asks: the address or its key is wrong."""
MISUNDERSTOOD = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONTENT_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})
"""Answers to this one message."""
OVERLOADED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Outcome(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    LATER = "later"
    """Try again."""
    UNFIT = "unfit"
    """The other side will never take this message; others perhaps."""
    REFUSED = "refused"
    """The other side will take nothing any more, until somebody mends the channel."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an attempt, in words for people."""

    outcome: Outcome
    words: str
    wait: timedelta | None = None
    """How long the other side wants to be left in peace."""
    status: int | None = None
    """The HTTP status that it answered."""


def judge(status: int, retry_after: str | None, now: datetime) -> Verdict:
    """Tell what an HTTP answer means."""
    told = _named(status)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Verdict(Outcome.DELIVERED, f"The other side took it ({told}).", status=status)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        words = f"The other side sends us elsewhere ({told}), and we don't follow: give the address where it really is."
        return Verdict(Outcome.REFUSED, words, status=status)
    if status in GONE:
        words = f"The other side refuses for good ({told}): its address or its key is not right any more."
        return Verdict(Outcome.REFUSED, words, status=status)
    if status in MISUNDERSTOOD:
        return Verdict(Outcome.UNFIT, f"The other side does not take this message ({told}).", status=status)
    wait = parse_retry_after(retry_after, now)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = wait or RATE_LIMIT_PAUSE
        return Verdict(Outcome.LATER, f"The other side is told too often ({told}).", wait, status)
    return Verdict(Outcome.LATER, f"The other side failed ({told}).", wait if status in OVERLOADED else None, status)


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After, seconds or an HTTP date (RFC 9110 § 10.2.3); None where it says nothing of use."""
    if text is None:
        return None
    if (wait := _seconds(text)) is None:
        wait = _until(text, now)
    return None if wait is None else min(max(wait, timedelta()), LONGEST_WAIT)


def _seconds(text: str) -> timedelta | None:
    try:
        return timedelta(seconds=float(text))
    except ValueError, OverflowError:
        return None


def _until(text: str, now: datetime) -> timedelta | None:
    try:
        date: datetime = parsedate_to_datetime(text)
    except ValueError, OverflowError:
        return None
    return date.astimezone(UTC) - now if date.tzinfo else date.replace(tzinfo=UTC) - now


def pause(failures: int, chance: float) -> timedelta:
    """Tell how long to pause after so many failures in a row; `chance` (0 to 1) spreads those who failed together."""
    doubled = min(FIRST_PAUSE * (1 << min(max(failures - 1, 0), 16)), LONGEST_PAUSE)
    return doubled * (0.75 + 0.5 * chance)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
