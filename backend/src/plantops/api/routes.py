"""Every address that the API answers, in one table: who may ask, what goes in, what comes out.

To add an address, write its handler in the file of its resource and add one line to ``ROUTES``.
A route without a scope is open to everyone, on purpose; there is no third way.
"""

from aioplantops.errors import (
    AssignmentNotFound,
    AssignmentOverlaps,
    ChannelNotFound,
    DeviceNotFound,
    DeviceNotWritable,
    LastAdminToken,
    LoginBlocked,
    OriginForbidden,
    OwnToken,
    PlantNotFound,
    SpanInvalid,
    Unauthorized,
    Unavailable,
)
from aioplantops.health import Health, Ready
from aioplantops.history import History, ReadingsPost, ReadingsPosted
from aioplantops.models import (
    Assignment,
    AssignmentChange,
    AssignmentCreate,
    Channel,
    ChannelChange,
    DeadLetter,
    Device,
    DeviceChange,
    GardenSnapshot,
    Page,
    Plant,
    PlantChange,
    PlantCreate,
    Scope,
    Session,
    SessionCreate,
    Token,
    TokenCreate,
    TokenCreated,
)

from . import (
    channels,
    devices,
    docs,
    export,
    garden,
    health,
    letters,
    plants,
    readings,
    session,
    stream,
    tokens,
)
from .history import HistoryQuery, PlantHistoryQuery
from .limits import Rate
from .lists import ListQuery
from .route import Route

# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/health", health.health, None, "Tell how each part of the backend is.", answer=Health),
    Route("GET", "/api/ready", health.ready, None, "Tell whether requests should be sent here.",
          answer=Ready, errors=(Unavailable,)),
    Route("GET", "/metrics", health.metrics, None, "Give all metrics to Prometheus.", media="text/plain"),
    Route("GET", "/api/openapi.json", docs.document, None, "Give this document.", media="application/json"),
    Route("GET", "/", docs.welcome, None, "Lead a browser to the documentation.", status=302),
    Route("GET", "/api/docs", docs.page, None, "Show this document as a page.", media="text/html"),
    Route("GET", "/api/docs/{file}", docs.file, None, "Give one of the page's files.", media="*/*"),

    Route("POST", "/api/v1/session", session.begin, None, "Log a browser in.",
          body=SessionCreate, answer=Session, status=201, rate=Rate.LOGIN,
          errors=(Unauthorized, LoginBlocked, OriginForbidden, Unavailable)),
    Route("GET", "/api/v1/session", session.show, None, "Tell what the browser session may do.",
          answer=Session, errors=(Unauthorized, Unavailable)),
    Route("DELETE", "/api/v1/session", session.end, None, "Log a browser out.",
          status=204, errors=(Unauthorized, OriginForbidden, Unavailable)),

    Route("GET", "/api/v1/tokens", tokens.list_all, Scope.ADMIN, "List the tokens.",
          query=tokens.TokenQuery, answer=Page[Token]),
    Route("POST", "/api/v1/tokens", tokens.create, Scope.ADMIN, "Make a token.",
          body=TokenCreate, answer=TokenCreated, status=201),
    Route("DELETE", "/api/v1/tokens/{token_id}", tokens.revoke, Scope.ADMIN, "Revoke a token.",
          status=204, errors=(LastAdminToken, OwnToken)),

    Route("GET", "/api/v1/garden", garden.show, Scope.READ, "Give the whole garden at once.", answer=GardenSnapshot),
    Route("GET", "/api/v1/stream", stream.listen, Scope.READ, "Tell everything that happens, over a WebSocket.",
          status=101, stream=True, errors=(Unavailable,)),

    Route("GET", "/api/v1/devices", devices.list_all, Scope.READ, "List the devices, by id.",
          query=ListQuery, answer=Page[Device]),
    Route("GET", "/api/v1/devices/{device_id}", devices.show, Scope.READ, "Give a device with its channels.",
          answer=Device, errors=(DeviceNotFound,)),
    Route("PATCH", "/api/v1/devices/{device_id}", devices.change, Scope.GARDEN, "Name a device, or say where it is.",
          body=DeviceChange, answer=Device, errors=(DeviceNotFound,)),
    Route("GET", "/api/v1/channels/{channel_id}", channels.show, Scope.READ, "Give a channel with its newest reading.",
          answer=Channel, errors=(ChannelNotFound,)),
    Route("PATCH", "/api/v1/channels/{channel_id}", channels.change, Scope.GARDEN, "Name a channel.",
          body=ChannelChange, answer=Channel, errors=(ChannelNotFound,)),
    Route("GET", "/api/v1/channels/{channel_id}/history", channels.history, Scope.READ,
          "Draw a channel's past, with at most the points asked for.",
          query=HistoryQuery, answer=History, errors=(ChannelNotFound, SpanInvalid)),

    Route("GET", "/api/v1/plants", plants.list_all, Scope.READ, "List the plants, by name.",
          query=ListQuery, answer=Page[Plant]),
    Route("POST", "/api/v1/plants", plants.create, Scope.GARDEN, "Add a plant.",
          body=PlantCreate, answer=Plant, status=201),
    Route("GET", "/api/v1/plants/{plant_id}", plants.show, Scope.READ, "Give a plant with what it feels now.",
          answer=Plant, errors=(PlantNotFound,)),
    Route("PATCH", "/api/v1/plants/{plant_id}", plants.change, Scope.GARDEN, "Change a plant.",
          body=PlantChange, answer=Plant, errors=(PlantNotFound,)),
    Route("DELETE", "/api/v1/plants/{plant_id}", plants.remove, Scope.GARDEN,
          "Remove a plant; its readings stay with their channels.", status=204, errors=(PlantNotFound,)),
    Route("GET", "/api/v1/plants/{plant_id}/history", plants.history, Scope.READ,
          "Draw what a plant felt, through all channels that served it.",
          query=PlantHistoryQuery, answer=History, errors=(PlantNotFound, SpanInvalid)),
    Route("GET", "/api/v1/plants/{plant_id}/assignments", plants.assignments, Scope.READ,
          "List a plant's assignments, past ones too, the newest first.",
          query=ListQuery, answer=Page[Assignment], errors=(PlantNotFound,)),
    Route("POST", "/api/v1/plants/{plant_id}/assignments", plants.assign, Scope.GARDEN, "Let a channel serve a plant.",
          body=AssignmentCreate, answer=Assignment, status=201,
          errors=(PlantNotFound, ChannelNotFound, AssignmentOverlaps, SpanInvalid)),
    Route("PATCH", "/api/v1/plants/{plant_id}/assignments/{assignment_id}", plants.reassign, Scope.GARDEN,
          "Move the ends of an assignment.", body=AssignmentChange, answer=Assignment,
          errors=(PlantNotFound, AssignmentNotFound, AssignmentOverlaps, SpanInvalid)),
    Route("DELETE", "/api/v1/plants/{plant_id}/assignments/{assignment_id}", plants.unassign, Scope.GARDEN,
          "Remove an assignment as if it had never been; to keep its past, end it.",
          status=204, errors=(PlantNotFound, AssignmentNotFound)),

    Route("POST", "/api/v1/readings", readings.post, Scope.INGEST, "Store readings of a source that has no MQTT.",
          body=ReadingsPost, answer=ReadingsPosted, rate=Rate.INGEST, errors=(DeviceNotWritable,)),
    Route("GET", "/api/v1/export", export.csv, Scope.READ, "Take readings away as CSV.",
          query=export.ExportQuery, media="text/csv", rate=Rate.HEAVY,
          errors=(ChannelNotFound, PlantNotFound, DeviceNotFound, SpanInvalid)),
    Route("GET", "/api/v1/dead-letters", letters.list_all, Scope.ADMIN,
          "List what could not be stored, and why, the newest first.",
          query=letters.LetterQuery, answer=Page[DeadLetter]),
)
# fmt: on
