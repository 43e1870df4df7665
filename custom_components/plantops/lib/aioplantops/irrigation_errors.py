"""What can go wrong with irrigators and waterings."""

from http import HTTPStatus

from .errors import NotFound, PlantOpsError


class IrrigatorNotFound(NotFound):
    """There is no such irrigator."""

    code = "irrigator_not_found"


class IrrigatorTaken(PlantOpsError):
    """This valve has an irrigator already: change that one, or remove it first."""

    code, status = "irrigator_taken", HTTPStatus.CONFLICT


class TooManyIrrigators(PlantOpsError):
    """There are as many irrigators as a garden may have."""

    code, status = "too_many_irrigators", HTTPStatus.CONFLICT


class NoIrrigator(PlantOpsError):
    """No irrigator waters this plant: add one, or take the watering can."""

    code, status = "no_irrigator", HTTPStatus.CONFLICT


class WateringRefused(PlantOpsError):
    """This plant is not watered now; `errors` tells every reason."""

    code, status = "watering_refused", HTTPStatus.CONFLICT
