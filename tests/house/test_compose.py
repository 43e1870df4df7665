"""The compose files, as Docker Compose itself reads them: pinned, bounded, closed, and nothing before `prepare`.

Compose checks them against its own schema; here stand the rules that are ours. No Docker engine is needed.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from plantops.ops.env_file import parse_env
from plantops.ops.strength import NEEDED
from plantops.preflight import faults
from plantops.settings import describe

from tests.house.stack.composed import ROOT, Composition, Refused, composed
from tests.house.stack.house import env_prod

LIMITS = {"db": (512, 0.5), "mosquitto": (128, 0.25), "backend": (512, 1.0), "frontend": (128, 0.25)}
"""MiB and processors, as the deployment guide promises."""
PUBLISHED = {"80": "frontend", "8000": "frontend", "8443": "frontend", "8883": "mosquitto"}
OF_THE_OLD_GUIDE = {
    *NEEDED,
    *("DISCORD_WEBHOOK_URL", "LOG_LEVEL", "LOG_FORMAT", "MQTT_HOST", "MQTT_PORT", "MQTT_TLS_PORT", "MQTT_USE_TLS"),
}
SECRETS = ("POSTGRES_PASSWORD", "MQTT_BACKEND_PASSWORD", "ENCRYPTION_KEY")
READERS_OF_SECRETS = {"prepare", "db", "backend", "backup"}
EVERYTHING = "*"
"""Every profile."""
IMAGE = re.compile(r"[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)*(@sha256:[0-9a-f]{64})?")

type Service = dict[str, Any]


@pytest.fixture
async def production(tmp_path: Path) -> Composition:
    """Read the production file with every profile."""
    return await composed(tmp_path / "production", env_prod(), profiles=EVERYTHING)


def services(composition: Composition) -> dict[str, Service]:
    found: dict[str, Service] = composition["services"]
    return found


def ports(composition: Composition) -> dict[str, str]:
    """Tell which port of this machine leads to which service."""
    return {
        port["published"]: name for name, service in services(composition).items() for port in service.get("ports", [])
    }


async def test_without_profiles_only_four_ports_are_open(tmp_path: Path) -> None:
    plain = await composed(tmp_path, env_prod())
    assert ports(plain) == PUBLISHED
    assert set(services(plain)) == {"prepare", "db", "mosquitto", "backend", "frontend", "announcer", "backup"}


async def test_with_caddy_port_80_is_caddys(tmp_path: Path) -> None:
    caddy = await composed(tmp_path, env_prod(), env="COMPOSE_PROFILES=caddy\nFRONTEND_PORT=8080\n")
    assert ports(caddy) == {**PUBLISHED, "80": "caddy", "443": "caddy", "8080": "frontend"}


async def test_monitoring_is_open_to_this_machine_only(tmp_path: Path) -> None:
    monitoring = await composed(tmp_path, env_prod(), env="COMPOSE_PROFILES=monitoring\n")
    opened = services(monitoring)["grafana"]["ports"]
    assert [(port["host_ip"], port["published"]) for port in opened] == [("127.0.0.1", "3000")]
    assert set(ports(monitoring)) - set(PUBLISHED) == {"3000"}


def test_the_limits_are_those_of_the_guide(production: Composition) -> None:
    for name, (mebibytes, processors) in LIMITS.items():
        limits = services(production)[name]["deploy"]["resources"]["limits"]
        assert (int(limits["memory"]), limits["cpus"]) == (mebibytes * 1024 * 1024, processors), name
    for name, service in services(production).items():
        limits = service["deploy"]["resources"]["limits"]
        assert limits["memory"], name
        assert limits["cpus"], name


def test_every_image_is_pinned_or_ours(production: Composition) -> None:
    for name, service in services(production).items():
        if not service["image"].startswith("plantops-"):
            assert IMAGE.fullmatch(service["image"]), name
    ours = [service["image"] for service in services(production).values() if "build" in service]
    assert sorted(ours) == ["plantops-backend:local", "plantops-frontend:local"], "each image has one builder"
    for file in ("backend/Dockerfile", "frontend/Dockerfile"):
        bases = re.findall(r"^FROM (\S+)", (ROOT / file).read_text(), re.MULTILINE)
        assert bases
        assert [base for base in bases if not IMAGE.fullmatch(base)] == []


def test_two_backends_can_run_side_by_side(production: Composition) -> None:
    backend = services(production)["backend"]
    assert "container_name" not in backend
    assert "ports" not in backend
    assert services(production)["db"]["container_name"] == "plantops-db", "the guide's backup commands name it"


def test_nothing_starts_before_settings_and_certificates_were_looked_at(production: Composition) -> None:
    for name, service in services(production).items():
        if name != "prepare":
            assert service["depends_on"]["prepare"]["condition"] == "service_completed_successfully", name
    needs = services(production)["backend"]["depends_on"]
    assert needs["db"]["condition"] == needs["mosquitto"]["condition"] == "service_healthy"


def test_no_service_may_become_more_than_it_is(production: Composition) -> None:
    for name, service in services(production).items():
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["cap_drop"] == ["ALL"], name
        assert not service.get("privileged"), name
        assert service.get("read_only") or name == "db", name
    for name, user in (("backend", "1000:1000"), ("announcer", "1000:1000"), ("frontend", "101:101")):
        assert services(production)[name]["user"] == user
        assert "cap_add" not in services(production)[name]
    assert services(production)["mosquitto"]["user"] == "1883:1883"


def test_secrets_reach_only_those_who_need_them(production: Composition) -> None:
    for name, service in services(production).items():
        held = [secret for secret in SECRETS if secret in service.get("environment", {})]
        assert held == (list(SECRETS) if name in READERS_OF_SECRETS else []), name
    backend = services(production)["backend"]
    assert "@" not in backend["environment"]["DATABASE_URL"], "no password is pasted into an address"
    assert [volume["source"] for volume in backend["volumes"]] == ["certificates"], "no source is mounted"


async def test_any_password_that_openssl_makes_arrives_as_it_was_written(tmp_path: Path) -> None:
    odd = "a$b#c d"
    hard = "+/aGwb2PZn7kEoKQ0cTz3s4yYh1uVxR9dJmLqFiWtU8="
    text = f"POSTGRES_USER=plantops\nPOSTGRES_DB=plantops\nPOSTGRES_PASSWORD={hard}\nMQTT_BACKEND_PASSWORD='{odd}'\n"
    read = await composed(tmp_path, text)
    environment = services(read)["backend"]["environment"]
    assert environment["POSTGRES_PASSWORD"] == hard
    assert environment["MQTT_BACKEND_PASSWORD"] == odd
    assert services(read)["db"]["environment"]["POSTGRES_PASSWORD"] == hard


async def test_what_env_prod_says_wins_over_the_defaults(tmp_path: Path) -> None:
    read = await composed(tmp_path, env_prod() + "MQTT_HOST=broker.example\nLOG_LEVEL=DEBUG\n")
    environment = services(read)["backend"]["environment"]
    assert (environment["MQTT_HOST"], environment["LOG_LEVEL"]) == ("broker.example", "DEBUG")
    assert environment["LOG_FORMAT"] == "json"
    assert environment["TRUSTED_PROXIES"] == read["networks"]["front"]["ipam"]["config"][0]["subnet"]


def test_health_checks_can_be_believed(production: Composition) -> None:
    checks = {name: service["healthcheck"]["test"] for name, service in services(production).items() if name in LIMITS}
    assert set(checks) == set(LIMITS)
    assert "-h 127.0.0.1" in " ".join(checks["db"]), "the socket answers while the database is still being made"
    assert "$SYS/broker/uptime" in checks["mosquitto"]
    assert not any(word in {"-P", "-u"} for word in checks["mosquitto"]), "its login stands in no process list"
    assert "/api/ready" in checks["backend"][-1]
    images = {"backend": "backend/Dockerfile", "frontend": "frontend/Dockerfile"}
    for name, file in images.items():
        words = re.search(r"^HEALTHCHECK.*\\\n +CMD \[(.*)\]$", (ROOT / file).read_text(), re.MULTILINE)
        assert words
        assert words[1] == ", ".join(f'"{word}"' for word in checks[name][1:]), "image and compose file agree"


def test_logs_do_not_fill_the_disk(production: Composition) -> None:
    for name, service in services(production).items():
        assert service["logging"]["driver"] == "json-file", name
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name


def test_the_database_keeps_its_data_where_postgresql_18_puts_it(production: Composition) -> None:
    db = services(production)["db"]
    assert [volume["target"] for volume in db["volumes"]] == ["/var/lib/postgresql"]
    assert db["command"] == ["postgres", "-c", "max_connections=25"]
    assert db["environment"]["TIMESCALEDB_TELEMETRY"] == "off"
    assert db["image"] == services(production)["backup"]["image"], "a backup is made by the same version's tools"
    assert production["networks"]["store"]["internal"], "the database has no way out"


def test_every_mounted_folder_is_part_of_the_project(production: Composition, tmp_path: Path) -> None:
    root = tmp_path / "production"
    made_later = {"backups"}
    mounted = {
        Path(volume["source"]).relative_to(root).as_posix()
        for service in services(production).values()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind" and Path(volume["source"]).is_relative_to(root)
    }
    assert {"mosquitto", "certs", "caddy", "monitoring/prometheus"} <= mounted
    assert [path for path in mounted - made_later if not (ROOT / path).is_dir()] == [], "folders, and they exist"


async def test_development_is_open_to_this_machine_only(tmp_path: Path) -> None:
    development = await composed(tmp_path, None, file="docker-compose.yml")
    opened = [port for service in services(development).values() for port in service.get("ports", [])]
    assert {port["host_ip"] for port in opened} == {"127.0.0.1"}
    production = await composed(tmp_path, env_prod())
    for name in ("db", "mosquitto"):
        for same in ("image", "user", "entrypoint", "shm_size"):
            assert services(development)[name].get(same) == services(production)[name].get(same), (name, same)
        check = services(development)[name]["healthcheck"]["test"]
        assert check == services(production)[name]["healthcheck"]["test"]
    environment = services(development)["backend"]["environment"]
    assert faults({**environment, "MQTT_CA_CERT": ""}, inside=True) == (), "prepare lets it pass"


async def test_a_missing_env_prod_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"\.env\.prod"):
        await composed(tmp_path, None)


def test_the_example_names_every_variable_there_is() -> None:
    text = (ROOT / ".env.prod.example").read_text()
    shown = set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE))
    of_the_backup = set(re.findall(r"\$\{(BACKUP_(?:AT|KEEP_\w+)):-", (ROOT / "scripts/prod/backup.sh").read_text()))
    assert len(of_the_backup) == 3
    known = {setting.name for setting in describe()} | {"GRAFANA_PASSWORD"} | of_the_backup
    assert shown - known == set(), "a variable that nobody reads"
    assert OF_THE_OLD_GUIDE - shown == set()
    of_the_house = {"HTTP_HOST", "HTTP_PORT", "HTTPS_PORT", "HTTPS_CERT", "HTTPS_KEY", "CERTIFICATES", "DASHBOARD"}
    of_the_house |= {"PLANTOPS_DATA", "POSTGRES_USER", "TRUSTED_PROXIES"}
    assert known - shown - of_the_house == set(), "a variable that the example does not show"
    filled = parse_env(text)
    assert filled.faults == ()
    assert {name for name, value in filled.values.items() if not value} == set(SECRETS), "nobody's secret is given away"


def test_the_defaults_are_settings_and_no_secrets() -> None:
    defaults = parse_env((ROOT / ".env.prod.defaults").read_text())
    assert defaults.faults == ()
    assert set(defaults.values) <= {setting.name for setting in describe() if setting.name not in SECRETS}
    text = (ROOT / ".env.prod.example").read_text()
    for name, value in re.findall(r"^#([A-Z][A-Z0-9_]*)=(.+)$", text, re.MULTILINE):
        assert defaults.values.get(name, value) == value, f"{name}: the example shows another default"
