"""Settings come from the environment or from secret files, and what is wrong is said in one line per variable."""

from pathlib import Path

import pytest
from plantops.settings import Settings, SettingsInvalid, describe

SECRET = "s3cr3t-never-shown"  # noqa: S105 - it is the point of the tests


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in describe():
        monkeypatch.delenv(setting.name, raising=False)


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = Settings.load(secrets=tmp_path / "none")
    assert settings.database_address is None
    assert (settings.http_port, settings.mqtt_tls_port) == (8000, 8883)
    assert settings.broker_port == settings.mqtt_port == 1883


def test_a_secret_file_serves_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mqtt_backend_password").write_text(f"{SECRET}\n")
    (tmp_path / "MQTT_HOST").write_text("from-file\n")
    (tmp_path / "mqtt_ca_cert").write_text("\n")
    monkeypatch.setenv("MQTT_HOST", "from-environment")
    settings = Settings.load(secrets=tmp_path)
    assert settings.mqtt_backend_password
    assert settings.mqtt_backend_password.get_secret_value() == SECRET
    assert settings.mqtt_host == "from-environment"
    assert settings.mqtt_ca_cert is None


def test_empty_means_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in describe():
        monkeypatch.setenv(setting.name, "")
    assert Settings.load() == Settings()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgres://db:5432", "postgresql://plantops:p%40ss@db:5432/plantops"),
        ("postgresql://me@db/garden", "postgresql://me:p%40ss@db/garden"),
        ("postgresql://me:own@db/garden?sslmode=require", "postgresql://me:own@db/garden?sslmode=require"),
    ],
)
def test_the_database_address_is_completed(monkeypatch: pytest.MonkeyPatch, url: str, address: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("POSTGRES_PASSWORD", "p@ss")
    assert Settings.load().database_address == address


def test_each_wrong_variable_has_its_line_and_no_value_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "DATABASE_URL": f"mysql://root:{SECRET}@db",
        "MQTT_PORT": "99999",
        "MQTT_USE_TLS": "perhaps",
        "ENCRYPTION_KEY": SECRET,
        "ENCRYPTION_KEYS_OLD": f"{SECRET},{SECRET}",
        "TRUSTED_PROXIES": "everybody",
        "LOG_LEVEL": "loud",
        "DISCORD_WEBHOOK_URL": f"https://discord.com/{SECRET}",
        "ALLOW_PRIVATE_TARGETS": "the kitchen",
        "RETENTION_RAW_DAYS": "7",
        "HEMISPHERE": "east",
        "GARDEN_LANGUAGE": "klingon",
        "MQTT_CA_CERT": "/no/such/file",
        "TIME_ZONE": "Europe/Entenhausen",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refusal:
        Settings.load()
    lines = str(refusal.value).splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == sorted(wrong)
    assert SECRET not in str(refusal.value)
    assert SECRET not in repr(refusal.value.__context__)
    assert "MQTT_USE_TLS: must be true or false" in lines


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "POSTGRES_PASSWORD", "MQTT_BACKEND_PASSWORD", "DISCORD_WEBHOOK_URL"):
        prefix = {"DATABASE_URL": "postgresql://u:", "DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1/"}.get(
            name, ""
        )
        monkeypatch.setenv(name, f"{prefix}{SECRET}" + ("" if name.startswith("DISCORD") else "@host"))
    monkeypatch.setenv("ENCRYPTION_KEY", "ab" * 32)
    settings = Settings.load()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert "abab" not in repr(settings)


def test_every_setting_explains_itself() -> None:
    assert all(setting.description for setting in describe())
    secret = {setting.name for setting in describe() if setting.secret}
    assert secret == {
        "DATABASE_URL",
        "POSTGRES_PASSWORD",
        "MQTT_BACKEND_PASSWORD",
        "ENCRYPTION_KEY",
        "ENCRYPTION_KEYS_OLD",
        "DISCORD_WEBHOOK_URL",
    }
