"""What the house knows of species, its own and those of OpenPlantbook, and of plants in tables: built once."""

from plantops.api import keys
from plantops.bootstrap import now
from plantops.ops.vault import Vault
from plantops.services.news import News
from plantops.services.openplantbook import OpenPlantbook
from plantops.services.openplantbook_line import Line
from plantops.services.outside import Outside
from plantops.services.plant_tables import PlantTables
from plantops.services.species import SpeciesProfiles
from plantops.settings import Settings
from plantops.storage.pool import Database


def library(settings: Settings, database: Database, vault: Vault, outside: Outside, news: News) -> keys.Rooms:
    """Build it."""
    profiles = SpeciesProfiles(database, news=news, clock=now)
    line = Line(outside, settings.openplantbook_url, now)
    return {
        keys.SPECIES_PROFILES: profiles,
        keys.PLANT_TABLES: PlantTables(database, profiles, news=news, clock=now),
        keys.OPENPLANTBOOK: OpenPlantbook(database, vault, line, news=news, clock=now),
    }
