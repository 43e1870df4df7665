"""A server's own folder: made private, held by one process at a time, with its secrets and ports remembered.

Nothing here changes the permissions of a folder that was there before.
"""

import contextlib
import errno
import fcntl
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from plantops.ops.supervision import ServiceFailed

TEMPORARY_FAILURE = 75
"""EX_TEMPFAIL of sysexits.h: try again when the other one is gone."""


class FolderBusy(ServiceFailed):
    """Another PlantOps uses this folder."""

    exit_code: ClassVar[int] = TEMPORARY_FAILURE


def make_folder(path: Path, *, mode: int = 0o711) -> Path:
    """Make the folder and its parents where missing; what is new belongs to whom the folder around it belongs."""
    path = path.absolute()
    if path.is_dir():
        return path
    with in_words(path):
        make_folder(path.parent, mode=0o755)
        path.mkdir(mode=mode, exist_ok=True)
        like_parent(path)
    return path


def like_parent(path: Path) -> None:
    """Give a new file or folder to the owner of the folder around it (matters when root works in a user's folder)."""
    if os.geteuid() == 0:
        around = path.parent.stat()
        os.chown(path, around.st_uid, around.st_gid, follow_symlinks=False)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into a sentence that names the way out."""
    try:
        yield
    except OSError as error:
        raise ServiceFailed(refusal(error, path)) from error


def refusal(error: OSError, path: Path) -> str:
    """Say what the file system refused, and what helps."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk that holds {path} is full: make room and start again."
        case errno.EROFS:
            return f"{path} lies on a disk that can only be read: set PLANTOPS_DATA to a folder that can be written."
        case errno.EACCES | errno.EPERM:
            return f"PlantOps may not write {path}: correct its owner, or set PLANTOPS_DATA to a folder of your own."
        case _:
            return f"{path} cannot be used: {error.strerror or error}."


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone (the kernel lets go when we die). Raises FolderBusy naming the holder."""
    path = folder / "lock"
    with in_words(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
            raise FolderBusy(
                f"{folder} is in use by another PlantOps (process {holder}): "
                f"stop that one first, or set PLANTOPS_DATA to another folder."
            ) from None
        with in_words(path):
            like_parent(path)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def write_private(path: Path, content: str | bytes, *, mode: int = 0o600) -> None:
    """Write a file that (unless `mode` says else) only the owner of its folder may read: whole or not at all.

    What stands there is replaced, never written into: in a folder of somebody else's it may lead anywhere.
    """
    fresh = path.with_name(f"{path.name}.new")
    with in_words(path):
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        like_parent(fresh)
        fresh.replace(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that names made, changed or removed in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def secret(path: Path) -> str:
    """Read the random secret in the file (0600), making it the first time."""
    with contextlib.suppress(FileNotFoundError), in_words_unless_missing(path):
        if content := path.read_text(encoding="ascii").strip():
            return content
    made = secrets.token_urlsafe(32)
    write_private(path, made + "\n")
    return made


def key_file(path: Path, size: int) -> bytes:
    """Read the key in the file (hexadecimal, 0600), making a random one the first time; of two at once one wins.

    Raises ServiceFailed when the file holds something else: a key is never made anew over an old one.
    """
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        write_private(fresh, secrets.token_hex(size) + "\n")
        with in_words(path):
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(fresh)
            fresh.unlink()
            sync_folder(path.parent)
    with in_words(path):
        content = path.read_text(encoding="utf-8", errors="replace").strip()
    if re.fullmatch(f"[0-9a-fA-F]{{{2 * size}}}", content) is None:
        raise ServiceFailed(f"{path} holds no key ({2 * size} hexadecimal digits): put the key back that was in it.")
    return bytes.fromhex(content)


@contextmanager
def in_words_unless_missing(path: Path) -> Iterator[None]:
    """As `in_words`, but let FileNotFoundError through."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ServiceFailed(refusal(error, path)) from error


def sticky_port(path: Path, wanted: int = 0) -> int:
    """Choose a TCP port on 127.0.0.1: `wanted`, else the last run's (remembered in the file), else a free one."""
    if wanted:
        return wanted
    with contextlib.suppress(OSError, ValueError):
        last = int(path.read_text(encoding="ascii"))
        if _is_free(last):
            return last
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    write_private(path, f"{port}\n")
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError, OverflowError:
            return False
    return True
