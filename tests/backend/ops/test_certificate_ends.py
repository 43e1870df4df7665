"""The ends of certificates: said in words 30 days before, with what helps; what does not belong together is found."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from plantops.ops import certificates
from plantops.ops.certificate_ends import days_left, look, misfits, unnamed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
END = NOW + timedelta(days=3652)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with certificates."""
    certificates.ensure(tmp_path / "certs", NOW)
    return tmp_path / "certs"


@pytest.mark.parametrize(
    ("when", "said", "useless"),
    [
        (NOW - timedelta(days=2), "is not valid before 2026-11-22 12:00 UTC: is this machine's clock right", True),
        (NOW, None, False),
        (END - timedelta(days=30, seconds=1), None, False),
        (END - timedelta(days=30), "ends on 2036-11-22, in 30 days: make a new", False),
        (END - timedelta(seconds=1), "ends on 2036-11-22, in 0 days: make a new", False),
        (END, "ended on 2036-11-22: make a new", True),
    ],
)
def test_an_end_is_announced_with_what_helps(folder: Path, when: datetime, said: str | None, *, useless: bool) -> None:
    for file, remedy in (("ca.crt", "certs-force"), ("server.crt", "certs-renew")):
        seen = look(folder / file)
        problem = seen.problem(when)
        assert seen.useless(when) is useless
        assert (problem is None) is (said is None)
        if problem and said:
            assert problem.startswith(said)
            assert remedy in problem or "clock" in problem


def test_days_are_whole_days() -> None:
    assert [days_left(NOW, NOW - timedelta(hours=h)) for h in (25, 24, 23, 0, -1)] == [1, 1, 0, 0, -1]


def test_names_are_those_of_the_certificate(folder: Path) -> None:
    seen = look(folder / "server.crt")
    assert {"localhost", "mosquitto", "::1"} <= set(seen.names)
    assert unnamed(seen, ["LocalHost.", "0:0::1", "elsewhere.example", "10.9.8.7"]) == ["elsewhere.example", "10.9.8.7"]
    assert look(folder / "ca.crt").names == ()


def test_a_whole_set_has_no_misfit_and_needs_no_keys_to_be_looked_at(folder: Path) -> None:
    assert misfits(folder) == []
    (folder / "ca.key").unlink()
    (folder / "server.key").unlink()
    assert misfits(folder) == []


def test_what_is_missing_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "ca.crt").unlink()
    assert misfits(folder) == [f"{folder / 'ca.crt'} is missing"]
    assert misfits(tmp_path) == [f"There are no certificates in {tmp_path}: make certs"]


@pytest.mark.parametrize(
    ("foreign", "said"),
    [
        ("server.key", "server.key does not belong to server.crt"),
        ("ca.key", "ca.key does not belong to ca.crt"),
        ("server.crt", "server.crt was not signed by ca.crt"),
    ],
)
def test_files_of_two_authorities_are_told_apart(folder: Path, tmp_path: Path, foreign: str, said: str) -> None:
    certificates.ensure(tmp_path / "other", NOW)
    shutil.copy(tmp_path / "other" / foreign, folder / foreign)
    assert any(said in line for line in misfits(folder))


def test_a_certificate_of_ones_own_may_be_of_another_kind_and_come_with_a_chain(tmp_path: Path) -> None:
    root, between, server = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    chain = [signed("server", server, "between", between), signed("between", between, "root", root)]
    (tmp_path / "server.crt").write_bytes(b"".join(chain))
    (tmp_path / "ca.crt").write_bytes(signed("root", root, "root", root))
    (tmp_path / "server.key").write_bytes(
        server.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    assert misfits(tmp_path) == []
    (tmp_path / "server.crt").write_bytes(chain[0])
    assert misfits(tmp_path) == [f"{tmp_path / 'server.crt'} was not signed by ca.crt: make certs-renew"]


def signed(name: str, key: rsa.RSAPrivateKey, by: str, signer: rsa.RSAPrivateKey) -> bytes:
    """Make a certificate as another authority would."""
    subject, issuer = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, each)]) for each in (name, by))
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), 7, NOW, END)
    return builder.sign(signer, SHA256()).public_bytes(Encoding.PEM)


def test_a_damaged_file_is_said_in_words(folder: Path) -> None:
    (folder / "server.crt").write_text("nonsense")
    assert misfits(folder) == [f"{folder / 'server.crt'} holds no certificate that can be read (PEM is expected)."]
