"""Everything that can go wrong, in one family: a code, an HTTP status and a sentence that a person can act on.

The code survives the wire: the server answers it as RFC 9457 problem details, the client raises the same class.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar


class PlantOpsError(Exception):
    """Something went wrong in PlantOps."""

    code: ClassVar[str] = "internal"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    registry: ClassVar[dict[str, type[PlantOpsError]]] = {}

    def __init__(
        self, detail: str | None = None, *, errors: tuple[Mapping[str, str], ...] = (), retry_after: int | None = None
    ) -> None:
        """Take the sentence for the user (else the class's own), the places that are wrong, and seconds to wait."""
        self.detail = detail or (type(self).__doc__ or "").strip().splitlines()[0]
        self.errors = errors
        self.retry_after = retry_after
        super().__init__(self.detail)

    def __init_subclass__(cls) -> None:
        """Enter the class under its code, so that a client can raise it again."""
        super().__init_subclass__()
        if "code" in cls.__dict__:
            PlantOpsError.registry[cls.code] = cls


PlantOpsError.registry[PlantOpsError.code] = PlantOpsError


def from_problem(problem: Mapping[str, Any]) -> PlantOpsError:
    """Turn problem details, as `aioplantops.problem.Problem` reads them, into the error that they name."""
    family = PlantOpsError.registry.get(problem["code"], PlantOpsError)
    return family(problem["detail"], errors=tuple(problem["errors"]), retry_after=problem["retry_after"])


class Malformed(PlantOpsError):
    """The request is not valid JSON."""

    code, status = "malformed", HTTPStatus.BAD_REQUEST


class Invalid(PlantOpsError):
    """The request does not fit; `errors` tells where."""

    code, status = "invalid", HTTPStatus.UNPROCESSABLE_ENTITY


class SpanInvalid(PlantOpsError):
    """The time span ends before it begins, or lies outside what can be kept."""

    code, status = "span_invalid", HTTPStatus.UNPROCESSABLE_ENTITY


class Unauthorized(PlantOpsError):
    """A valid token is needed: send it as "Authorization: Bearer <token>"."""

    code, status = "unauthorized", HTTPStatus.UNAUTHORIZED


class ScopeMissing(PlantOpsError):
    """The token does not allow this."""

    code, status = "scope_missing", HTTPStatus.FORBIDDEN


class OriginForbidden(PlantOpsError):
    """A browser session may only be used from PlantOps' own pages."""

    code, status = "origin_forbidden", HTTPStatus.FORBIDDEN


class NotFound(PlantOpsError):
    """There is nothing at this address."""

    code, status = "not_found", HTTPStatus.NOT_FOUND


class DeviceNotFound(NotFound):
    """There is no such device."""

    code = "device_not_found"


class ChannelNotFound(NotFound):
    """There is no such channel."""

    code = "channel_not_found"


class PlantNotFound(NotFound):
    """There is no such plant in this garden."""

    code = "plant_not_found"


class AssignmentNotFound(NotFound):
    """There is no such assignment of a channel to this plant."""

    code = "assignment_not_found"


class SpeciesNotFound(NotFound):
    """There is no such species profile; search for one, or make one of your own."""

    code = "species_not_found"


class TokenNotFound(NotFound):
    """There is no such token."""

    code = "token_not_found"


class RegistrationKeyNotFound(NotFound):
    """There is no such registration key."""

    code = "registration_key_not_found"


class TlsRequired(PlantOpsError):
    """Devices register over HTTPS only, because their password is in the answer."""

    code, status = "tls_required", HTTPStatus.FORBIDDEN


class RegistrationKeyInvalid(PlantOpsError):
    """This registration key lets no device in: make another one with `plantops registration-key create`."""

    code, status = "registration_key_invalid", HTTPStatus.FORBIDDEN


class DeviceRevoked(PlantOpsError):
    """This device was thrown out: it stays so until somebody restores it (`plantops device restore NAME`)."""

    code, status = "device_revoked", HTTPStatus.FORBIDDEN


class MethodNotAllowed(PlantOpsError):
    """This address does not take that method."""

    code, status = "method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED


class AssignmentOverlaps(PlantOpsError):
    """The plant already has a channel for this metric in that span: end the other assignment first."""

    code, status = "assignment_overlaps", HTTPStatus.CONFLICT


class SpeciesInUse(PlantOpsError):
    """Plants have this species profile: give them another one first."""

    code, status = "species_in_use", HTTPStatus.CONFLICT


class SpeciesNotYours(PlantOpsError):
    """This species profile stays as it came: make one of your own, or set a plant's bounds."""

    code, status = "species_not_yours", HTTPStatus.CONFLICT


class TooManySpecies(PlantOpsError):
    """There are as many species profiles of one's own as can be searched quickly: remove some first."""

    code, status = "too_many_species", HTTPStatus.CONFLICT


class DeviceNotWritable(PlantOpsError):
    """This device reports over MQTT; readings by HTTP are only for devices that were made by HTTP."""

    code, status = "device_not_writable", HTTPStatus.CONFLICT


class NoBrokerAccount(PlantOpsError):
    """This device has no account at the broker: it never registered, and nobody added it."""

    code, status = "no_broker_account", HTTPStatus.CONFLICT


class BrokerAccountsExternal(PlantOpsError):
    """No accounts kept here (BROKER_ACCOUNTS=external, or no MQTT_BACKEND_PASSWORD); make them at the broker itself."""

    code, status = "broker_accounts_external", HTTPStatus.CONFLICT


class NameTaken(PlantOpsError):
    """Something else bears this name already: choose another."""

    code, status = "name_taken", HTTPStatus.CONFLICT


class GardenFull(PlantOpsError):
    """The garden has as many devices as it can hold: remove some first."""

    code, status = "garden_full", HTTPStatus.CONFLICT


class OwnToken(PlantOpsError):
    """This is the token that you are using: revoke it with another one, or by `plantops token revoke NAME`."""

    code, status = "own_token", HTTPStatus.CONFLICT


class LastAdminToken(PlantOpsError):
    """This is the last admin token: make another first (`plantops token create NAME --scope admin`)."""

    code, status = "last_admin_token", HTTPStatus.CONFLICT


class TooSlow(PlantOpsError):
    """The request took too long to arrive."""

    code, status = "too_slow", HTTPStatus.REQUEST_TIMEOUT


class TooLarge(PlantOpsError):
    """The request is too large."""

    code, status = "too_large", HTTPStatus.CONTENT_TOO_LARGE


class UnsupportedMedia(PlantOpsError):
    """Send JSON, with "Content-Type: application/json"."""

    code, status = "unsupported_media", HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class RateLimited(PlantOpsError):
    """Too many requests: wait a moment."""

    code, status = "rate_limited", HTTPStatus.TOO_MANY_REQUESTS


class LoginBlocked(PlantOpsError):
    """Too many failed logins from this address: wait a moment."""

    code, status = "login_blocked", HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(PlantOpsError):
    """The store cannot be reached at the moment; nothing was changed. Try again shortly."""

    code, status = "unavailable", HTTPStatus.SERVICE_UNAVAILABLE


class CannotConnect(PlantOpsError):
    """The PlantOps backend cannot be reached."""

    code = "cannot_connect"


class CertificateUntrusted(CannotConnect):
    """The backend's certificate is not one that is trusted here."""

    code = "certificate_untrusted"


class NotUnderstood(PlantOpsError):
    """The answer is not what a PlantOps backend would say; check that the address is right."""

    code = "not_understood"


class ServerTooOld(PlantOpsError):
    """The PlantOps backend is too old for this client: update the backend."""

    code = "server_too_old"


class ServerTooNew(PlantOpsError):
    """The PlantOps backend is too new for this client: update the client (in Home Assistant, the integration)."""

    code = "server_too_new"
