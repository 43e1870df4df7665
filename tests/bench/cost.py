"""What a process costs: processor time of its whole tree, and memory."""

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MEBIBYTE = 1_048_576
GONE = (psutil.NoSuchProcess, psutil.ZombieProcess)


def cpu_seconds(pid: int) -> float:
    """Tell the processor time that a process and all its children used, those that have ended too."""
    total = 0.0
    with contextlib.suppress(*GONE):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(*GONE):
                times = one.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def resident_mib(pid: int) -> float:
    """Tell what a process alone holds in memory now, MiB."""
    return psutil.Process(pid).memory_info().rss / MEBIBYTE


def peak_mib(pid: int) -> float:
    """Tell the most that a process held in memory since `forget_peak`, MiB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1_024
    return resident_mib(pid)


def forget_peak(pid: int) -> None:
    """Let the peak begin anew (Linux: proc_pid_clear_refs(5))."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


@dataclass(slots=True)
class Meter:
    """Takes the processor time of named processes between two moments."""

    pids: dict[str, int]
    _begun: dict[str, float] = field(default_factory=dict)
    _begun_at: float = 0.0

    def start(self) -> None:
        """Begin."""
        self._begun = {name: cpu_seconds(pid) for name, pid in self.pids.items()}
        self._begun_at = time.monotonic()

    def stop(self) -> dict[str, float]:
        """Give the processor seconds of each since `start`."""
        return {name: cpu_seconds(pid) - self._begun[name] for name, pid in self.pids.items()}
