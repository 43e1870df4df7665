"""The names under which handlers find the services; the front door fills them in before the start."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from plantops.ops.metrics import Metrics
from plantops.services.access import Access

type Clock = Callable[[], datetime]

CLOCK: web.AppKey[Clock] = web.AppKey("clock", Callable)  # type: ignore[arg-type]
METRICS = web.AppKey("metrics", Metrics)
ACCESS = web.AppKey("access", Access)
