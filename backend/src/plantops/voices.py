"""How the house speaks with people and with the world outside: built once, for the front door."""

import random
from dataclasses import dataclass

from plantops.bootstrap import now
from plantops.ops.metrics import Metrics
from plantops.ops.vault import Vault
from plantops.services.channel_keys import ChannelKeys
from plantops.services.courier import Courier
from plantops.services.messenger import Messenger
from plantops.services.notification_channels import NotificationChannels
from plantops.services.notifier import Notifier, Voice
from plantops.services.outside import Outside
from plantops.settings import Settings
from plantops.storage.pool import Database


@dataclass(frozen=True, slots=True)
class Voices:
    """What speaks."""

    outside: Outside
    """The one door for HTTP to addresses that people name."""
    channels: NotificationChannels
    notifier: Notifier


def voices(settings: Settings, database: Database, vault: Vault, metrics: Metrics) -> Voices:
    """Build them."""
    outside = Outside(settings.allow_private_targets)
    messenger = Messenger(outside, Courier(settings.allow_private_targets), clock=now)
    discord = settings.discord_webhook_url
    keys = ChannelKeys(vault, None if discord is None else discord.get_secret_value())
    voice = Voice(keys, messenger, settings.zone, random.random, settings.tongue)
    return Voices(
        outside,
        NotificationChannels(database, keys, messenger, clock=now, tongue=settings.tongue),
        Notifier(database, voice, metrics=metrics, clock=now),
    )
