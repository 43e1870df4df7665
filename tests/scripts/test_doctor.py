"""The doctor on made-up machines: it finds what is wrong, says what helps, and is content where all is well."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from plantops.ops import certificates

from tests.backend.ops.test_strength import GOOD
from tests.scripts.machines import CALM_TABLE, COMPOSE, Machine, listening, mine

PI_BOOTS = "console=tty1 root=PARTUUID=4e639091-02 rootwait cgroup_disable=memory"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine.make(tmp_path)


def settled(machine: Machine, **changes: str) -> None:
    """Make certificates and settings in the checkout."""
    certificates.ensure(machine.checkout / "certs", datetime.now(UTC))
    text = "".join(f"{name}={value}\n" for name, value in (GOOD | changes).items())
    machine.own(".env.prod", text).chmod(0o600)


def test_where_all_is_well_each_line_says_so(machine: Machine) -> None:
    machine.with_environment()
    settled(machine)
    machine.docker(ours=mine(80, 8000, 8443, 8883))
    code, lines = machine.examine()
    assert [line for line in lines if line and line[0] != " " and not line.startswith("ok ")] == [
        "0 problems, 0 warnings."
    ]
    assert code == 0


def test_a_bare_machine_is_told_what_to_do_first(machine: Machine) -> None:
    (machine.programs / "docker").unlink()
    code, lines = machine.examine()
    assert code == 1
    said = "\n".join(lines)
    for help_ in ("https://docs.docker.com/engine/install/", "make certs", "cp .env.prod.example .env.prod"):
        assert help_ in said
    assert lines[-1] == "3 problems, 0 warnings."


@pytest.mark.parametrize(
    ("engine", "compose", "word", "said"),
    [
        ("", "", "problem", "sudo systemctl start docker"),
        ("19.03.13", "2.40.1", "problem", "version 19.03.13 is too old (at least 20.10)"),
        ("20.10.24", "1.29.2", "problem", "Compose 1.29.2 is too old"),
        ("20.10.24+dfsg1", "", "problem", "Compose is missing"),
        ("20.10.24", "v2.19.1", "problem", "Compose v2.19.1 is too old (at least 2.20)"),
        ("20.10.24+dfsg1", "v2.20.3", "ok", "version 20.10.24+dfsg1, Compose v2.20.3"),
    ],
)
def test_docker_and_compose_are_new_enough(machine: Machine, engine: str, compose: str, word: str, said: str) -> None:
    machine.docker(engine=engine, compose=compose)
    judged, text = machine.about("docker")
    assert (judged, said in text) == (word, True), text


def test_a_compose_file_that_compose_refuses_is_told_in_its_words(machine: Machine) -> None:
    settled(machine)
    machine.docker(more='"compose "*" config --quiet") echo "time= warning"; echo "db: unknown key" >&2; exit 15 ;;')
    word, text = machine.about("docker")
    assert (word, text.splitlines()[-1]) == ("problem", "db: unknown key")


@pytest.mark.parametrize(
    ("year", "synchronised", "word", "said"),
    [
        (1970, "no", "problem", "which cannot be"),
        (2027, "no", "warning", "sudo timedatectl set-ntp true"),
        (2027, "yes", "ok", "set by the network"),
    ],
)
def test_the_clock_is_right_and_stays_so(machine: Machine, year: int, synchronised: str, word: str, said: str) -> None:
    (machine.root / "run/systemd/timesync/synchronized").unlink()
    machine.program("date", f'[ "$*" = "-u +%Y" ] && echo {year} || echo {year}-01-01 00:00 UTC')
    machine.program("timedatectl", f"echo {synchronised}")
    judged, text = machine.about("clock")
    assert (judged, said in text) == (word, True), text


def test_chrony_is_a_time_service_too(machine: Machine) -> None:
    (machine.root / "run/systemd/timesync/synchronized").unlink()
    machine.program("chronyc", "echo 'Leap status     : Normal'")
    assert machine.about("clock")[0] == "ok"


def test_raspberry_pi_os_is_given_its_very_line(machine: Machine) -> None:
    machine.file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io pids\n")
    machine.file("boot/firmware/cmdline.txt", f"{PI_BOOTS}\n")
    word, text = machine.about("memory limits")
    assert word == "problem"
    assert text.splitlines()[-1] == (
        "console=tty1 root=PARTUUID=4e639091-02 rootwait cgroup_enable=memory cgroup_memory=1"
    )
    machine.file("boot/firmware/cmdline.txt", "root=x cgroup_enable=memory cgroup_memory=1\n")
    assert "sudo reboot" in machine.about("memory limits")[1]


def test_the_older_kind_of_cgroups_counts_when_its_memory_is_on(machine: Machine) -> None:
    (machine.root / "sys/fs/cgroup/cgroup.controllers").unlink()
    (machine.root / "sys/fs/cgroup/memory").mkdir()
    machine.file("proc/cgroups", "#subsys_name hierarchy num_cgroups enabled\ncpu 2 1 1\nmemory 3 1 1\n")
    assert machine.about("memory limits")[0] == "ok"
    machine.file("proc/cgroups", "memory 0 1 0\n")
    word, text = machine.about("memory limits")
    assert (word, "cgroup_enable=memory" in text) == ("problem", True)


@pytest.mark.parametrize(
    ("total", "free", "word"),
    [(4_000_000, 600_000, "ok"), (4_000_000, 500_000, "warning"), (900_000, 600_000, "warning")],
)
def test_an_update_needs_free_memory(machine: Machine, total: int, free: int, word: str) -> None:
    machine.file("proc/meminfo", f"MemTotal: {total} kB\nMemAvailable: {free} kB\n")
    assert machine.about("memory")[0] == word


@pytest.mark.parametrize(("free_mb", "word"), [(500, "problem"), (3000, "warning"), (9000, "ok")])
def test_a_disk_that_fills_is_noticed_before_it_is_full(machine: Machine, free_mb: int, word: str) -> None:
    machine.disk(free_mb)
    judged, text = machine.about("disk")
    assert (judged, f"{free_mb} MB" in text) == (word, True)


@pytest.mark.parametrize("table", ["proc/net/tcp", "proc/net/tcp6"])
def test_a_port_that_another_program_has_is_named(machine: Machine, table: str) -> None:
    machine.file(table, CALM_TABLE + listening(80) + listening(8883))
    machine.docker(ours=mine(8883))
    word, text = machine.about("ports")
    assert word == "problem"
    assert text.startswith("in use by other programs: 80\n")
    assert "FRONTEND_PORT" in text


def test_the_ports_asked_for_are_those_of_the_env_file(machine: Machine) -> None:
    machine.file("proc/net/tcp", CALM_TABLE + listening(80))
    machine.own(".env", "FRONTEND_PORT=8080\n")
    assert machine.about("ports") == ("ok", "free: 8080 8000 8443 8883")
    assert machine.about("ports", FRONTEND_PORT="8081")[1] == "free: 8081 8000 8443 8883"
    assert machine.about("ports", FRONTEND_PORT="127.0.0.1:8081")[1] == "free: 8081 8000 8443 8883"
    assert "eighty" in machine.about("ports", FRONTEND_PORT="eighty")[1]
    assert machine.about("ports", COMPOSE_PROFILES="monitoring")[1] == "free: 8080 8000 8443 8883 3000"
    assert machine.about("ports", COMPOSE_PROFILES="caddy,monitoring")[0] == "problem"


@pytest.mark.parametrize("way", ["with_environment", "with_image"])
def test_certificates_and_settings_are_judged_from_the_checkout_or_the_image(machine: Machine, way: str) -> None:
    getattr(machine, way)()
    weak = {"MQTT_BACKEND_PASSWORD": "change-me", "POSTGRES_DB": ""}
    settled(machine, **weak)
    certificates.renew(machine.checkout / "certs", datetime.now(UTC) - timedelta(days=3652 - 20))
    code, lines = machine.examine()
    assert code == 1
    assert any(line.startswith("ok       certificates  ca.crt lasts until") for line in lines)
    assert any(line.startswith("warning  certificates  server.crt ends on") for line in lines)
    assert [line.partition(":")[0] for line in lines if line.startswith("problem ")] == [
        "problem  settings      POSTGRES_DB",
        "problem  settings      MQTT_BACKEND_PASSWORD",
    ]
    assert "change-me" not in "\n".join(lines)


def test_certificates_that_do_not_belong_together_are_a_problem(machine: Machine) -> None:
    machine.with_environment()
    settled(machine)
    (machine.checkout / "certs/server.crt").write_bytes((machine.checkout / "certs/ca.crt").read_bytes())
    _, lines = machine.examine()
    assert any(line.startswith("problem  certificates") and "does not belong" in line for line in lines)


def test_without_anything_that_could_judge_them_that_is_said(machine: Machine) -> None:
    settled(machine)
    assert machine.about("certificates") == (
        "warning",
        "are there, but nothing here can read them\nmake prod-build, then make doctor again",
    )
    assert machine.about("settings")[0] == "warning"


def test_secrets_that_others_can_read_are_a_warning(machine: Machine) -> None:
    settled(machine)
    (machine.checkout / ".env.prod").chmod(0o644)
    (machine.checkout / "certs/ca.key").chmod(0o640)
    _, lines = machine.examine()
    said = [line.strip() for line in lines]
    assert {"chmod 600 .env.prod", "chmod 600 certs/ca.key"} <= set(said)


def test_a_firewall_that_is_on_comes_with_its_commands(machine: Machine) -> None:
    assert machine.about("firewall")[1].startswith("neither ufw nor firewalld is on")
    machine.file("etc/ufw/ufw.conf", "# ufw\nENABLED=yes\n")
    assert "sudo ufw allow 8883/tcp" in machine.about("firewall")[1]
    machine.program("firewall-cmd", "echo running")
    assert "--add-port=8443/tcp" in machine.about("firewall")[1]


@pytest.mark.parametrize(
    "image", ["grafana/grafana", "timescale/timescaledb:latest-pg15", "eclipse-mosquitto:2", "a.b:5000/c"]
)
def test_an_image_that_could_change_by_itself_is_named(machine: Machine, image: str) -> None:
    machine.own("docker-compose.prod.yml", f"{COMPOSE}  more:\n    image: {image}\n")
    assert machine.about("images")[0] == "problem"
    assert f": {image}\n" in machine.about("images")[1]


def test_the_images_that_ours_begin_with_count_too(machine: Machine) -> None:
    machine.own("backend/Dockerfile", "FROM debian:trixie AS build\nFROM build\nFROM python:3.14.2-slim\n")
    assert machine.about("images")[1].splitlines()[0] == "not pinned to a version: debian:trixie"


def test_a_service_that_is_not_healthy_is_named(machine: Machine) -> None:
    machine.docker(ours=mine(80), more='*"health=unhealthy"*) echo plantops-db; echo plantops-frontend-1 ;;')
    assert machine.about("services") == ("problem", "not healthy: plantops-db plantops-frontend-1\nmake prod-logs")
