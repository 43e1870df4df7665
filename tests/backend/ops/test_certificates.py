"""The garden's certificates: trusted by strict clients, kept for ever, private where they must be."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store
from plantops.ops import certificates
from plantops.ops.certificate_ends import look, misfits
from plantops.ops.firmware_ca import write_for_firmware
from plantops.ops.host_names import addresses as own_addresses
from plantops.ops.supervision import ServiceFailed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.mark.parametrize("when", [NOW - timedelta(hours=23), NOW, NOW + timedelta(days=3650)])
@pytest.mark.parametrize("name", ["localhost", "mosquitto", "backend", "frontend", "garden.example"])
def test_a_strict_verifier_accepts_it(tmp_path: Path, when: datetime, name: str) -> None:
    made = certificates.ensure(tmp_path / "certs", NOW, extra_names=["garden.example", "192.0.2.7"])
    verifier = PolicyBuilder().store(Store([load(made.ca_file)])).time(when)
    assert verifier.build_server_verifier(x509.DNSName(name)).verify(load(made.server_file), [])


def test_names_and_addresses_and_curve(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, NOW, extra_names=["192.0.2.7"])
    server = load(made.server_file)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    assert addresses == {"127.0.0.1", "::1", "192.0.2.7", *own_addresses()}
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
    with pytest.raises(certificates.CertificatesExist):
        certificates.make(tmp_path, NOW)


def greets(made: certificates.Certificates, pinned: ssl.SSLContext) -> bool:
    """Let a client that trusts one authority alone greet a server that shows what lies in the folder now."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(made.server_file, made.server_key_file)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        pinned.wrap_bio(to_client, to_server, server_hostname="mosquitto"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for side in sides * 3:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError:
            return False
    return True


def test_a_device_notices_a_new_authority_but_no_renewal(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    certificates.make(tmp_path, now)
    made = certificates.Certificates.of(tmp_path)
    device = ssl.create_default_context(cafile=str(made.ca_file))
    before = look(made.server_file)
    assert greets(made, device)

    certificates.renew(tmp_path, now, extra_names=["plants.example"])
    assert greets(made, device)
    assert look(made.server_file).fingerprint != before.fingerprint
    assert "plants.example" in look(made.server_file).names

    kept = certificates.make(tmp_path, now, force=True)
    assert not greets(made, device)
    assert greets(made, ssl.create_default_context(cafile=str(made.ca_file)))
    assert kept
    assert greets(certificates.Certificates.of(kept), device)
    assert kept.stat().st_mode & 0o777 == 0o700


def test_what_is_there_is_replaced_by_force_only(tmp_path: Path) -> None:
    assert certificates.make(tmp_path, NOW) is None
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(
        certificates.CertificatesExist, match=r"(?s)certs-renew.*notice nothing.*certs-force.*every device"
    ):
        certificates.make(tmp_path, NOW)
    with pytest.raises(ValueError, match="pattern"):
        certificates.make(tmp_path, NOW, extra_names=["*.example"], force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_is_missing_is_made_without_force(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, NOW)
    authority = made.ca_file.read_bytes()
    made.server_file.unlink()
    made.server_key_file.unlink()
    assert certificates.make(tmp_path, NOW) is None
    assert made.ca_file.read_bytes() == authority
    assert misfits(tmp_path) == []


def test_both_last_ten_years_and_a_renewed_one_not_longer_than_its_authority(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, NOW)
    ends = {look(file).ends for file in (made.ca_file, made.server_file)}
    assert ends == {datetime(2036, 11, 22, 12, tzinfo=UTC)}
    certificates.renew(tmp_path, NOW + timedelta(days=3000))
    assert look(made.server_file).ends == look(made.ca_file).ends
    with pytest.raises(ServiceFailed, match=r"ended on 2036-11-22: make a new one"):
        certificates.renew(tmp_path, NOW + timedelta(days=3653))


@pytest.mark.parametrize("lost", ["ca.crt", "ca.key"])
def test_renewing_needs_the_authority_and_its_key(tmp_path: Path, lost: str) -> None:
    certificates.ensure(tmp_path, NOW)
    before = (tmp_path / "server.crt").read_bytes()
    (tmp_path / lost).unlink()
    with pytest.raises(ServiceFailed, match=rf"{lost} is missing: put it back"):
        certificates.renew(tmp_path, NOW)
    assert (tmp_path / "server.crt").read_bytes() == before


@pytest.mark.parametrize(
    ("damaged", "content", "why"),
    [
        ("ca.crt", b"nonsense", "holds no certificate"),
        ("ca.key", b"nonsense", "holds no private key"),
        ("ca.key", None, "does not belong to"),
    ],
)
def test_an_authority_that_is_damaged_or_mixed_up_signs_nothing(
    tmp_path: Path, damaged: str, content: bytes | None, why: str
) -> None:
    certificates.ensure(tmp_path, NOW)
    (tmp_path / damaged).write_bytes((tmp_path / "server.key").read_bytes() if content is None else content)
    with pytest.raises(ServiceFailed, match=why):
        certificates.renew(tmp_path, NOW)


def test_esphome_gets_the_authority_line_by_line_and_nothing_secret(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, NOW)
    made.ca_file.write_bytes(made.ca_file.read_bytes() + made.ca_key_file.read_bytes())
    package, plain = write_for_firmware(made.ca_file, tmp_path / "firmware")
    told = yaml.safe_load(package.read_text())
    assert x509.load_pem_x509_certificate(told["substitutions"]["ca_pem"].encode()) == load(made.ca_file)
    assert told["substitutions"]["ca_pem"] == plain.read_text()
    assert "PRIVATE" not in package.read_text() + plain.read_text()
