"""The part of the table of routes that is about telling people, and about what holds for the whole garden."""

from aioplantops.models import Page, Scope
from aioplantops.notifications import (
    ChannelNotKnown,
    ChannelSetOutside,
    Notification,
    NotificationChannel,
    NotificationChannelChange,
    NotificationChannelCreate,
    NotificationChannelCreated,
    NotificationTest,
    TargetRefused,
    TooManyChannels,
)
from aioplantops.settings import GardenSettings, GardenSettingsChange, Keeping

from . import notifications, settings
from .limits import Rate
from .lists import ListQuery
from .route import Route

# fmt: off
NOTIFICATION_ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/settings", settings.show, Scope.READ, "Tell what holds for the whole garden.",
          answer=GardenSettings),
    Route("GET", "/api/v1/settings/keeping", settings.keeping, Scope.READ,
          "Tell how long readings are kept, and when the newest backup was made.", answer=Keeping),
    Route("PATCH", "/api/v1/settings", settings.change, Scope.ADMIN,
          "Change what holds for the whole garden, such as its quiet hours.",
          body=GardenSettingsChange, answer=GardenSettings),
    Route("GET", "/api/v1/notification-channels", notifications.list_channels, Scope.ADMIN,
          "List the ways on which people are told.", answer=Page[NotificationChannel]),
    Route("POST", "/api/v1/notification-channels", notifications.create, Scope.ADMIN,
          "Make a way on which people are told.", body=NotificationChannelCreate, answer=NotificationChannelCreated,
          status=201, rate=Rate.HEAVY, errors=(TargetRefused, TooManyChannels)),
    Route("PATCH", "/api/v1/notification-channels/{notification_channel_id}", notifications.change, Scope.ADMIN,
          "Change a way on which people are told.", body=NotificationChannelChange, answer=NotificationChannel,
          rate=Rate.HEAVY, errors=(ChannelNotKnown, ChannelSetOutside, TargetRefused)),
    Route("DELETE", "/api/v1/notification-channels/{notification_channel_id}", notifications.remove, Scope.ADMIN,
          "Remove a way on which people are told.", status=204, errors=(ChannelNotKnown, ChannelSetOutside)),
    Route("POST", "/api/v1/notification-channels/{notification_channel_id}/test", notifications.test, Scope.ADMIN,
          "Send a test message now, and tell what the other side says.",
          answer=NotificationTest, rate=Rate.HEAVY, errors=(ChannelNotKnown,)),
    Route("GET", "/api/v1/notifications", notifications.list_all, Scope.ADMIN,
          "List what people were told, the newest first.", query=ListQuery, answer=Page[Notification]),
)
# fmt: on
