"""The tables of `docs/api.md`, made from the code so that a test can tell when the page is behind.

`python -m plantops.api.reference` prints them; with the word `openapi` it prints the OpenAPI document, from which the
dashboard's types are made.
"""

import sys
from collections.abc import Iterable

from aioplantops.errors import PlantOpsError

from plantops import __version__

from .openapi import document, failures
from .route import Route
from .routes import ROUTES


def route_table(routes: Iterable[Route] = ROUTES) -> str:
    """List every route: method and path, the scope that it needs, what it does."""
    lines = ["| route | scope | what it does |", "|---|---|---|"]
    lines += [f"| `{route.method} {route.path}` | {route.scope or 'public'} | {route.summary} |" for route in routes]
    return "\n".join(lines)


def problem_sections(routes: Iterable[Route] = ROUTES) -> str:
    """Explain every code that a problem may carry, each below a heading that its `type` points to."""
    errors: dict[str, type[PlantOpsError]] = {PlantOpsError.code: PlantOpsError}
    errors |= {error.code: error for route in routes for error in failures(route)}
    errors |= {code: PlantOpsError.registry[code] for code in ("not_found", "method_not_allowed")}
    return "\n\n".join(
        f"### {code}\n\n{int(error.status)} {error.status.phrase}: {(error.__doc__ or '').strip()}"
        for code, error in sorted(errors.items())
    )


if __name__ == "__main__":
    said = (
        document(ROUTES, __version__).decode()
        if sys.argv[1:] == ["openapi"]
        else f"{route_table()}\n\n{problem_sections()}"
    )
    print(said)  # noqa: T201 - that is its purpose
