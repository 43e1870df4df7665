"""The garden's own certificate authority, and the certificate that the broker and the API show.

Devices and clients pin the authority, so a new server certificate changes nothing for them; a new authority does.
`ensure` uses what exists; `make` refuses to replace it unless forced; `renew` replaces the server's certificate only.
Keys are ECDSA P-256: every ESP32 verifies them quickly.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from plantops.ops.folder import in_words, like_parent, make_folder, sync_folder, write_private
from plantops.ops.host_names import host_names
from plantops.ops.supervision import ServiceFailed

VALID = timedelta(days=3652)
"""Ten years: a sensor node in the field is not visited for a new certificate."""
CLOCK_SLACK = timedelta(days=1)
"""Devices whose clock is a little behind still accept a fresh certificate."""
MODE_FOR_ALL = 0o644

type Key = ec.EllipticCurvePrivateKey


class CertificatesExist(ServiceFailed):
    """There are certificates already."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files lie (PEM): what clients trust and what signs, what the server shows and keeps to itself."""

    ca_file: Path
    server_file: Path
    server_key_file: Path
    ca_key_file: Path

    @classmethod
    def of(cls, folder: Path) -> Certificates:
        """Name the files in a folder, there or not."""
        return cls(folder / "ca.crt", folder / "server.crt", folder / "server.key", folder / "ca.key")

    @property
    def files(self) -> tuple[Path, ...]:
        """All four."""
        return self.ca_file, self.ca_key_file, self.server_file, self.server_key_file


def ensure(folder: Path, now: datetime, *, extra_names: Iterable[str] = ()) -> Certificates:
    """Give the folder's certificates, making what is missing; `extra_names` are further host names or addresses.

    Raises ServiceFailed in words when half of a pair is missing, for a new one would not fit the other half.
    """
    made = Certificates.of(make_folder(folder, mode=0o755))
    if not _have_both(made.server_file, made.server_key_file):
        if not _have_both(made.ca_file, made.ca_key_file):
            _write_pair(made.ca_file, made.ca_key_file, *_authority(now))
        _write_server(made, now, extra_names)
    elif not made.ca_file.exists():
        raise ServiceFailed(
            f"{made.ca_file} is missing, though {made.server_file} is there: put it back, or move all away."
        )
    return made


def make(folder: Path, now: datetime, *, extra_names: Iterable[str] = (), force: bool = False) -> Path | None:
    """Make an authority and a server certificate; with `force` also where there are some, which are moved aside.

    Gives the folder that keeps what stood there before. Raises CertificatesExist, which tells what `force` does.
    """
    names = tuple(extra_names)
    host_names(names)
    made = Certificates.of(folder)
    standing = [file for file in made.files if file.exists()]
    if {*standing, made.ca_key_file} == {*made.files} and not force:  # the authority's key may be kept elsewhere
        raise CertificatesExist(
            f"{folder} holds certificates already; nothing was changed.\n"
            "  make certs-renew  makes a new server certificate, also with new names; devices notice nothing.\n"
            "  make certs-force  makes a new authority too: every device needs the new ca.crt to connect again."
            "\n                    The earlier files are kept in a folder beside the new ones."
        )
    kept = _move_aside(folder, standing, now) if force and standing else None
    ensure(folder, now, extra_names=names)
    return kept


def renew(folder: Path, now: datetime, *, extra_names: Iterable[str] = ()) -> None:
    """Make a new server certificate, signed by the same authority, so that who pins that one notices nothing.

    Raises ServiceFailed when the authority or its key is missing, or at its end.
    """
    made = Certificates.of(folder)
    for needed in (made.ca_file, made.ca_key_file):
        if not needed.exists():
            raise ServiceFailed(f"{needed} is missing: put it back, for the server's certificate is signed with it.")
    _write_server(made, now, extra_names)


def load(file: Path) -> x509.Certificate:
    """Read a certificate. Raises ServiceFailed in words when there is none in the file."""
    with _readable(file):
        content = file.read_bytes()
    try:
        return x509.load_pem_x509_certificate(content)
    except ValueError:
        raise ServiceFailed(f"{file} holds no certificate that can be read (PEM is expected).") from None


def pem_of(file: Path) -> str:
    """Give the certificate in a file as PEM, without anything else that may stand there (a key, words)."""
    return load(file).public_bytes(serialization.Encoding.PEM).decode("ascii")


def load_chain(file: Path) -> list[x509.Certificate]:
    """Read a certificate and those between it and its authority, if any follow. Raises ServiceFailed in words."""
    load(file)
    return x509.load_pem_x509_certificates(file.read_bytes())


def load_key(file: Path) -> PrivateKeyTypes:
    """Read a private key of any kind. Raises ServiceFailed in words when there is none in the file."""
    with _readable(file):
        content = file.read_bytes()
    try:
        return serialization.load_pem_private_key(content, None)
    except ValueError, TypeError:
        raise ServiceFailed(
            f"{file} holds no private key that can be read (PEM without password is expected)."
        ) from None


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceFailed(f"{file} cannot be read: {error.strerror or error}.") from None


def _have_both(certificate: Path, key: Path) -> bool:
    if certificate.exists() != key.exists():
        there, missing = (certificate, key) if certificate.exists() else (key, certificate)
        raise ServiceFailed(f"{missing} is missing, though {there} is there: put it back, or move that one away too.")
    return certificate.exists()


def _move_aside(folder: Path, files: list[Path], now: datetime) -> Path:
    """Keep files in a private folder named after the time: a step that was not meant can be taken back."""
    kept = folder / f"before-{now:%Y%m%dT%H%M%SZ}"
    with in_words(kept):
        kept.mkdir(mode=0o700)
        like_parent(kept)
        for file in files:
            file.rename(kept / file.name)
        sync_folder(folder)
    return kept


def _write_server(made: Certificates, now: datetime, extra_names: Iterable[str]) -> None:
    authority, ca_key = load(made.ca_file), load_key(made.ca_key_file)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise ServiceFailed(f"{made.ca_key_file} is not an elliptic-curve key: move it and {made.ca_file} away.")
    if authority.public_key() != ca_key.public_key():
        raise ServiceFailed(f"{made.ca_key_file} does not belong to {made.ca_file}: put the right one back.")
    if authority.not_valid_after_utc <= now:
        raise ServiceFailed(
            f"The authority in {made.ca_file} ended on {authority.not_valid_after_utc:%F}: make a new one "
            "(make certs-force), and give it to every device."
        )
    _write_pair(made.server_file, made.server_key_file, *_server(authority, ca_key, now, host_names(extra_names)))


def _write_pair(certificate_file: Path, key_file: Path, certificate: x509.Certificate, key: Key) -> None:
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(key_file, secret)
    write_private(certificate_file, certificate.public_bytes(pem), mode=MODE_FOR_ALL)


def _authority(now: datetime) -> tuple[x509.Certificate, Key]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PlantOps garden CA")])
    builder = _builder(name, name, key, now, now + VALID).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return builder.sign(key, hashes.SHA256()), key


def _server(authority: x509.Certificate, ca_key: Key, now: datetime, names: list[str]) -> tuple[x509.Certificate, Key]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PlantOps broker")])
    issuer_key = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName([_alternative(each) for each in names]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), False),
    )
    builder = _builder(name, authority.subject, key, now, min(now + VALID, authority.not_valid_after_utc))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(ca_key, hashes.SHA256()), key


def _builder(subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, end: datetime) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - CLOCK_SLACK,
        not_valid_after=end,
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
