"""The addresses of species, a part of the table in `routes`: profiles, and what OpenPlantbook adds to them."""

from aioplantops.errors import SpeciesInUse, SpeciesNotFound, SpeciesNotYours, TooManySpecies
from aioplantops.models import Page, Scope
from aioplantops.openplantbook import (
    NoOpenPlantbookAccount,
    OpenPlantbookAccount,
    OpenPlantbookAccountWish,
    OpenPlantbookBusy,
    OpenPlantbookImport,
    OpenPlantbookNotUnderstood,
    OpenPlantbookPlantNotFound,
    OpenPlantbookRefused,
    OpenPlantbookSearch,
    OpenPlantbookSilent,
)
from aioplantops.species import Species, SpeciesChange, SpeciesCreate, SpeciesFound

from . import openplantbook, species
from .limits import Rate
from .route import Route

OUTSIDE = (OpenPlantbookRefused, OpenPlantbookBusy, OpenPlantbookSilent, OpenPlantbookNotUnderstood)
"""What may go wrong whenever OpenPlantbook is asked."""

# fmt: off
SPECIES_ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/species", species.list_all, Scope.READ,
          "List the species by name, or those whose names fit a search, the best first.",
          query=species.SpeciesQuery, answer=Page[SpeciesFound]),
    Route("POST", "/api/v1/species", species.create, Scope.GARDEN, "Make a species profile of your own.",
          body=SpeciesCreate, answer=Species, status=201, errors=(TooManySpecies,)),
    Route("GET", "/api/v1/species/{species_id}", species.show, Scope.READ, "Give a species profile.",
          answer=Species, errors=(SpeciesNotFound,)),
    Route("PATCH", "/api/v1/species/{species_id}", species.change, Scope.GARDEN,
          "Change a species profile of your own, and with it the thresholds of its plants.",
          body=SpeciesChange, answer=Species, errors=(SpeciesNotFound, SpeciesNotYours)),
    Route("DELETE", "/api/v1/species/{species_id}", species.remove, Scope.GARDEN,
          "Remove a species profile of your own that no plant has.",
          status=204, errors=(SpeciesNotFound, SpeciesNotYours, SpeciesInUse)),

    Route("GET", "/api/v1/openplantbook", openplantbook.search, Scope.GARDEN, "Search OpenPlantbook.",
          query=openplantbook.OpenPlantbookQuery, answer=OpenPlantbookSearch, rate=Rate.HEAVY,
          errors=(NoOpenPlantbookAccount, *OUTSIDE)),
    Route("POST", "/api/v1/openplantbook", openplantbook.take_over, Scope.GARDEN,
          "Take a plant of OpenPlantbook over into a species profile; once here, it needs no internet.",
          body=OpenPlantbookImport, answer=Species, rate=Rate.HEAVY,
          errors=(NoOpenPlantbookAccount, OpenPlantbookPlantNotFound, TooManySpecies, *OUTSIDE)),
    Route("GET", "/api/v1/settings/openplantbook", openplantbook.account, Scope.READ,
          "Tell whether there is an account at OpenPlantbook.", answer=OpenPlantbookAccount),
    Route("PUT", "/api/v1/settings/openplantbook", openplantbook.keep_account, Scope.ADMIN,
          "Keep an account at OpenPlantbook, once it has been tried; it is never shown again.",
          body=OpenPlantbookAccountWish, answer=OpenPlantbookAccount, rate=Rate.HEAVY, errors=OUTSIDE),
    Route("DELETE", "/api/v1/settings/openplantbook", openplantbook.forget_account, Scope.ADMIN,
          "Forget the account at OpenPlantbook; what was imported stays.", status=204),
)
# fmt: on
