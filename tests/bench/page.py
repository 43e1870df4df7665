"""How fast the dashboard is in a browser: first sight, scrolling, a reading's way into it; beside bare cards."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page, async_playwright

from tests.bench.greenhouse import PLANTS, Greenhouse, report
from tests.bench.latency import Spread
from tests.servers import named

SLOW = 4
"""How many times slower the processor is made: a phone."""
NODE = 42
"""The plant whose readings are watched."""
PAUSE_SECONDS = 0.15
LONGEST_SECONDS = 30
BROWSER = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
VIEW = {"width": 1280, "height": 900}

CARDS = """
window.cardsOf = () => {
  const garden = document.querySelector("plantops-app")?.shadowRoot?.querySelector("plantops-garden-page");
  return (garden?.shadowRoot ?? document).querySelectorAll("li");
};
window.long = [];
new PerformanceObserver((list) => window.long.push(...list.getEntries()))
  .observe({ type: "longtask", buffered: true });
window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => (window.shift += one.value)))
  .observe({ type: "layout-shift", buffered: true });
window.painted = (count) => new Promise((tell) => {
  const look = () => {
    if (window.cardsOf().length < count) requestAnimationFrame(look);
    else requestAnimationFrame(() => setTimeout(() => tell(performance.now())));
  };
  look();
});
window.first = window.painted(12);
window.all = window.painted(%d);
"""
SEEN = """async () => {
  const [first, all] = await Promise.all([window.first, window.all]);
  await new Promise((go) => setTimeout(go, 1500));
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const blocked = window.long.reduce((sum, one) => sum + one.duration - 50, 0);
  const longest = Math.max(0, ...window.long.map((one) => one.duration));
  const before = window.long.filter((one) => one.startTime < all);
  const busy = Math.max(0, ...before.map((one) => one.startTime + one.duration));
  const bytes = performance.getEntriesByType("resource").reduce((sum, one) => sum + one.encodedBodySize, 0);
  return { interactive: Math.max(first, busy), first, all, paint, blocked, longest, shift: window.shift, bytes };
}"""
SCROLLED = """async () => {
  const end = document.documentElement.scrollHeight - innerHeight;
  const frames = [];
  let before = await new Promise(requestAnimationFrame);
  for (let at = 0; at < end; at += 60) {
    scrollTo(0, at);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
  }
  return frames;
}"""
WATCH = """(name) => {
  const card = [...window.cardsOf()].map((one) => one.firstElementChild).find((one) => one.felt.plant.name === name);
  const text = card.shadowRoot.querySelector("plantops-ring").shadowRoot.querySelector("text");
  window.seen = {};
  const told = () => (window.seen[text.textContent.trim()] ??= Date.now());
  new MutationObserver(told).observe(text, { childList: true, characterData: true, subtree: true });
}"""
HAS_SEEN = "(value) => window.seen[value] ?? 0"
FORGET = "() => { window.seen = {}; }"

BARE = """<!doctype html><title>Bare cards</title><style>
ul {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; padding: 0 }}
li {{ display: block; height: 12rem; border: 1px solid #ccc; border-radius: 1rem; padding: 1rem }}
</style><ul>{cards}</ul>"""
LINE = '<svg viewBox="0 0 200 44"><path d="{path}" fill="none" stroke="#237"/></svg>'
CARD = f"<li><h2>Plant {{n:03}}</h2><p>Fine</p>{LINE}</li>"


@dataclass(frozen=True, slots=True)
class Sight:
    """A first look at the garden, with nothing in the browser's cache."""

    interactive: float
    """Milliseconds until the first screen is painted and the last task is over that would make a tap wait (50 ms)."""
    first: float
    """Milliseconds until the first screen is painted and the page has time."""
    all: float
    """Milliseconds until every card is there."""
    paint: float
    """Milliseconds until something is painted."""
    blocked: float
    """Milliseconds beyond the first 50 of each task: what a tap may have to wait."""
    longest: float
    shift: float
    """How far things jumped (cumulative layout shift; below 0.1 is good)."""
    bytes: int


@dataclass(slots=True)
class Window:
    """A browser before a greenhouse."""

    browser: Browser
    greenhouse: Greenhouse

    @classmethod
    @asynccontextmanager
    async def open(cls, greenhouse: Greenhouse) -> AsyncIterator[Window]:
        """Start a browser."""
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=named("PLANTOPS_CHROMIUM"), args=BROWSER)
            try:
                yield cls(browser, greenhouse)
            finally:
                await browser.close()

    @asynccontextmanager
    async def look(self, path: str, slow: int = 1) -> AsyncIterator[Page]:
        """Open the dashboard, or bare cards, in a new profile that is logged in."""
        context = await self.browser.new_context(viewport=VIEW)  # type: ignore[arg-type]
        try:
            url = self.greenhouse.url
            answer = await context.request.post(
                f"{url}/api/v1/session", data={"token": self.greenhouse.token}, headers={"Origin": url}
            )
            if not answer.ok:
                raise RuntimeError(await answer.text())
            page = await context.new_page()
            await page.add_init_script(CARDS % PLANTS)
            await page.route("**/bare", lambda route: route.fulfill(body=bare(), content_type="text/html"))
            if slow > 1:
                session = await context.new_cdp_session(page)
                await session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
            await page.goto(f"{url}{path}")
            yield page
        finally:
            await context.close()

    async def sights(self, path: str, slow: int, times: int) -> Sight:
        """Look so many times; the one in the middle counts."""
        seen: list[Sight] = []
        for _ in range(times):
            async with self.look(path, slow) as page:
                seen.append(Sight(**await page.evaluate(SEEN)))
        return sorted(seen, key=lambda sight: sight.interactive)[times // 2]

    async def scroll(self, path: str, slow: int, times: int) -> tuple[float, Spread]:
        """Scroll through all plants; give frames a second and how long frames took, of the run in the middle."""
        runs: list[list[float]] = []
        for _ in range(times):
            async with self.look(path, slow) as page:
                await page.evaluate(SEEN)
                runs.append(await page.evaluate(SCROLLED))
        frames = sorted(runs, key=sum)[times // 2]
        return 1_000 * len(frames) / sum(frames), Spread.of(frames)

    async def live(self, times: int) -> Spread:
        """Send readings as a node does, and tell how long each takes until the open page shows it."""
        took: list[float] = []
        async with self.look("/") as page, self.greenhouse.line() as line:
            await page.evaluate(SEEN)
            await page.evaluate(WATCH, f"Plant {NODE:03}")
            for number in range(times + 3):
                await page.evaluate(FORGET)
                moisture, sent = 20 + number % 50, time.time()
                await report(line, NODE, moisture, sent)
                shown = await _until_shown(page, moisture)
                if number >= 3:  # the first ones warm everything up
                    took.append(shown - sent * 1_000)
                await asyncio.sleep(PAUSE_SECONDS)
        return Spread.of(took)


async def _until_shown(page: Page, moisture: int) -> float:
    async with asyncio.timeout(LONGEST_SECONDS):
        while not (shown := await page.evaluate(HAS_SEEN, f"{moisture}")):
            await asyncio.sleep(0.01)
    return float(shown)


def bare() -> str:
    """Write a page with as many cards that do nothing: the ceiling of what a browser can show."""
    path = "M" + "L".join(f"{2.4 * at:.1f} {20 + at * 7 % 13}" for at in range(84))
    return BARE.format(cards="".join(CARD.format(n=number, path=path) for number in range(PLANTS)))


def said(sight: Sight) -> str:
    """Write the rest of what was seen, for the table."""
    return (
        f"first paint {sight.paint:.0f} ms, first screen {sight.first:.0f} ms, every card {sight.all:.0f} ms, "
        f"blocked {sight.blocked:.0f} ms, longest task {sight.longest:.0f} ms, layout shift {sight.shift:.3f}, "
        f"{sight.bytes / 1024:.0f} KiB fetched"
    )
