"""The addresses and keys of notification channels: sealed in the store, opened only to be used."""

from uuid import UUID

from plantops.ops.vault import Vault
from plantops.storage.notification_channels import KeptChannel

from .messenger import Keys

DISCORD_CHANNEL = UUID("00000000-0000-8000-8000-646973636f72")
"""The channel of DISCORD_WEBHOOK_URL: the same on every replica."""


class ChannelKeys:
    """Opens and seals them."""

    def __init__(self, vault: Vault, discord_url: str | None = None) -> None:
        """Take the strongbox, and the address that DISCORD_WEBHOOK_URL sets."""
        self._vault = vault
        self.discord_url = discord_url

    def seal(self, channel_id: UUID, keys: Keys) -> bytes:
        """Seal what a channel needs, for this channel alone."""
        return self._vault.seal(keys.text(), _purpose(channel_id))

    def open(self, channel: KeptChannel) -> Keys:
        """Give what a channel needs. Raises CannotOpen."""
        if channel.secret is None:
            return Keys(self.discord_url or "")
        return Keys.read(self._vault.open(channel.secret, _purpose(channel.shown.id)))


def _purpose(channel_id: UUID) -> str:
    return f"notification_channel:{channel_id}"
