"""Examples for the documentation: what a typical request says."""

from collections.abc import Mapping
from typing import Any

from aioplantops.access import SessionCreate, TokenCreate
from aioplantops.alerts import AlertSnooze
from aioplantops.calendar import CalendarFeedCreate
from aioplantops.calibration import CalibrationCreate, ProcedureCapture, ProcedureCommit, ProcedureStep
from aioplantops.care import CareChange, CareLog
from aioplantops.forecast import ForecastWish
from aioplantops.history import ReadingsPost
from aioplantops.irrigation import IrrigatorChange, IrrigatorCreate, WaterPlant
from aioplantops.models import AssignmentChange, AssignmentCreate, ChannelChange, DeviceChange, PlantChange, PlantCreate
from aioplantops.notifications import NotificationChannelChange, NotificationChannelCreate
from aioplantops.openplantbook import OpenPlantbookAccountWish, OpenPlantbookImport
from aioplantops.registration import DeviceRegister, RegistrationKeyCreate
from aioplantops.settings import GardenSettingsChange
from aioplantops.species import SpeciesChange, SpeciesCreate
from aioplantops.tasks import TaskComplete, TaskRuleChange, TaskRuleCreate, TaskSnooze
from aioplantops.wire import Request

EXAMPLES: Mapping[type[Request], dict[str, Any]] = {
    PlantCreate: {"name": "Monstera", "species_id": "monstera-deliciosa", "area": "Living room", "pot_litres": 5},
    PlantChange: {
        "area": "Balcony",
        "notes": "Repotted in spring.",
        "thresholds": {"soil_moisture": {"low": 30}},
        "site": {"light_source": "white_led", "day_begins": "06:00"},
    },
    OpenPlantbookAccountWish: {"client_id": "as OpenPlantbook shows it", "client_secret": "as OpenPlantbook shows it"},
    OpenPlantbookImport: {"pid": "monstera deliciosa"},
    SpeciesCreate: {
        "name": "Grandma's tomato",
        "scientific_name": "Solanum lycopersicum",
        "common_names": {"en": ["Grandma's tomato"], "de": ["Omas Tomate"]},
        "needs": {"soil_moisture": {"low": 40, "high": 85}, "dli": {"low": 20}},
        "rest": {"months": [11, 12, 1, 2], "needs": {"soil_moisture": {"low": 10, "high": 40}}},
        "care": {"en": "Keep the leaves dry."},
    },
    SpeciesChange: {"needs": {"temperature": {"low": 12}}},
    CareLog: {"kind": "watered", "litres": 0.5, "note": "A good soak."},
    CalendarFeedCreate: {"name": "My phone"},
    TaskComplete: {"litres": 0.5},
    TaskSnooze: {"days": 2},
    TaskRuleCreate: {"kind": "fertilised", "every": 2, "unit": "weeks", "rest_months": [11, 12, 1, 2]},
    TaskRuleChange: {"every": 10},
    CareChange: {"at": "2026-11-20T17:00:00Z"},
    WaterPlant: {"seconds": 20, "key": "basil-2026-11-25T07:00"},
    IrrigatorCreate: {
        "name": "Kitchen drip hose",
        "plant_ids": ["0198c1de-5b7e-7a53-8f6e-2f1d6f3a9c11"],
        "device_id": "plant-3fa2c1",
        "valve": "pump",
        "litres_per_minute": 1.2,
        "max_seconds": 30,
        "daily_max_seconds": 120,
        "automatic": {"seconds": 20, "from": "07:00", "until": "10:00", "most_per_day": 1},
    },
    IrrigatorChange: {"max_seconds": 20, "automatic": None},
    ForecastWish: {
        "source": "Home Assistant: Met.no",
        "points": [{"time": "2030-01-01T03:00:00Z", "temperature": -2.5}],
    },
    AlertSnooze: {"until": "2030-01-01T08:00:00Z"},
    AssignmentCreate: {"channel_id": 1, "from": "2026-11-01T08:00:00Z"},
    AssignmentChange: {"until": "2026-11-20T17:00:00Z"},
    DeviceChange: {"name": "Window sill node", "area": "Living room"},
    ChannelChange: {"name": "Soil moisture, left pot"},
    CalibrationCreate: {
        "points": [{"sent": 2.78, "value": 0}, {"sent": 1.21, "value": 100}],
        "from": "2026-11-01T08:00:00Z",
        "substrate": "Peat-free potting soil",
    },
    ProcedureStep: {"capture": "dry"},
    ProcedureCapture: {"anyway": False},
    ProcedureCommit: {"from": "2026-11-01T08:00:00Z"},
    GardenSettingsChange: {"quiet_from": "22:00", "quiet_until": "06:30", "digest_at": "08:00"},
    NotificationChannelCreate: {
        "kind": "apprise",
        "name": "Anna's phone",
        "url": "ntfy://a-topic-that-nobody-guesses",
        "min_severity": "warning",
    },
    NotificationChannelChange: {"digest": True, "areas": ["Balcony"]},
    TokenCreate: {"name": "Home Assistant", "scopes": ["care"], "expires_at": "2030-01-01T00:00:00Z"},
    SessionCreate: {"token": "plantops_" + "x" * 43},
    DeviceRegister: {
        "registration_key": "plantops_reg_" + "x" * 24,
        "hardware_id": "A4:CF:12:3F:A2:C1",
        "model": "plant-node",
        "firmware": "0.1.0",
        "name": "basil",
        "friendly_name": "Basil node",
    },
    RegistrationKeyCreate: {"name": "balcony", "once": True, "expires_at": "2030-01-01T00:00:00Z"},
    ReadingsPost: {
        "device_id": "balcony-weather",
        "name": "Balcony weather station",
        "channels": {"temperature": {"metric": "temperature", "unit": "°C"}},
        "readings": [{"c": "temperature", "v": 21.4}],
    },
}
