"""Made-up machines for the doctor: the kernel's files, programs, a checkout; the doctor itself is the real one."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

DOCTOR = Path(__file__).parents[2] / "scripts/prod/doctor.sh"
COREUTILS = ("cat", "date", "df", "dirname", "id", "stat", "timeout")
"""All that the doctor may use besides bash; nothing else is on its PATH."""
CALM_TABLE = "  sl  local_address rem_address   st\n   0: 0100007F:1538 00000000:0000 0A\n"
COMPOSE = """\
services:
  db:
    image: timescale/timescaledb:2.29.2-pg18
  mosquitto:
    image: "eclipse-mosquitto:2.1.2-alpine"
  backend:
    image: plantops-backend:${PLANTOPS_VERSION:-local}
  registry:
    image: registry.example:5000/tool@sha256:0123456789abcdef
"""


@dataclass(frozen=True)
class Machine:
    """One machine, in which all is well until a test changes it."""

    root: Path
    checkout: Path
    programs: Path

    @classmethod
    def make(cls, folder: Path) -> Machine:
        """Make a machine with Docker, a right clock, room, free ports, and a checkout."""
        machine = cls(folder / "root", folder / "checkout", folder / "bin")
        for name in ("bash", *COREUTILS):
            program = shutil.which(name)
            assert program, name
            machine.programs.mkdir(exist_ok=True)
            (machine.programs / name).symlink_to(program)
        machine.file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n")
        machine.file("proc/meminfo", "MemTotal: 4000000 kB\nMemFree: 1 kB\nMemAvailable: 2000000 kB\n")
        machine.file("proc/net/tcp", CALM_TABLE)
        machine.file("proc/net/tcp6", CALM_TABLE)
        machine.file("run/systemd/timesync/synchronized", "")
        machine.disk(20_000)
        machine.docker()
        machine.own("docker-compose.prod.yml", COMPOSE)
        return machine

    def file(self, name: str, text: str) -> None:
        """Put a file of the kernel or the system in its place."""
        _write(self.root / name, text)

    def own(self, name: str, text: str) -> Path:
        """Put a file into the checkout."""
        return _write(self.checkout / name, text)

    def program(self, name: str, lines: str) -> None:
        """Install a program, a few lines of bash."""
        path = self.programs / name
        path.unlink(missing_ok=True)
        _write(path, f"#!{self.programs}/bash\n{lines}\n").chmod(0o755)

    def disk(self, free_mb: int) -> None:
        """Have so much room on the disk."""
        self.program("df", f"echo head; echo 'disk 99999999 1 {free_mb * 1024} 1% /'")

    def docker(self, *, engine: str = "28.2.2", compose: str = "2.40.1", ours: str = "", more: str = "") -> None:
        """Install a Docker of a version, with ports that PlantOps publishes, and further answers."""
        self.program(
            "docker",
            f"""case "$*" in
            {more}
            "version "*) echo '{engine}' ;;
            "compose version "*) echo '{compose}' ;;
            "compose "*" config --quiet") ;;
            "info "*) echo {self.root} ;;
            "ps --quiet "*) [ -z '{ours}' ] || echo 0123 ;;
            *"health=unhealthy"*) ;;
            "ps "*"label=com.docker.compose.project=plantops"*) echo '{ours}' ;;
            *) exit 1 ;;
            esac""",
        )

    def with_environment(self) -> None:
        """Have the checkout's Python environment, as `make certs` leaves it."""
        python = self.own(".venv/backend/bin/python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)

    def with_image(self) -> None:
        """Have the backend's image: it sees the mounted file or folder, and no network."""
        self.docker(
            more=f""""image inspect plantops-backend:local") ;;
            "run --rm --network none "*"/looked-at:ro plantops-backend:local "*)
                said="$*"; mount=${{said#*--volume }}; mount=${{mount%%:/looked-at*}}
                words=${{said#*plantops-backend:local }}
                exec {sys.executable} -m plantops ${{words//\\/looked-at/$mount}} ;;"""
        )

    def examine(self, **environment: str) -> tuple[int, list[str]]:
        """Let the doctor look; give its exit code and its lines."""
        said = subprocess.run(
            [DOCTOR],
            env={
                "PATH": str(self.programs),
                "HOME": str(self.checkout),
                "DOCTOR_ROOT": str(self.root),
                "DOCTOR_CHECKOUT": str(self.checkout),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert said.stderr == ""
        assert "\x1b" not in said.stdout
        return said.returncode, said.stdout.splitlines()

    def about(self, subject: str, **environment: str) -> tuple[str, str]:
        """Let the doctor look; give the first word about a subject, and all that follows it."""
        _, lines = self.examine(**environment)
        first = next(n for n, line in enumerate(lines) if line[9:22].strip() == subject)
        told = [lines[first][9:].removeprefix(subject).strip()]
        for line in lines[first + 1 :]:
            if not line.startswith("          "):
                break
            told.append(line.strip())
        return lines[first].split()[0], "\n".join(told)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def mine(*ports: int) -> str:
    """Write published ports as `docker ps` does."""
    return ", ".join(f"0.0.0.0:{port}->{port}/tcp, [::]:{port}->{port}/tcp" for port in ports)


def listening(port: int) -> str:
    """Write a line of /proc/net/tcp."""
    return f"   1: 00000000:{port:04X} 00000000:0000 0A\n"
