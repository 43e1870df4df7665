"""The garden's own certificate authority, and the certificate that the broker shows to devices.

What exists is used as it is and never overwritten, so that devices keep trusting what they were given.
Keys are ECDSA P-256: every ESP32 verifies them quickly.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from plantops.ops.folder import in_words, make_folder, write_private
from plantops.ops.supervision import ServiceFailed

VALID = timedelta(days=3652)
"""Ten years: a sensor node in the field is not visited for a new certificate."""
CLOCK_SLACK = timedelta(days=1)
"""Devices whose clock is a little behind still accept a fresh certificate."""
ALWAYS = ("localhost", "127.0.0.1", "::1", "mosquitto", "backend")
MODE_FOR_ALL = 0o644

type Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files lie (PEM): what clients trust, and what the server shows and keeps to itself."""

    ca_file: Path
    server_file: Path
    server_key_file: Path


def ensure(folder: Path, now: datetime, *, extra_names: Iterable[str] = ()) -> Certificates:
    """Give the folder's certificates, making what is missing; `extra_names` are further host names or addresses.

    Raises ServiceFailed in words when half of a pair is missing, for a new one would not fit the other half.
    """
    folder = make_folder(folder, mode=0o755)
    ca_file, ca_key_file = folder / "ca.crt", folder / "ca.key"
    server_file, server_key_file = folder / "server.crt", folder / "server.key"
    if not _have_both(server_file, server_key_file):
        if not _have_both(ca_file, ca_key_file):
            _write_pair(ca_file, ca_key_file, *_authority(now))
        with in_words(ca_file):
            authority = x509.load_pem_x509_certificate(ca_file.read_bytes())
            ca_key = serialization.load_pem_private_key(ca_key_file.read_bytes(), None)
        if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
            raise ServiceFailed(
                f"{ca_key_file} is not an elliptic-curve key: move it and {ca_file} away, or bring all."
            )
        _write_pair(server_file, server_key_file, *_server(authority, ca_key, now, host_names(extra_names)))
    elif not ca_file.exists():
        raise ServiceFailed(f"{ca_file} is missing, though {server_file} is there: put it back, or move all away.")
    return Certificates(ca_file, server_file, server_key_file)


def host_names(extra: Iterable[str] = ()) -> list[str]:
    """List the names and addresses under which the broker can be reached."""
    host = socket.gethostname().lower()
    short = host.partition(".")[0]
    return list(dict.fromkeys([*ALWAYS, host, f"{short}.local", *extra]))


def _have_both(certificate: Path, key: Path) -> bool:
    if certificate.exists() != key.exists():
        there, missing = (certificate, key) if certificate.exists() else (key, certificate)
        raise ServiceFailed(f"{missing} is missing, though {there} is there: put it back, or move that one away too.")
    return certificate.exists()


def _write_pair(certificate_file: Path, key_file: Path, certificate: x509.Certificate, key: Key) -> None:
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(key_file, secret)
    write_private(certificate_file, certificate.public_bytes(pem), mode=MODE_FOR_ALL)


def _authority(now: datetime) -> tuple[x509.Certificate, Key]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PlantOps garden CA")])
    builder = _builder(name, name, key, now).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
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
    builder = _builder(name, authority.subject, key, now)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(ca_key, hashes.SHA256()), key


def _builder(subject: x509.Name, issuer: x509.Name, key: Key, now: datetime) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - CLOCK_SLACK,
        not_valid_after=now + VALID,
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
