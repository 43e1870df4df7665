"""What can be set from outside: environment variables, or files of the same name in `/run/secrets`.

An empty value counts as not set. Something wrong stops the start with one line per variable, in words;
the value of a secret is never repeated.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from aioplantops.errors import PlantOpsError
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from plantops.domain.species.season import Hemisphere
from plantops.domain.tongue import TONGUES, Language, Tongue
from plantops.ops.host_names import checked_name
from plantops.ops.logs import LogFormat
from plantops.setting_values import (
    Key,
    Network,
    Port,
    built_page,
    discord,
    file_there,
    host_names,
    lower,
    networks,
    postgres_address,
    split,
    upper,
    web_address,
    zone_name,
)

SECRETS = Path("/run/secrets")


class SettingsInvalid(PlantOpsError):
    """The settings do not fit."""


class BrokerAccounts(StrEnum):
    """Who keeps the broker's accounts."""

    MANAGED = "managed"
    """PlantOps does, through Mosquitto's dynamic security."""
    EXTERNAL = "external"
    """The owner of the broker does."""


class DeviceApproval(StrEnum):
    """Whether a device that registers may come in at once."""

    AUTO = "auto"
    MANUAL = "manual"


class LogLevel(StrEnum):
    """From which weight on a line is written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Settings(BaseSettings):
    """Everything that can be set, with its default; `Settings.load()` reads it."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: Annotated[SecretStr, AfterValidator(postgres_address)] | None = Field(
        None, description="PostgreSQL or TimescaleDB address; not set: the embedded PostgreSQL runs"
    )
    postgres_user: str | None = Field(None, description="database user, where DATABASE_URL names none")
    postgres_password: SecretStr | None = Field(None, description="its password, where DATABASE_URL holds none")
    postgres_db: str | None = Field(None, description="database name, where DATABASE_URL names none")
    mqtt_host: str = Field("localhost", description="host name of the Mosquitto broker")
    mqtt_port: Port = Field(1883, description="the broker's plain port, inside only")
    mqtt_tls_port: Port = Field(8883, description="the broker's TLS port")
    mqtt_use_tls: bool = Field(False, description="whether the backend speaks TLS with the broker")  # noqa: FBT003
    mqtt_ca_cert: Annotated[Path, AfterValidator(file_there)] | None = Field(
        None, description="file with the CA that signed the broker's certificate"
    )
    mqtt_backend_username: str = Field("backend", description="the backend's account at the broker")
    mqtt_backend_password: SecretStr | None = Field(None, description="that account's password")
    mqtt_backend_tls_port: Port | None = Field(
        None, description="TLS port that the backend itself uses, where the broker has an inner one; else MQTT_TLS_PORT"
    )
    broker_accounts: Annotated[BrokerAccounts, BeforeValidator(lower)] = Field(
        BrokerAccounts.MANAGED,
        description="managed: PlantOps keeps the broker's accounts; external: you do, on a broker of your own",
    )
    device_approval: Annotated[DeviceApproval, BeforeValidator(lower)] = Field(
        DeviceApproval.AUTO, description="manual: a new device waits until somebody with the scope admin approves it"
    )
    public_host: Annotated[str, AfterValidator(checked_name)] | None = Field(
        None, description="name or address of the broker that devices are told; not set: the one they registered at"
    )
    https_port: Port = Field(8443, description="HTTPS port at which devices register")
    https_cert: Annotated[Path, AfterValidator(file_there)] | None = Field(
        None, description="certificate for HTTPS_PORT; not set: a proxy in front speaks HTTPS"
    )
    https_key: Annotated[Path, AfterValidator(file_there)] | None = Field(None, description="its private key")
    allow_plain_registration: bool = Field(
        False,  # noqa: FBT003
        description="whether devices may register without TLS (their password then travels in the clear)",
    )
    certificates: Path | None = Field(
        None, description="folder with ca.crt and server.crt, whose ends are watched; not set: certs in PLANTOPS_DATA"
    )
    plantops_hostnames: Annotated[tuple[str, ...], NoDecode, AfterValidator(host_names), BeforeValidator(split)] = (
        Field((), description="further names and addresses for the server's certificate, comma-separated")
    )
    encryption_key: Key | None = Field(
        None, description="64 hex digits that seal stored secrets; not set: a key file in PLANTOPS_DATA"
    )
    encryption_keys_old: Annotated[tuple[Key, ...], NoDecode, BeforeValidator(split)] = Field(
        (), description="earlier encryption keys, comma-separated, while rotating"
    )
    discord_webhook_url: Annotated[SecretStr, AfterValidator(discord)] | None = Field(
        None, description="a Discord webhook that is told what happens, e.g. alerts"
    )
    openplantbook_url: Annotated[str, AfterValidator(web_address)] = Field(
        "https://open.plantbook.io/api/v1", description="where OpenPlantbook's API is"
    )
    allow_private_targets: Annotated[
        tuple[Network, ...], NoDecode, BeforeValidator(networks), BeforeValidator(split)
    ] = Field((), description="private networks with machines that may be told what happens, comma-separated")
    time_zone: Annotated[str, AfterValidator(zone_name)] = Field(
        "UTC", description="the garden's time zone, e.g. Europe/Berlin: where its days begin and end"
    )
    garden_language: Annotated[Language, BeforeValidator(lower)] = Field(
        Language.EN, description="en or de: the language of alerts, messages, reasons and calendars"
    )
    http_host: str = Field("0.0.0.0", description="address that the HTTP API listens on")  # noqa: S104
    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="port of the HTTP API; 0: any free one")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(networks), BeforeValidator(split)] = (
        Field((), description="proxies whose X-Forwarded-For is believed: addresses or networks, comma-separated")
    )
    retention_raw_days: Annotated[int, Field(ge=36)] = Field(
        400, description="days to keep raw readings (at least 36: late data may come for 35)"
    )
    retention_hourly_days: Annotated[int, Field(ge=36)] = Field(3650, description="days to keep hourly roll-ups")
    hemisphere: Annotated[Hemisphere, BeforeValidator(lower)] = Field(
        Hemisphere.NORTH, description="north or south: whose seasons the plants of the garden have"
    )
    dashboard: Annotated[Path, AfterValidator(built_page)] | None = Field(
        None,
        description="folder with the built dashboard that the backend shows at /; not set: it shows none",
    )
    plantops_data: Path = Field(Path(".plantops"), description="folder of the embedded database, demo and certificates")
    log_level: Annotated[LogLevel, BeforeValidator(upper)] = Field(
        LogLevel.INFO, description="DEBUG, INFO, WARNING or ERROR"
    )
    log_format: Annotated[LogFormat, BeforeValidator(lower)] = Field(LogFormat.CONSOLE, description="console or json")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, values: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in values.items() if value != ""}

    @classmethod
    def load(cls, *, secrets: Path = SECRETS, **changes: Any) -> Self:
        """Read the settings; `changes` (by field name) win. Raises SettingsInvalid with a line per variable."""
        try:
            return cls(**changes, _secrets_dir=secrets if secrets.is_dir() else None)
        except ValidationError as error:
            raise SettingsInvalid("\n".join(_in_words(error))) from None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsInvalid(f"a file in {secrets} cannot be read: {error}") from None

    @property
    def database_address(self) -> str | None:
        """DATABASE_URL with user, password and name filled in from POSTGRES_… where it holds none."""
        if self.database_url is None:
            return None
        address = urlsplit(self.database_url.get_secret_value())
        login, at, place = address.netloc.rpartition("@")
        user, _, password = login.partition(":")
        user = user or quote(self.postgres_user or "plantops", safe="")
        if not password and self.postgres_password:
            password = quote(self.postgres_password.get_secret_value(), safe="")
        login = f"{user}:{password}" if password else user
        name = address.path.strip("/") or quote(self.postgres_db or "plantops", safe="")
        return urlunsplit(address._replace(netloc=f"{login}@{place if at else address.netloc}", path=f"/{name}"))

    @property
    def broker_port(self) -> int:
        """The port the backend speaks with the broker on, TLS or not."""
        return (self.mqtt_backend_tls_port or self.mqtt_tls_port) if self.mqtt_use_tls else self.mqtt_port

    @property
    def zone(self) -> ZoneInfo:
        """The garden's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def tongue(self) -> Tongue:
        """How the house speaks to people."""
        return TONGUES[self.garden_language]

    @property
    def certificates_folder(self) -> Path:
        """Where the garden's certificates lie."""
        return self.certificates or self.plantops_data / "certs"

    @property
    def manages_accounts(self) -> bool:
        """Whether PlantOps keeps the broker's accounts; without a password of its own it cannot."""
        return self.broker_accounts is BrokerAccounts.MANAGED and self.mqtt_backend_password is not None


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable as the documentation shows it."""

    name: str
    default: str
    description: str
    secret: bool


def describe() -> tuple[Setting, ...]:
    """List every variable with its default and meaning (the documentation is tested against it)."""
    return tuple(
        Setting(
            name=name.upper(),
            default="" if field.default in (None, ()) else str(field.default),
            description=field.description or "",
            secret="Secret" in str(field.annotation) or "Key" in str(field.annotation),
        )
        for name, field in Settings.model_fields.items()
    )


WORDS = {"bool_parsing": "must be true or false", "int_parsing": "must be a whole number"}
"""What pydantic finds, in words that need no Python."""


def _in_words(error: ValidationError) -> list[str]:
    """Turn pydantic's findings into one line per variable, without its value."""
    lines: dict[str, str] = {}
    for finding in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(finding["loc"][0]).upper() if finding["loc"] else "settings"
        message = WORDS.get(finding["type"]) or finding["msg"].removeprefix("Value error, ").removeprefix("Input ")
        lines.setdefault(name, f"{name}: {message[:1].lower()}{message[1:]}")
    return list(lines.values())
