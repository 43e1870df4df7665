"""How the API says that something is wrong: RFC 9457 problem details with a stable code, for every error there is."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

import structlog
from aiohttp import web
from aioplantops.errors import (
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    PlantOpsError,
    TooLarge,
    Unauthorized,
    UnsupportedMedia,
)
from aioplantops.registration import MAC
from aioplantops.wire import CHANNEL_KEY, DEVICE_ID, ONE_LINE
from pydantic import ValidationError
from pydantic_core import ErrorDetails

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TYPE = "application/problem+json"
DOCS = "https://github.com/your-org/plantops/blob/main/docs/api.md"
"""Where each code is explained, under its own heading."""

CORRELATION = web.RequestKey("correlation_id", str)
BEGUN = web.RequestKey("begun", bool)
"""Set once the answer's first byte is on its way: then it is too late for a problem."""

PLACE_LENGTH = 120
"""So much is shown of a place: the names in it may be the client's own."""

WRONG_SHOWN = 50
"""So many wrong places are named; a person mends them one by one anyway."""

OF_STATUS: Mapping[int, type[PlantOpsError]] = {
    error.status: error for error in (Malformed, NotFound, MethodNotAllowed, TooLarge, UnsupportedMedia)
}
"""What to call the errors that aiohttp itself raises."""

SECRET_PATH = "/api/v1/calendar/"  # noqa: S105 - that is where they are, not one
"""What follows is somebody's secret."""

log = structlog.get_logger()


def details(error: PlantOpsError, correlation_id: str, status: HTTPStatus) -> dict[str, object]:
    """Write an error as problem details say it; `aioplantops.problem.Problem` reads them."""
    body: dict[str, object] = {
        "type": f"{DOCS}#{error.code}",
        "title": (type(error).__doc__ or status.phrase).strip().splitlines()[0],
        "status": int(status),
        "detail": error.detail,
        "code": error.code,
        "correlation_id": correlation_id,
    }
    if error.errors:
        body["errors"] = list(error.errors)
    if error.retry_after is not None:
        body["retry_after"] = error.retry_after
    return body


def problem(error: PlantOpsError, correlation_id: str, *, status: HTTPStatus | None = None) -> web.Response:
    """Answer an error."""
    status = status or error.status
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = 'Bearer realm="PlantOps"'
    text = json.dumps(details(error, correlation_id, status))
    return web.Response(text=text, status=status, content_type=TYPE, headers=headers)


def path_told(request: web.BaseRequest) -> str:
    """Give a request's path for the log: without the secret, where one is in it."""
    return SECRET_PATH + "…" if request.path.startswith(SECRET_PATH) else request.path


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error as a problem. What nobody foresaw is logged, and its inside is kept to ourselves."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _of_aiohttp(error, request)
    except PlantOpsError as error:
        if request.get(BEGUN):
            raise
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("request_failed", code=error.code, detail=error.detail, path=path_told(request))
        return problem(error, request[CORRELATION])
    except Exception:  # the third place of its kind: without it no problem, and no correlation id, could be told
        if request.get(BEGUN):
            raise
        log.exception("request_broke", method=request.method, path=path_told(request))
        return problem(PlantOpsError("Something went wrong in PlantOps; its log tells more."), request[CORRELATION])


def _of_aiohttp(error: web.HTTPException, request: web.Request) -> web.StreamResponse:
    if error.status < HTTPStatus.BAD_REQUEST:
        raise error
    allowed = (
        ", ".join(sorted({*error.allowed_methods, "OPTIONS"})) if isinstance(error, web.HTTPMethodNotAllowed) else ""
    )
    if allowed and request.method == "OPTIONS":
        return web.Response(status=HTTPStatus.NO_CONTENT, headers={"Allow": allowed})
    family = OF_STATUS.get(error.status, PlantOpsError)
    said = error.text if error.status == HTTPStatus.BAD_REQUEST else None
    answer = problem(family(said), request[CORRELATION], status=HTTPStatus(error.status))
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def invalid(error: ValidationError, *, within: str = "") -> Invalid:
    """Tell in words what does not fit, and where; the values themselves are not repeated."""
    found = error.errors(include_url=False, include_input=False)
    wrong = tuple({"where": place(finding["loc"], within), "why": why(finding)} for finding in found[:WRONG_SHOWN])
    first = wrong[0]
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    return Invalid(f"{first['where']}: {first['why']}{more}.", errors=wrong)


_PYTHON_WORDS = re.compile(r"^(Value error, |Input |Tuple |String |Dictionary )| after validation")
"""What pydantic says that is of no use to somebody who writes JSON."""


KINDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here (is it spelt right?)",
    "timezone_aware": "needs a time zone, such as Z at the end",
    "finite_number": "must be a finite number",
    **dict.fromkeys(
        ("datetime_parsing", "datetime_type"), "must be a day and a time that there are, such as 2026-11-23T12:00:00Z"
    ),
    **dict.fromkeys(("date_parsing", "date_type"), "must be a day that there is, such as 2026-11-23"),
    **dict.fromkeys(("time_parsing", "time_type"), "must be a time of day, such as 08:00"),
    **dict.fromkeys(("uuid_parsing", "uuid_type"), "must be an id, such as 0198c1de-5b7e-7a53-8f6e-2f1d6f3a9c11"),
}
"""What pydantic's kinds of errors mean, in words."""

FORMS: Mapping[str, str] = {
    f"^{DEVICE_ID}$": "must be letters, digits, - and _ only, a letter or digit first, at most 64",
    CHANNEL_KEY: "must be letters, digits, -, _ and / only, a letter or digit first, at most 128",
    ONE_LINE: "must be one line, without control characters",
    MAC: "must be a MAC address: 12 hexadecimal digits, also with : or - between the pairs",
}
"""What a pattern means, in words; whoever reads a log need not read regular expressions."""


def place(location: Sequence[str | int], within: str = "") -> str:
    """Write a place in a document as people do: ``readings[3].c``."""
    text = within
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text[:PLACE_LENGTH] or "request"


def why(finding: ErrorDetails) -> str:
    """Say what is wrong in words that do not need Python."""
    words = KINDS.get(finding["type"]) or FORMS.get(finding.get("ctx", {}).get("pattern", ""))
    if words is not None:
        return words
    message = _PYTHON_WORDS.sub("", finding["msg"])
    return f"{message[:1].lower()}{message[1:]}"
