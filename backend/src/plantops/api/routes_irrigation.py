"""The addresses of irrigation; a part of the table in `routes.py`."""

from aioplantops.errors import ChannelNotFound, DeviceNotFound, PlantNotFound
from aioplantops.irrigation import Irrigator, IrrigatorChange, IrrigatorCreate, WateringCommand, WaterPlant
from aioplantops.irrigation_errors import (
    IrrigatorNotFound,
    IrrigatorTaken,
    NoIrrigator,
    TooManyIrrigators,
    WateringRefused,
)
from aioplantops.models import Page, Scope

from . import irrigation
from .lists import ListQuery
from .route import Route

# fmt: off
IRRIGATION: tuple[Route, ...] = (
    Route("POST", "/api/v1/plants/{plant_id}/water", irrigation.water, Scope.CARE,
          "Water a plant with its irrigator, for some seconds or with some litres; every reason against it is told.",
          body=WaterPlant, answer=WateringCommand, status=201,
          errors=(PlantNotFound, NoIrrigator, IrrigatorNotFound, WateringRefused)),
    Route("GET", "/api/v1/irrigators", irrigation.list_all, Scope.READ, "List the irrigators, by name.",
          query=ListQuery, answer=Page[Irrigator]),
    Route("POST", "/api/v1/irrigators", irrigation.create, Scope.GARDEN,
          "Let a valve that a device declares water plants.", body=IrrigatorCreate, answer=Irrigator, status=201,
          errors=(DeviceNotFound, PlantNotFound, ChannelNotFound, IrrigatorTaken, TooManyIrrigators)),
    Route("GET", "/api/v1/irrigators/{irrigator_id}", irrigation.show, Scope.READ,
          "Give an irrigator with its last watering.", answer=Irrigator, errors=(IrrigatorNotFound,)),
    Route("PATCH", "/api/v1/irrigators/{irrigator_id}", irrigation.change, Scope.GARDEN,
          "Change what an irrigator may do; switching it off closes its valve.",
          body=IrrigatorChange, answer=Irrigator, errors=(IrrigatorNotFound, PlantNotFound, ChannelNotFound)),
    Route("DELETE", "/api/v1/irrigators/{irrigator_id}", irrigation.remove, Scope.GARDEN,
          "Close the valve and remove the irrigator.", status=204, errors=(IrrigatorNotFound,)),
    Route("GET", "/api/v1/irrigators/{irrigator_id}/waterings", irrigation.waterings, Scope.READ,
          "List an irrigator's waterings, the newest first, and what became of them.",
          query=ListQuery, answer=Page[WateringCommand], errors=(IrrigatorNotFound,)),
    Route("POST", "/api/v1/irrigators/{irrigator_id}/stop", irrigation.stop, Scope.CARE,
          "Close the valve now, whether it is known to be open or not.",
          answer=Irrigator, errors=(IrrigatorNotFound,)),
    Route("POST", "/api/v1/irrigators/{irrigator_id}/clear", irrigation.clear, Scope.GARDEN,
          "Let a blocked irrigator work again, because somebody has looked after it.",
          answer=Irrigator, errors=(IrrigatorNotFound,)),
    Route("POST", "/api/v1/irrigation/off", irrigation.switch_off, Scope.CARE,
          "Switch irrigation off in the whole house and close every valve; switch it on again in the settings.",
          status=204),
)
# fmt: on
