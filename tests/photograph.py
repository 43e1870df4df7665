"""A picture of a page, from a browser that refuses one now and then."""

from typing import Any

from playwright.async_api import Error, Page

ATTEMPTS = 10
PAUSE_MS = 500
REFUSED = "Unable to capture screenshot"
"""What a fresh Chromium says now and then of a page that is well; asked again it takes the picture."""


async def photograph(page: Page, **options: Any) -> bytes:
    """Take a picture of what the page shows; the options are those of Playwright's `screenshot`.

    Raises Playwright's error if the browser refuses ten times, and at once if it says anything else.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await page.screenshot(**options)
        except Error as error:
            if REFUSED not in error.message:
                raise
            await page.wait_for_timeout(PAUSE_MS)
    return await page.screenshot(**options)
