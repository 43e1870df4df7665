"""How the backend feels, for people, load balancers and Prometheus."""

from aiohttp import web
from aioplantops.health import Health, Ready

from plantops.ops.metrics import CONTENT_TYPE

from .call import Call
from .keys import HEALTH, METRICS


async def health(call: Call) -> Health:
    """Tell how each part is; answers 200 as long as it can answer at all."""
    return await call.app[HEALTH].health()


async def ready(call: Call) -> Ready:
    """Tell whether requests should be sent here: 200, or 503 with what is in the way."""
    return await call.app[HEALTH].ready()


async def metrics(call: Call) -> web.Response:
    """Give all metrics in Prometheus' text form."""
    return web.Response(body=call.app[METRICS].render(), headers={"Content-Type": CONTENT_TYPE})
