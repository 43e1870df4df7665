"""A browser's way in: a token once, then a cookie that scripts cannot read."""

from typing import Any

from aiohttp import web
from aioplantops.access import Session, SessionCreate
from aioplantops.errors import Unauthorized

from plantops.services.access import SESSION_LASTS

from .call import Call
from .keys import ACCESS, TRUSTED
from .proxies import check_origin, is_https

COOKIE = "plantops_session"


async def begin(call: Call[SessionCreate]) -> web.Response:
    """Log a browser in."""
    check_origin(call.request, call.app[TRUSTED], needed=False)
    session, secret = await call.app[ACCESS].log_in(call.body.token, call.address)
    return _with_cookie(call, session, secret, status=201)


async def show(call: Call) -> web.Response:
    """Tell what the session may do; its cookie is renewed."""
    secret = _secret(call)
    return _with_cookie(call, await call.app[ACCESS].session(secret), secret)


async def end(call: Call) -> web.Response:
    """Log a browser out."""
    secret = _secret(call)
    check_origin(call.request, call.app[TRUSTED])
    await call.app[ACCESS].log_out(secret)
    answer = web.Response(status=204)
    answer.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict", secure=_secure(call))
    return answer


def _secret(call: Call) -> str:
    secret = call.request.cookies.get(COOKIE)
    if secret is None:
        raise Unauthorized("There is no browser session.")
    return secret


def _secure(call: Call[Any]) -> bool:
    return is_https(call.request, call.app[TRUSTED])


def _with_cookie(call: Call[Any], session: Session, secret: str, *, status: int = 200) -> web.Response:
    answer = web.json_response(text=session.model_dump_json(by_alias=True), status=status)
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=_secure(call),
    )
    return answer
