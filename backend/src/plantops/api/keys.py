"""The names under which handlers find the services; the front door fills them in before the start."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics
from plantops.services.access import Access
from plantops.services.accounts import Accounts
from plantops.services.alert_weather import Forecasts
from plantops.services.alerts import AlertBook
from plantops.services.calendars import Calendars
from plantops.services.calibrating import CalibrationProcedures
from plantops.services.calibration import CalibrationVersions
from plantops.services.care import CareBook
from plantops.services.days import Days
from plantops.services.devices import Devices
from plantops.services.export import Exports
from plantops.services.garden import Garden
from plantops.services.garden_settings import GardenRules
from plantops.services.health import HealthCheck
from plantops.services.history import Histories
from plantops.services.irrigation import Irrigators
from plantops.services.irrigation_orders import IrrigationOrders
from plantops.services.letters import DeadLetters
from plantops.services.light import Lights
from plantops.services.notification_channels import NotificationChannels
from plantops.services.openplantbook import OpenPlantbook
from plantops.services.photos import Album
from plantops.services.plant_tables import PlantTables
from plantops.services.plants import Plants
from plantops.services.posting import Posting
from plantops.services.registration import Registration
from plantops.services.registration_keys import RegistrationKeys
from plantops.services.species import SpeciesProfiles
from plantops.services.stream import Hub
from plantops.services.task_keeping import TaskKeeper
from plantops.services.task_rules import TaskRules
from plantops.services.tasks import TaskBook

from .dashboard import Dashboard
from .limits import Limiter
from .proxies import Network
from .reception import Reception

CLOCK: web.AppKey[Clock] = web.AppKey("clock", Callable)  # type: ignore[arg-type]
METRICS = web.AppKey("metrics", Metrics)
ACCESS = web.AppKey("access", Access)

HEALTH = web.AppKey("health", HealthCheck)
GARDEN = web.AppKey("garden", Garden)
GARDEN_RULES = web.AppKey("garden_rules", GardenRules)
NOTIFICATION_CHANNELS = web.AppKey("notification_channels", NotificationChannels)
PLANTS = web.AppKey("plants", Plants)
PLANT_TABLES = web.AppKey("plant_tables", PlantTables)
ALERT_BOOK = web.AppKey("alert_book", AlertBook)
IRRIGATORS = web.AppKey("irrigators", Irrigators)
IRRIGATION_ORDERS = web.AppKey("irrigation_orders", IrrigationOrders)
FORECASTS = web.AppKey("forecasts", Forecasts)
CARE_BOOK = web.AppKey("care_book", CareBook)
CALENDARS = web.AppKey("calendars", Calendars)
ALBUM = web.AppKey("album", Album)
TASK_BOOK = web.AppKey("task_book", TaskBook)
TASK_RULES = web.AppKey("task_rules", TaskRules)
TASK_KEEPER = web.AppKey("task_keeper", TaskKeeper)
OPENPLANTBOOK = web.AppKey("openplantbook", OpenPlantbook)
SPECIES_PROFILES = web.AppKey("species_profiles", SpeciesProfiles)
DEVICES = web.AppKey("devices", Devices)
CALIBRATION_VERSIONS = web.AppKey("calibration_versions", CalibrationVersions)
CALIBRATION_PROCEDURES = web.AppKey("calibration_procedures", CalibrationProcedures)
DAYS = web.AppKey("days", Days)
LIGHTS = web.AppKey("lights", Lights)
HISTORIES = web.AppKey("histories", Histories)
EXPORTS = web.AppKey("exports", Exports)
POSTING = web.AppKey("posting", Posting)
REGISTRATION = web.AppKey("registration", Registration)
REGISTRATION_KEYS = web.AppKey("registration_keys", RegistrationKeys)
ACCOUNTS = web.AppKey("accounts", Accounts)
RECEPTION = web.AppKey("reception", Reception)
LETTERS = web.AppKey("letters", DeadLetters)
HUB = web.AppKey("hub", Hub)

DASHBOARD = web.AppKey("dashboard", Dashboard)
"""Only where its built files lie on this machine."""
LIMITER = web.AppKey("limiter", Limiter)
TRUSTED: web.AppKey[Sequence[Network]] = web.AppKey("trusted", tuple)
"""Proxies whose X-Forwarded-… is believed; none, if the front door names none."""
DESCRIPTION: web.AppKey[Callable[[], Awaitable[bytes]]] = web.AppKey("description", Callable)  # type: ignore[arg-type]
"""Gives the OpenAPI document as JSON."""

type Rooms = Mapping[web.AppKey[Any], object]
"""What the front door hands over."""
