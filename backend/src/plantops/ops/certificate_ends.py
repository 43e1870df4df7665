"""When the house's certificates end, and what else is wrong with them: in words, long before a client finds out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes

from plantops.ops.certificates import Certificates, load, load_chain, load_key
from plantops.ops.host_names import checked_name
from plantops.ops.supervision import ServiceFailed

WARN_BEFORE = timedelta(days=30)
DAY = timedelta(days=1)

REMEDY = {
    "ca.crt": "make a new authority with make certs-force, then give every device the new ca.crt",
    "server.crt": "make a new one with make certs-renew; devices need nothing",
}

WATCHED = tuple(REMEDY)


@dataclass(frozen=True, slots=True)
class Seen:
    """A certificate as it lies in its file."""

    file: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    fingerprint: str
    """SHA-256 of the certificate, as browsers and openssl show it."""

    def problem(self, now: datetime) -> str | None:
        """Say what is wrong with its time, and what helps; None: nothing, for 30 days at least."""
        if now < self.begins:
            return f"is not valid before {self.begins:%F %H:%M} UTC: is this machine's clock right?"
        if now >= self.ends:
            return f"ended on {self.ends:%F}: {REMEDY[self.file]}"
        if self.ends - now <= WARN_BEFORE:
            return f"ends on {self.ends:%F}, in {days_left(self.ends, now)} days: {REMEDY[self.file]}"
        return None

    def useless(self, now: datetime) -> bool:
        """Whether clients that look at the time refuse it now."""
        return not self.begins <= now < self.ends


def days_left(ends: datetime, now: datetime) -> int:
    """Count the whole days until the end; below zero after it."""
    return (ends - now) // DAY


def look(file: Path) -> Seen:
    """Read a certificate's file. Raises ServiceFailed in words."""
    certificate = load(file)
    return Seen(
        file=file.name,
        names=_names(certificate),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def misfits(folder: Path) -> list[str]:
    """Say which files are missing or don't belong together; a key that can't be read here is no fault."""
    made = Certificates.of(folder)
    found = [f"{file} is missing" for file in (made.ca_file, made.server_file) if not file.exists()]
    if found:
        return found if len(found) == 1 else [f"There are no certificates in {folder}: make certs"]
    try:
        authority, (server, *between) = load(made.ca_file), load_chain(made.server_file)
        if _readable(made.server_key_file) and load_key(made.server_key_file).public_key() != server.public_key():
            found.append(f"{made.server_key_file} does not belong to {made.server_file.name}: make certs-renew")
        if _readable(made.ca_key_file) and load_key(made.ca_key_file).public_key() != authority.public_key():
            found.append(f"{made.ca_key_file} does not belong to {made.ca_file.name}: put the right one back")
        for issued, issuer in pairwise((server, *between, authority)):
            issued.verify_directly_issued_by(issuer)
    except InvalidSignature, ValueError, TypeError:
        found.append(f"{made.server_file} was not signed by {made.ca_file.name}: make certs-renew")
    except ServiceFailed as unreadable:
        found.append(unreadable.detail)
    return found


def unnamed(seen: Seen, wanted: Iterable[str]) -> list[str]:
    """List the wanted names and addresses that the certificate does not hold, however they are written."""
    return [name for name in wanted if _plain(name) not in seen.names]


def _plain(name: str) -> str:
    try:
        return checked_name(name)
    except ValueError:
        return name


def _readable(file: Path) -> bool:
    try:
        file.open("rb").close()
    except OSError:
        return False
    return True


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    plain = held.get_values_for_type(x509.DNSName)
    return (*plain, *(str(each) for each in held.get_values_for_type(x509.IPAddress)))
