"""OpenPlantbook, an open database of plants on the internet: the account there, what is found, what is taken over."""

from http import HTTPStatus
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, field_serializer

from .errors import NotFound, PlantOpsError
from .species import SpeciesId
from .wire import ONE_LINE, Answer, Request, Utc

type Pid = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
"""What OpenPlantbook calls a plant, e.g. ``monstera deliciosa``."""

type Credential = Annotated[SecretStr, Field(min_length=1, max_length=200)]


class NoOpenPlantbookAccount(PlantOpsError):
    """No OpenPlantbook account is known here: give client id and secret at /api/v1/settings/openplantbook first."""

    code, status = "no_openplantbook_account", HTTPStatus.CONFLICT


class OpenPlantbookRefused(PlantOpsError):
    """OpenPlantbook does not take the client id and secret: make new ones at open.plantbook.io and give them again."""

    code, status = "openplantbook_refused", HTTPStatus.CONFLICT


class OpenPlantbookBusy(PlantOpsError):
    """OpenPlantbook has answered this account often enough for now: wait."""

    code, status = "openplantbook_busy", HTTPStatus.SERVICE_UNAVAILABLE


class OpenPlantbookSilent(PlantOpsError):
    """OpenPlantbook cannot be reached; what was imported before still works."""

    code, status = "openplantbook_silent", HTTPStatus.BAD_GATEWAY


class OpenPlantbookNotUnderstood(PlantOpsError):
    """OpenPlantbook's answer is not what it should be; nothing was changed."""

    code, status = "openplantbook_not_understood", HTTPStatus.BAD_GATEWAY


class OpenPlantbookPlantNotFound(NotFound):
    """OpenPlantbook knows no such plant: search for it there, and take its `pid` from what is found."""

    code = "openplantbook_plant_not_found"


class OpenPlantbookAccount(Answer):
    """Whether there is an account; what it consists of is never told."""

    configured: bool
    set_at: Utc | None = None
    """When it was given."""


class OpenPlantbookAccountWish(Request):
    """Client id and secret, as open.plantbook.io shows them below “API keys”."""

    client_id: Credential
    client_secret: Credential

    @field_serializer("client_id", "client_secret", when_used="json")
    def _told(self, value: SecretStr) -> str:
        return value.get_secret_value()


class OpenPlantbookFound(Answer):
    """A plant that OpenPlantbook knows."""

    pid: str
    """What to import it by."""
    name: str
    """Its name as it is written, usually the scientific one."""
    alias: str | None = None
    category: str | None = None
    species_id: SpeciesId | None = None
    """The profile that it was imported into; None: it wasn't."""


class OpenPlantbookSearch(Answer):
    """What OpenPlantbook found."""

    items: tuple[OpenPlantbookFound, ...]
    more: bool
    """Whether it found more than it told: a longer search finds less."""


class OpenPlantbookImport(Request):
    """A plant to take over from OpenPlantbook."""

    pid: Pid
    refresh: bool = False
    """Ask OpenPlantbook even if the plant was imported before; else what was imported is given, without asking."""
