"""From the settings to the broker: where it is, and as whom the backend comes to it."""

from collections.abc import Sequence
from dataclasses import replace

from plantops.domain import reserved
from plantops.mqtt.broker import Broker
from plantops.mqtt.difference import Account
from plantops.mqtt.inner import inner_accounts
from plantops.mqtt.reconcile import Household
from plantops.ops.vault import Vault
from plantops.settings import Settings


def broker(settings: Settings) -> Broker:
    """Name the broker as the settings do, as the telemetry session."""
    secret = settings.mqtt_backend_password
    return Broker(
        settings.mqtt_host,
        settings.broker_port,
        username=settings.mqtt_backend_username if secret else None,
        password=secret.get_secret_value() if secret else None,
        use_tls=settings.mqtt_use_tls,
        ca_file=settings.mqtt_ca_cert,
    )


def household(settings: Settings, vault: Vault) -> Household | None:
    """Say which accounts the broker should have; None when PlantOps does not keep them."""
    if settings.mqtt_backend_password is None or not settings.manages_accounts:
        return None
    inner = inner_accounts(settings.mqtt_backend_username, settings.mqtt_backend_password.get_secret_value())
    return Household(_as(settings, inner, reserved.ACCOUNTS), inner, frozenset({reserved.DEMO}), vault)


def stock_broker(settings: Settings, household: Household | None) -> Broker | None:
    """Name the broker as the session for stock nodes, where that has an account of its own."""
    return _as(settings, household.inner, reserved.STOCK_READER) if household else None


def _as(settings: Settings, inner: Sequence[Account], username: str) -> Broker:
    account = next(account for account in inner if account.username == username)
    return replace(broker(settings), username=account.username, password=account.password)
