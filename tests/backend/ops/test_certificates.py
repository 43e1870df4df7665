"""The garden's certificates: trusted by strict clients, kept for ever, private where they must be."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store
from plantops.ops import certificates
from plantops.ops.supervision import ServiceFailed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.mark.parametrize("when", [NOW - timedelta(hours=23), NOW, NOW + timedelta(days=3650)])
@pytest.mark.parametrize("name", ["localhost", "mosquitto", "backend", "garden.example"])
def test_a_strict_verifier_accepts_it(tmp_path: Path, when: datetime, name: str) -> None:
    made = certificates.ensure(tmp_path / "certs", NOW, extra_names=["garden.example", "192.0.2.7"])
    verifier = PolicyBuilder().store(Store([load(made.ca_file)])).time(when)
    assert verifier.build_server_verifier(x509.DNSName(name)).verify(load(made.server_file), [])


def test_names_and_addresses_and_curve(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, NOW, extra_names=["192.0.2.7"])
    server = load(made.server_file)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    assert addresses == {"127.0.0.1", "::1", "192.0.2.7"}
    assert isinstance(server.public_key(), ec.EllipticCurvePublicKey)
    assert any(name.endswith(".local") for name in names.get_values_for_type(x509.DNSName))
    ssl.create_default_context(cafile=str(made.ca_file))


def test_what_exists_is_never_overwritten(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, NOW)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    certificates.ensure(tmp_path, NOW + timedelta(days=5000), extra_names=["other"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert {name: (tmp_path / name).stat().st_mode & 0o777 for name in before} == {
        "ca.crt": 0o644,
        "ca.key": 0o600,
        "server.crt": 0o644,
        "server.key": 0o600,
    }


def test_a_new_server_certificate_comes_from_the_same_authority(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, NOW)
    authority = made.ca_file.read_bytes()
    made.server_file.unlink()
    made.server_key_file.unlink()
    made = certificates.ensure(tmp_path, NOW)
    assert made.ca_file.read_bytes() == authority
    load(made.server_file).verify_directly_issued_by(load(made.ca_file))


@pytest.mark.parametrize("lost", ["server.key", "server.crt", "ca.crt"])
def test_half_a_pair_is_refused_in_words(tmp_path: Path, lost: str) -> None:
    certificates.ensure(tmp_path, NOW)
    (tmp_path / lost).unlink()
    with pytest.raises(ServiceFailed, match=rf"{lost} is missing"):
        certificates.ensure(tmp_path, NOW)


def test_the_authority_key_may_be_kept_elsewhere(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, NOW)
    (tmp_path / "ca.key").unlink()
    certificates.ensure(tmp_path, NOW)
