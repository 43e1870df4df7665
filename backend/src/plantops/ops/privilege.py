"""Who a server may run as: never root, and never by opening somebody's folder for others.

Started as root, a child becomes an ordinary user. If that user may not enter the folders on the way to its program
or its data (a checkout below /root, a private temporary folder), the child keeps one single capability, to read and
search past folder permissions; no permission on disk is ever changed. Linux has capabilities; elsewhere we say in
words what to do.
"""

import ctypes
import os
import pwd
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from aioplantops.errors import PlantOpsError

ORDINARY_USERS = ("plantops", "postgres", "nobody")
"""Whom a child becomes when its folder belongs to root: the first of these that exists."""
LINUX = sys.platform.startswith("linux")

# linux/prctl.h and linux/capability.h
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 4
"""Lets access(2) respect the capability too: PostgreSQL's programs find each other by it."""
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


class NotPermitted(PlantOpsError):
    """The server cannot run here without root rights that this system does not give."""


@dataclass(frozen=True, slots=True)
class User:
    """An ordinary user of this machine, with the groups that it is in."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]

    def bits(self, facts: os.stat_result) -> int:
        """Tell which of read (4), write (2) and enter/execute (1) this user has there by plain permissions."""
        if facts.st_uid == self.uid:
            return facts.st_mode >> 6 & 7
        if facts.st_gid == self.gid or facts.st_gid in self.groups:
            return facts.st_mode >> 3 & 7
        return facts.st_mode & 7


def ordinary_user(folder: Path) -> User | None:
    """Choose whom a child that works in `folder` becomes; None when we are not root: it stays who we are."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid
    user = _by_uid(owner) if owner else _first_ordinary()
    if not _exists_here(user.uid):
        raise NotPermitted(
            f"PlantOps runs as root of a user namespace in which user {user.name} does not exist, so its servers have "
            f"nobody to run as. Start PlantOps as an ordinary user, or give the namespace a range of users."
        )
    return user


def _first_ordinary() -> User:
    for name in ORDINARY_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return _user(entry)
    raise NotPermitted(
        f"PlantOps runs as root here and finds no ordinary user for its servers (none of {', '.join(ORDINARY_USERS)}). "
        f"Make one with: useradd --system plantops"
    )


def _exists_here(uid: int) -> bool:
    """Tell whether the number is a user of this process' user namespace (always true where there are none)."""
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    except OSError:
        return True
    ranges = [(int(first), int(count)) for first, _, count in (line.split() for line in lines)]
    return any(first <= uid < first + count for first, count in ranges)


def _by_uid(uid: int) -> User:
    try:
        return _user(pwd.getpwuid(uid))
    except KeyError:  # a bind mount may belong to a number without a name
        return User(name=str(uid), uid=uid, gid=uid, groups=())


def _user(entry: pwd.struct_passwd) -> User:
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid, tuple(os.getgrouplist(entry.pw_name, entry.pw_gid)))


def missing_capability(user: User, program: Path, folders: Iterable[Path]) -> int | None:
    """Tell which capability `user` needs to run `program` in `folders`; None if plain permissions do.

    Raises NotPermitted, in words, when one is needed and this process cannot hand it on.
    """
    program = program.resolve()
    closed = [place for place in _ways(program, *folders) if not user.bits(place.stat()) & 1]
    unreadable = user.bits(program.stat()) & 5 != 5  # noqa: PLR2004 - read and execute
    if not closed and not unreadable:
        return None
    wanted = (CAP_DAC_OVERRIDE,) if unreadable else (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE)
    ours = _permitted()
    for capability in wanted:
        if ours >> capability & 1:
            return capability
    raise NotPermitted(_advice(user, closed[0] if closed else program))


def _ways(*targets: Path) -> list[Path]:
    """List every folder that must be entered to reach the targets."""
    steps = {parent for target in targets for parent in target.resolve().parents}
    return sorted(steps | {target.resolve() for target in targets if target.is_dir()})


def _permitted() -> int:
    """Read which capabilities this process may hand on (bit mask; 0 where there is no /proc)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    sets = {
        name: int(value, 16) for name, _, value in (line.partition(":\t") for line in lines) if name.startswith("Cap")
    }
    return sets.get("CapPrm", 0) & sets.get("CapBnd", 0)


def _advice(user: User, place: Path) -> str:
    return (
        f"PlantOps runs as root, its servers run as user {user.name}, and that user may not enter {place}. "
        f"PlantOps never opens folders for others by itself: start it as an ordinary user, or move it (and "
        f"PLANTOPS_DATA) to a place that others may enter, such as /srv/plantops."
    )


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Set(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def ends_with_us() -> bool:
    """Tell whether the kernel can end a child with us: on Linux, for children started by the main thread.

    (Linux sends the death signal when the *thread* that started the child ends.)
    """
    return LINUX and threading.current_thread() is threading.main_thread()


def preparation(user: User | None, capability: int | None, death_signal: signal.Signals) -> Callable[[], None]:
    """Make the function that runs in the child between fork and exec.

    Everything is looked up here, before the fork: the child only makes system calls. The order matters, as Linux
    forgets the death signal whenever a process changes its user or gains capabilities.
    """
    parent = os.getpid()
    become = _becoming(user, capability) if user else None
    prctl = ctypes.CDLL(None, use_errno=True).prctl if ends_with_us() else None

    def prepare() -> None:
        os.umask(0o077)
        if become:
            become()
        if prctl:
            prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # we died before the line above
                os._exit(1)

    return prepare


def _becoming(user: User, capability: int | None) -> Callable[[], None]:
    if capability is None:

        def become() -> None:
            os.setgroups(user.groups)
            os.setgid(user.gid)
            os.setuid(user.uid)

        return become
    libc = ctypes.CDLL(None, use_errno=True)
    prctl, capset = libc.prctl, libc.capset
    mask = 1 << capability
    header = ctypes.byref(_Header(CAPABILITY_VERSION_3, 0))
    sets = ctypes.byref((_Set * 2)(_Set(mask, mask, mask), _Set(0, 0, 0)))

    def become_with_capability() -> None:
        prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)  # where it is not granted, plain access is needed
        os.setgroups(user.groups)
        os.setgid(user.gid)
        os.setuid(user.uid)
        if capset(header, sets) or prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0):
            raise PermissionError(ctypes.get_errno(), "the capability was not granted")

    return become_with_capability


def is_private(folder: Path, owners: Iterable[int]) -> bool:
    """Tell whether `folder` is a real folder of one of the owners that nobody else may enter."""
    try:
        facts = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid in owners and not facts.st_mode & 0o077
