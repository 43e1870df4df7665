"""The names under which handlers find the services; the front door fills them in before the start."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from plantops.ops.metrics import Metrics
from plantops.services.access import Access
from plantops.services.health import Doctor

from .limits import Limiter
from .proxies import Network

type Clock = Callable[[], datetime]

CLOCK: web.AppKey[Clock] = web.AppKey("clock", Callable)  # type: ignore[arg-type]
METRICS = web.AppKey("metrics", Metrics)
ACCESS = web.AppKey("access", Access)

DOCTOR = web.AppKey("doctor", Doctor)

LIMITER = web.AppKey("limiter", Limiter)
TRUSTED: web.AppKey[Sequence[Network]] = web.AppKey("trusted", tuple)
DOCUMENT: web.AppKey[str] = web.AppKey("document", str)
"""The OpenAPI document as JSON."""
