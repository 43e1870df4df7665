"""A browser that refuses a picture is asked again, whatever else it says is told."""

from datetime import timedelta

import pytest
from playwright.async_api import Error, Page

from tests.photograph import photograph

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Moody(Page):
    """A page whose browser refuses some pictures first."""

    def __init__(self, refusals: int, words: str) -> None:
        """Take how many it refuses, and with what words."""
        self.refusals = refusals
        self.words = words
        self.asked = 0

    async def screenshot(self, **options: object) -> bytes:
        """Refuse, or take one."""
        self.asked += 1
        self.options = options
        if self.asked <= self.refusals:
            raise Error(f"Page.screenshot: Protocol error (Page.captureScreenshot): {self.words}")
        return b"picture"

    async def wait_for_timeout(self, timeout: float | timedelta) -> None:
        """Wait for nothing: nobody draws."""


async def test_a_picture_that_is_refused_is_taken_later() -> None:
    page = Moody(2, "Unable to capture screenshot")
    assert await photograph(page, full_page=True) == b"picture"
    assert (page.asked, page.options) == (3, {"full_page": True})


@pytest.mark.parametrize(("words", "asked"), [("Unable to capture screenshot", 10), ("Target closed", 1)])
async def test_a_browser_that_takes_none_is_believed(words: str, asked: int) -> None:
    page = Moody(99, words)
    with pytest.raises(Error, match=words):
        await photograph(page)
    assert page.asked == asked
