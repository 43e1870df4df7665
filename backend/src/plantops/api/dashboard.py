"""The dashboard's page, where its built files lie on this machine: plain files, and one page for every address of it.

Behind nginx (the production stack) it is nginx that serves them, under the same policy.
"""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from aioplantops.errors import NotFound

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Everything comes from here, nothing stands in the page itself; photos are shown before they are sent (blob:)."""

FOR_EVER = "public, max-age=31536000, immutable"
"""Files below /assets/ have their content's digest in their names."""

START = "index.html"
KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


class Dashboard:
    """Serves what the folder holds at the start; nothing else can be reached through it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder with the built page. Raises FileNotFoundError where it holds none."""
        self._files: Mapping[str, Path] = {
            path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
        }
        if START not in self._files:
            raise FileNotFoundError(folder / START)

    def settle(self, app: web.Application) -> None:
        """Answer every address that the API leaves free."""
        app.router.add_get("/{path:(?!api/|metrics$).+}", self._show)

    def start(self) -> web.StreamResponse:
        """Give the page."""
        return _answer(self._files[START], kept=False)

    async def _show(self, request: web.Request) -> web.StreamResponse:
        """Give a file, or the page: which of its addresses mean something, the page itself knows."""
        name = request.match_info["path"]
        file = self._files.get(name)
        if file is not None:
            return _answer(file, kept=name.startswith("assets/"))
        if "." in name.rpartition("/")[2]:
            raise NotFound
        return self.start()


def _answer(file: Path, *, kept: bool) -> web.FileResponse:
    headers = {
        "Content-Type": KINDS.get(file.suffix, "application/octet-stream"),
        "Content-Security-Policy": POLICY,
        "Cache-Control": FOR_EVER if kept else "no-cache",
    }
    return web.FileResponse(file, headers=headers)
