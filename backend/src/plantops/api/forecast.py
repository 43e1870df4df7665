"""The weather to come as the API takes and shows it."""

from aioplantops.forecast import Forecast, ForecastWish

from .call import Call
from .keys import FORECASTS


async def show(call: Call) -> Forecast:
    """Give the newest forecast."""
    return await call.app[FORECASTS].show()


async def put(call: Call[ForecastWish]) -> Forecast:
    """Take a forecast."""
    return await call.app[FORECASTS].put(call.body)
