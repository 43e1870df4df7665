"""How a device gets its account at the broker: what it says, what it is told, and the keys that let it ask."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from .models import DeviceAccess
from .wire import Answer, DeviceId, Name, Request, Utc

PATH = "/api/v1/devices/register"

_NOBODY = frozenset({"0" * 12, "f" * 12})
"""What a chip says whose MAC address was never read, or not at all."""


def _plain(written: str) -> str:
    digits = written.translate({ord(":"): None, ord("-"): None}).lower()
    if digits in _NOBODY:
        raise ValueError("is no device's own MAC address")
    return digits


MAC = r"^[0-9A-Fa-f]{2}((:[0-9A-Fa-f]{2}){5}|(-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{10})$"

type HardwareId = Annotated[str, StringConstraints(pattern=MAC), AfterValidator(_plain)]
"""A MAC address: 12 hexadecimal digits, also with `:` or `-` between the pairs; kept without, in lower case."""


class DeviceRegister(Request):
    """What a device says to get its account. Saying it again is harmless: see docs/registration.md."""

    registration_key: Annotated[str, Field(min_length=1, max_length=100, repr=False)]
    hardware_id: HardwareId
    """MAC address."""
    model: Name | None = None
    firmware: Name | None = None
    """Its version."""
    name: DeviceId | None = None
    """The device id that it wishes for; another is given when that is taken."""
    friendly_name: Name | None = None
    """What people should see; a name that somebody gave stays."""


class DeviceCredentials(Answer):
    """A device's account at the broker; the password is shown this once."""

    device_id: DeviceId
    status: DeviceAccess
    """`pending`: the broker lets it in once somebody has approved it; it may keep trying."""
    mqtt_host: str
    mqtt_port: int
    """TLS; the broker's certificate is signed by the installation's own CA."""
    mqtt_username: str
    """Also the client id."""
    mqtt_password: Annotated[str, Field(repr=False)]
    topic_prefix: str
    """All topics of the device lie below it."""


class RegistrationPlace(Answer):
    """What a device must be given beside Wi-Fi and a registration key."""

    url: str
    """Where it registers, as it must be able to reach it, e.g. `https://plantops.local:8443`."""
    mqtt_host: str
    mqtt_port: int
    """TLS; the broker's certificate is signed by the authority below."""
    authority: str | None = None
    """The garden's authority as PEM, which devices must trust; no secret. None: it does not lie here."""
    problem: str | None = None
    """What will keep devices from coming in by this address, and what helps; None: nothing that is known."""


class RegistrationKey(Answer):
    """What a new device shows to get its account; the secret itself is kept nowhere."""

    id: UUID
    name: str
    once: bool
    """Good for one device only."""
    created_at: Utc
    expires_at: Utc | None = None
    revoked_at: Utc | None = None
    used_count: int = 0
    """How often a device got its account, or a new password, with it."""
    last_used_at: Utc | None = None
    first_used_by: str | None = None
    """Hardware id of the first device that used it."""


class RegistrationKeyCreate(Request):
    """A wish for a new registration key."""

    name: Name = "devices"
    once: bool = False
    """True: good for one device only."""
    expires_at: Utc | None = None


class RegistrationKeyCreated(RegistrationKey):
    """A new registration key with its secret: the only time that it is shown."""

    registration_key: Annotated[str, Field(repr=False)]
