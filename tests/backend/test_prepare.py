"""What comes first in production: nothing is laid out while something is missing, and then all of it."""

import base64
import json
import os
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from plantops.ops import certificates
from plantops.ops.supervision import ServiceFailed
from plantops.prepare import BROKER_DATA, BROKER_TLS, CERTIFICATES, FRONT_TLS, GRAFANA_LOGIN, ROOMS, NotReady, prepare

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def random_password() -> str:
    """Make what `openssl rand -base64 32` prints."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def settings(**more: str) -> dict[str, str]:
    """Fill in .env.prod as its example says."""
    return {
        "POSTGRES_USER": "plantops",
        "POSTGRES_DB": "plantops",
        "POSTGRES_PASSWORD": random_password(),
        "MQTT_BACKEND_PASSWORD": random_password(),
        "ENCRYPTION_KEY": secrets.token_hex(32),
        "MQTT_CA_CERT": "",
        **more,
    }


@pytest.fixture
def certs(tmp_path: Path) -> Path:
    """Make certificates."""
    certificates.ensure(tmp_path / "certs", NOW)
    return tmp_path / "certs"


def files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_each_service_gets_what_it_alone_may_read(certs: Path, tmp_path: Path) -> None:
    target = tmp_path / "prepared"
    assert prepare(settings(GRAFANA_PASSWORD="x" + random_password()), certs, target, NOW) == []
    for room in ROOMS:
        folder = target / room.name
        assert stat.S_IMODE(folder.stat().st_mode) == room.mode
        for path in (folder, *folder.rglob("*")):
            assert path.stat().st_uid == (room.user if os.geteuid() == 0 else os.geteuid()), path
    for room in (BROKER_TLS, FRONT_TLS):
        assert {path.name for path in files(target / room.name)} == {"server.crt", "server.key"}
        assert stat.S_IMODE((target / room.name / "server.key").stat().st_mode) == 0o600
    assert {path.name for path in files(target / CERTIFICATES.name)} == {"ca.crt", "server.crt"}
    assert all(path.name != "ca.key" for path in files(target)), "the authority's key stays where it was"
    assert [path.name for path in files(target / GRAFANA_LOGIN.name)] == ["admin-password"]
    accounts = json.loads((target / BROKER_DATA.name / "dynamic-security.json").read_text())
    assert {"backend", "health"} <= {client["username"] for client in accounts["clients"]}


def test_a_second_time_changes_nothing_of_the_brokers_accounts(certs: Path, tmp_path: Path) -> None:
    values, target = settings(), tmp_path / "prepared"
    prepare(values, certs, target, NOW)
    file = target / BROKER_DATA.name / "dynamic-security.json"
    kept = json.loads(file.read_text())
    kept["clients"].append({"username": "plant-3fa2c1", "roles": []})
    file.write_text(json.dumps(kept))
    prepare(values, certs, target, NOW)
    assert json.loads(file.read_text()) == kept


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"POSTGRES_PASSWORD": ""}, "POSTGRES_PASSWORD"),
        ({"MQTT_BACKEND_PASSWORD": "<generate-with-openssl-rand>"}, "MQTT_BACKEND_PASSWORD"),
        ({"ENCRYPTION_KEY": "abc"}, "ENCRYPTION_KEY"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"MQTT_BACKEND_USERNAME": "Backend-Accounts"}, "MQTT_BACKEND_USERNAME"),
        ({"MQTT_BACKEND_USERNAME": "homeassistant"}, "MQTT_BACKEND_USERNAME"),
        ({"MQTT_BACKEND_USERNAME": "a\nb"}, "MQTT_BACKEND_USERNAME"),
        ({"COMPOSE_PROFILES": "monitoring"}, "GRAFANA_PASSWORD"),
        ({"COMPOSE_PROFILES": "monitoring,caddy", "FRONTEND_PORT": "8080"}, "PLANTOPS_DOMAIN"),
        ({"COMPOSE_PROFILES": "caddy", "PLANTOPS_DOMAIN": "a.example", "FRONTEND_PORT": "80"}, "FRONTEND_PORT"),
        ({"COMPOSE_PROFILES": "caddy", "PLANTOPS_DOMAIN": "a.example"}, "FRONTEND_PORT"),
    ],
)
def test_what_is_missing_or_weak_is_named_and_nothing_is_written(
    change: dict[str, str], name: str, certs: Path, tmp_path: Path
) -> None:
    values = settings(**change)
    with pytest.raises(NotReady) as refusal:
        prepare(values, certs, tmp_path / "prepared", NOW)
    assert name in {line.partition(":")[0] for line in refusal.value.detail.splitlines()}
    assert not (tmp_path / "prepared").exists()
    secret = change.get(name, "")
    assert not secret or secret not in refusal.value.detail or name == "FRONTEND_PORT"


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b'{"clients": [1]}', b'{"roles": null}', b"\xff\xfe\xf8"])
def test_a_damaged_file_of_accounts_is_told_in_words(content: bytes, certs: Path, tmp_path: Path) -> None:
    data = tmp_path / "prepared" / BROKER_DATA.name
    data.mkdir(parents=True)
    (data / "dynamic-security.json").write_bytes(content)
    with pytest.raises(ServiceFailed, match=r"dynamic-security\.json, where the broker keeps its accounts, is damaged"):
        prepare(settings(), certs, tmp_path / "prepared", NOW)


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotReady) as refusal:
        prepare({}, tmp_path / "certs", tmp_path / "prepared", NOW)
    text = refusal.value.detail
    needed = (
        "POSTGRES_USER",
        "POSTGRES_PASSWORD",
        "POSTGRES_DB",
        "MQTT_BACKEND_PASSWORD",
        "ENCRYPTION_KEY",
        "make certs",
    )
    assert [words for words in needed if words not in text] == []


def test_certificates_that_do_not_belong_together_are_refused(certs: Path, tmp_path: Path) -> None:
    certificates.ensure(tmp_path / "others", NOW)
    (certs / "server.key").write_bytes((tmp_path / "others/server.key").read_bytes())
    with pytest.raises(NotReady, match="does not belong to"):
        prepare(settings(), certs, tmp_path / "prepared", NOW)
    (certs / "server.key").unlink()
    with pytest.raises(NotReady, match=r"server\.key is missing"):
        prepare(settings(), certs, tmp_path / "prepared", NOW)


def test_configuration_that_its_reader_may_not_read_is_named(certs: Path, tmp_path: Path) -> None:
    mounted = tmp_path / "mounted"
    for name in ("mosquitto", "monitoring/loki"):
        (mounted / name).mkdir(parents=True)
        (mounted / name / "it.conf").write_text("x")
        (mounted / name / "it.conf").chmod(0o644)
    for folder in (mounted, *mounted.rglob("*/")):
        folder.chmod(0o755)
    prepare(settings(), certs, tmp_path / "prepared", NOW, mounted=mounted)
    (mounted / "mosquitto/it.conf").chmod(0o600)
    (mounted / "monitoring/loki").chmod(0o700)
    with pytest.raises(NotReady) as refusal:
        prepare(settings(), certs, tmp_path / "prepared", NOW, mounted=mounted)
    assert [line.split()[0] for line in refusal.value.detail.splitlines()] == ["monitoring/loki", "mosquitto/it.conf"]
    assert "chmod -R a+rX mosquitto" in refusal.value.detail


def test_what_ends_soon_or_does_not_fit_everybody_is_said_and_does_not_stop_the_house(
    certs: Path, tmp_path: Path
) -> None:
    soon = NOW + certificates.VALID - timedelta(days=3)
    said = prepare(settings(PUBLIC_HOST="garden.example"), certs, tmp_path / "prepared", soon)
    assert [line.split()[0] for line in said] == ["ca.crt", "server.crt", "server.crt"]
    assert "PUBLIC_HOST" in said[-1]
    before_everything = datetime(1970, 1, 1, tzinfo=UTC)
    said = prepare(settings(), certs, tmp_path / "prepared", before_everything)
    assert all("clock" in line for line in said), "a Raspberry Pi without a clock starts all the same"


def test_the_command_says_it_in_words_and_by_its_exit_code(certs: Path, tmp_path: Path) -> None:
    def run(values: dict[str, str]) -> subprocess.CompletedProcess[str]:
        words = ["prepare", "--certificates", str(certs), "--target", str(tmp_path / "prepared")]
        return subprocess.run(
            [sys.executable, "-m", "plantops", *words],
            env={"PATH": os.environ["PATH"], **values},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    refused = run({**settings(), "ENCRYPTION_KEY": ""})
    assert refused.returncode == 1
    assert "nothing is started" in refused.stderr
    assert "ENCRYPTION_KEY: is missing; make one with: openssl rand -hex 32" in refused.stderr
    done = run(settings())
    assert done.returncode == 0, done.stderr
    assert "are in order" in done.stdout
