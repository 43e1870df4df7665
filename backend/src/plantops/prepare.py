"""The first service of the production stack: looks everything over before anything starts, and lays out the rest.

Each service gets a folder (a volume) with what it alone may read, owned by the user that it runs as. Nothing is
written while something is missing or weak. Safe to repeat, also while everything runs.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plantops.ops import dynsec
from plantops.ops.certificate_ends import look, misfits, unnamed
from plantops.ops.certificates import Certificates, pem_of
from plantops.ops.folder import in_words, write_private
from plantops.ops.supervision import ServiceFailed
from plantops.preflight import faults

BROKER, NGINX, GRAFANA, EVERYBODY = 1883, 101, 472, 0
"""The users of the images eclipse-mosquitto, nginx and grafana."""

PRIVATE, PUBLIC = 0o700, 0o755
READABLE, READABLE_FOLDER, OTHERS = 0o644, 0o755, 0o007


@dataclass(frozen=True, slots=True)
class Room:
    """The folder of one reader."""

    name: str
    user: int
    mode: int = PRIVATE


BROKER_DATA = Room("broker-data", BROKER)
BROKER_TLS = Room("broker-tls", BROKER)
FRONT_TLS = Room("front-tls", NGINX)
CERTIFICATES = Room("certificates", EVERYBODY, PUBLIC)
GRAFANA_LOGIN = Room("grafana-login", GRAFANA)
ROOMS = (BROKER_DATA, BROKER_TLS, FRONT_TLS, CERTIFICATES, GRAFANA_LOGIN)


class NotReady(ServiceFailed):
    """The house is not ready for production."""


def prepare(
    values: Mapping[str, str], certificates: Path, target: Path, now: datetime, *, mounted: Path | None = None
) -> list[str]:
    """Look over settings and certificates, then lay everything out below `target`; gives what deserves attention.

    `values` is the environment, `mounted` holds the folders of configuration that other containers mount. Raises
    NotReady with a line for each fault.
    """
    found = [*faults(values, inside=True), *_beside(values), *misfits(certificates), *_closed(mounted)]
    made = Certificates.of(certificates)
    if not found and not os.access(made.server_key_file, os.R_OK):
        found.append(f"{made.server_key_file} is missing, or may not be read here: make certs-renew")
    if found:
        raise NotReady("\n".join(found))
    for room in ROOMS:
        _open(target / room.name, room)
    dynsec.prepare(
        target / BROKER_DATA.name,
        values.get("MQTT_BACKEND_USERNAME", "").strip() or "backend",
        values["MQTT_BACKEND_PASSWORD"],
    )
    _hand_out(made, target)
    if password := values.get("GRAFANA_PASSWORD", ""):
        write_private(target / GRAFANA_LOGIN.name / "admin-password", password)
    return list(_attention(made, values, now))


def _beside(values: Mapping[str, str]) -> Iterable[str]:
    """Find what does not go together in what Compose itself was told (`.env`)."""
    profiles = {name.strip() for name in values.get("COMPOSE_PROFILES", "").split(",")}
    if "monitoring" in profiles and not values.get("GRAFANA_PASSWORD", "").strip():
        yield "GRAFANA_PASSWORD: is missing, which the profile monitoring needs; make one with: openssl rand -base64 32"
    if "caddy" in profiles:
        if not values.get("PLANTOPS_DOMAIN", "").strip():
            yield "PLANTOPS_DOMAIN: is missing, which the profile caddy needs; set your domain's name in .env"
        if values.get("FRONTEND_PORT", "80").rpartition(":")[2] == "80":
            yield "FRONTEND_PORT: is 80, which Caddy needs; set another one, such as 8080, in .env"


def _closed(mounted: Path | None) -> Iterable[str]:
    """Find configuration that only its owner may read, who is nobody in the container that needs it."""
    for folder in sorted(mounted.iterdir()) if mounted and mounted.is_dir() else ():
        for path in (folder, *sorted(folder.rglob("*"))):
            needed = READABLE_FOLDER if path.is_dir() else READABLE
            if path.stat().st_mode & needed & OTHERS != needed & OTHERS:
                yield f"{path.relative_to(folder.parent)} may not be read in its container: chmod -R a+rX {folder.name}"
                break


def _open(folder: Path, room: Room) -> None:
    with in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, room.user, room.user)
        folder.chmod(room.mode)


def _hand_out(made: Certificates, target: Path) -> None:
    """Give the broker and nginx the server's certificate with its key, and the backend what is public."""
    key = _content(made.server_key_file)
    for room in (BROKER_TLS, FRONT_TLS):
        write_private(target / room.name / made.server_key_file.name, key)
        write_private(target / room.name / made.server_file.name, _content(made.server_file), mode=READABLE)
    for file in (made.ca_file, made.server_file):
        write_private(target / CERTIFICATES.name / file.name, pem_of(file), mode=READABLE)


def _content(file: Path) -> bytes:
    with in_words(file):
        return file.read_bytes()


def _attention(made: Certificates, values: Mapping[str, str], now: datetime) -> Iterable[str]:
    """Say what will not do for long, or not for everybody; none of it keeps the house from starting."""
    for file in (made.ca_file, made.server_file):
        if problem := look(file).problem(now):
            yield f"{file.name} {problem}"
    host = values.get("PUBLIC_HOST", "").strip()
    if host and unnamed(look(made.server_file), [host]):
        yield f"{made.server_file.name} does not name PUBLIC_HOST, so devices refuse it there: make certs-renew"
