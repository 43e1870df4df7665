"""What is photographed: a line for each page or dialog. To have another one taken, add a line."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page

type Step = Callable[[Page], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, and what is done on it before the picture is taken."""

    name: str
    path: str
    """Its address; `{plant}` stands for the id of a plant with an alert: of them, the one that is measured most."""
    ready: str
    """What must be seen before."""
    steps: tuple[Step, ...] = ()
    logged_in: bool = True
    whole: bool = False
    """The whole length of the page, not only what is seen at first."""


def press(name: str) -> Step:
    """Press the button that is called so, in English or German."""
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


async def compare(page: Page) -> None:
    """Draw another plant beside the first, and look at the charts."""
    await page.locator(".compare select").select_option(index=1)
    await page.locator(".legend").first.wait_for()
    await page.locator("plantops-plant-charts").evaluate("charts => charts.scrollIntoView()")


PICTURES = (
    Picture("login", "/", "plantops-login input", logged_in=False),
    Picture("garden", "/", "plantops-line path"),
    Picture("garden-add", "/", "plantops-line path", (press("Add a plant"),)),
    Picture("today", "/today", "main li"),
    Picture("plant", "/plants/{plant}", "plantops-chart canvas", whole=True),
    Picture("plant-compared", "/plants/{plant}", "plantops-chart canvas", (compare,)),
    Picture("plant-photo", "/plants/{pictured}", "plantops-photos li button",
            (lambda page: page.locator("plantops-photos li button").first.click(),)),
    Picture("devices", "/devices", "main li"),
    Picture("settings", "/settings", "main .card"),
    Picture("system", "/system", "main .card"),
    Picture("nowhere", "/nowhere", "main h1"),
)  # fmt: skip

IN_DOCS = {
    "garden-desktop-light": "dashboard.png",
    "plant-compared-desktop-light": "dashboard-plant.png",
    "garden-phone-dark": "dashboard-phone.png",
    "today-desktop-dark": "dashboard-today.png",
}
"""The few that README and docs show, by their names there."""
