"""Children end with us, however we end; they never run as root, and a stubborn one is not waited for."""

import asyncio
import json
import os
import re
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from plantops.ops import privilege
from plantops.ops.embedded import EmbeddedPostgres
from plantops.ops.privilege import NotPermitted, User, missing_capability, ordinary_user
from plantops.ops.service import Service
from plantops.ops.supervision import Child, ServiceFailed, finish, shorten

from tests.backend.ops.programs import (
    HEAD,
    ON_ANOTHER_THREAD,
    ON_THE_MAIN_THREAD,
    WITH_CHILD,
    WITH_DATABASE,
    argv,
    is_gone,
    is_root,
    program,
    until,
    working_in,
)
from tests.servers import running_broker

STUBBORN = ["/bin/sh", "-c", "trap '' TERM; sleep 1000; true"]
SLEEP = ["/bin/sleep", "1000"]


@pytest.mark.parametrize("start", [ON_THE_MAIN_THREAD, ON_ANOTHER_THREAD], ids=["kernel", "watching shell"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_child_ends_when_we_are_killed(tmp_path: Path, start: str, how: signal.Signals) -> None:
    async with program(WITH_CHILD, tmp_path, start=start) as parent:
        assert not is_gone(parent.said["pid"])
        parent.process.send_signal(how)
        await until(lambda: is_gone(parent.said["pid"]))


async def test_a_child_has_a_session_of_its_own_and_no_open_files_of_ours(tmp_path: Path) -> None:
    with (tmp_path / "ours").open("w"):
        async with Child.run(SLEEP, name="sleep", folder=tmp_path) as child:
            assert os.getsid(child.pid) == child.pid
            await until(lambda: len(list(Path(f"/proc/{child.pid}/fd").iterdir())) == 3)  # its loader is done
    assert await child.exited == -signal.SIGTERM


@pytest.mark.parametrize("frozen", [False, True])
async def test_a_stubborn_child_is_killed_with_all_it_started(tmp_path: Path, *, frozen: bool) -> None:
    async with Child.run(STUBBORN, name="stubborn", folder=tmp_path, patience=0.2) as child:
        await until(lambda: len(working_in(tmp_path)) > 1)
        if frozen:
            child.kill(signal.SIGSTOP)
    assert await child.exited == -signal.SIGKILL
    await until(lambda: not working_in(tmp_path))


async def test_a_frozen_child_hears_the_stop_signal(tmp_path: Path) -> None:
    async with Child.run(SLEEP, name="sleep", folder=tmp_path) as child:
        child.kill(signal.SIGSTOP)
    assert await child.exited == -signal.SIGTERM


async def test_a_child_sees_only_the_environment_it_is_given(tmp_path: Path) -> None:
    said = await finish(["/usr/bin/env"], name="env", folder=tmp_path, env={"TZDIR": "/here"})
    assert set(said.split()) - {"PWD"} >= {"TZDIR=/here", "LC_ALL=C.UTF-8"}
    assert "HOME=" not in said


async def test_what_cannot_be_started_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ServiceFailed, match="nothing cannot be started"):
        await finish([tmp_path / "nothing"], name="nothing", folder=tmp_path)
    with pytest.raises(ServiceFailed, match="failed with code 3: oh"):
        await finish(["/bin/sh", "-c", "echo oh; exit 3"], name="sh", folder=tmp_path)


async def test_a_log_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServiceFailed, match=r"log .* cannot be written"):
        async with Child.run(SLEEP, name="sleep", folder=tmp_path, log=tmp_path / "no" / "log"):
            pass


async def test_a_program_that_dies_before_it_is_ready_gives_its_last_words(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    last_words = ["/bin/sh", "-c", "echo farewell; exit 7"]
    (tmp_path / "log").write_text("what an earlier run said\n")
    async with Child.run(last_words, name="short", folder=tmp_path, log=tmp_path / "log") as child:
        with pytest.raises(ServiceFailed, match="code 7: farewell"):
            await child.ready(never, within=120)
    async with Child.run(SLEEP, name="sleep", folder=tmp_path) as child:
        with pytest.raises(ServiceFailed, match="not ready"):
            await child.ready(never, within=0.05)


def test_a_log_stays_short_while_the_program_goes_on_writing(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("ab", buffering=0) as program_writes:
        for number in range(1000):
            program_writes.write(f"line {number}\n".encode())
        shorten(path, limit=1000)
        program_writes.write(b"the last\n")
    lines = path.read_text().splitlines()
    assert path.stat().st_size < 1000
    assert lines[-2:] == ["line 999", "the last"]
    assert lines[0].startswith("line ")


class Mortal:
    """A service for tests: ready at once, and it counts its lives."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        """Take where and what to run."""
        self.folder = folder
        self.command = command
        self.codes: list[int] = []

    @asynccontextmanager
    async def start(self) -> AsyncIterator[Child]:
        """Run it once."""
        async with Child.run(self.command, name="mortal", folder=self.folder) as child:
            yield child

    async def ready(self, child: Child) -> None:
        """Be ready at once, if it lives."""
        if child.exited.done():
            raise ServiceFailed("dead already")

    def open(self) -> AbstractAsyncContextManager[Service]:
        """Keep it running."""
        return Service.open(name="mortal", start=self.start, ready=self.ready, on_exit=self.codes.append)


def has_another_child(service: Service, before: Child) -> bool:
    return service.child not in (before, None)


async def test_a_service_is_started_again_each_time_it_dies(tmp_path: Path) -> None:
    mortal = Mortal(tmp_path, SLEEP)
    async with mortal.open() as service:
        for _life in range(3):
            first = service.child
            assert first
            first.kill(signal.SIGKILL)
            await until(partial(has_another_child, service, first))
        assert mortal.codes == [-signal.SIGKILL] * 3
    assert not working_in(tmp_path)


async def test_errors_of_the_block_come_through_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        async with Mortal(tmp_path, SLEEP).open():
            raise KeyError
    with pytest.raises(ServiceFailed, match="cannot be started"):
        async with Mortal(tmp_path, ["/no/such/program"]).open():
            pass


async def test_a_child_of_root_is_an_ordinary_user_even_below_a_private_folder(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    user = ordinary_user(private)
    place = private / "place"
    place.mkdir(mode=0o700)
    if user:
        os.chown(place, user.uid, user.gid)
    code = "import os, pathlib; pathlib.Path('made').write_text('x'); print(os.getresuid(), os.getresgid())"
    said = await finish([sys.executable, "-c", code], name="python", folder=place)
    assert 0 not in {int(number) for number in re.findall(r"\d+", said)}
    assert stat.S_IMODE((place / "made").stat().st_mode) == 0o600
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


async def test_an_unprivileged_backend_runs_its_database(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir(mode=0o700)
    if user := ordinary_user(place):
        os.chown(place, user.uid, user.gid)
    log = tmp_path / "said"
    folder = place / "postgres"
    async with Child.run(argv(WITH_DATABASE, folder), name="backend", folder=place, log=log) as backend:
        await until(lambda: "\n" in log.read_text() or backend.exited.done())
        server = json.loads(log.read_text())["pid"]
        assert Path(f"/proc/{server}").stat().st_uid == place.stat().st_uid
        backend.kill(signal.SIGKILL)
        await until(lambda: not working_in(tmp_path))


async def test_an_unprivileged_backend_says_what_it_may_not_write(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir(mode=0o500)
    if user := ordinary_user(place):
        os.chown(place, user.uid, user.gid)
    log = tmp_path / "said"
    command = argv(WITH_DATABASE, place / "postgres")
    async with Child.run(command, name="backend", folder=place, log=log) as backend:
        assert await asyncio.wait_for(backend.exited, 120) == 1
    assert "PlantOps may not write" in log.read_text()


async def test_what_root_makes_in_a_users_folder_is_that_users(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    if user := ordinary_user(home):
        os.chown(home, user.uid, user.gid)
    async with (
        EmbeddedPostgres.open(home / "plantops" / "postgres", port=0),
        running_broker(home / "plantops", "PLANTOPS_MOSQUITTO"),
    ):
        owners = {path.lstat().st_uid for path in home.rglob("*")}
    assert owners == {home.stat().st_uid}


def a_stranger() -> User:
    return User("stranger", uid=54321, gid=54321, groups=())


def test_no_capability_is_kept_where_plain_permissions_do(tmp_path: Path) -> None:
    sleep = Path("/bin/sleep")
    assert missing_capability(a_stranger(), sleep, [Path("/usr")]) is None
    ours = User("we", uid=os.geteuid(), gid=os.getegid(), groups=())
    assert missing_capability(ours, sleep, [tmp_path]) is None


def test_the_smallest_capability_is_kept_or_the_way_out_is_said(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    program_file = private / "program"
    program_file.write_text("")
    program_file.chmod(0o755)
    expect_capability(program_file, (privilege.CAP_DAC_READ_SEARCH, privilege.CAP_DAC_OVERRIDE))
    program_file.chmod(0o700)
    expect_capability(program_file, (privilege.CAP_DAC_OVERRIDE,))


def expect_capability(program_file: Path, wanted: tuple[int, ...]) -> None:
    """Expect the first of these that this process may hand on, or a sentence."""
    permitted = [capability for capability in wanted if privilege._permitted() >> capability & 1]
    if permitted:
        assert missing_capability(a_stranger(), program_file, []) == permitted[0]
        return
    with pytest.raises(NotPermitted, match=r"may not enter .* /srv/plantops"):
        missing_capability(a_stranger(), program_file, [])


def test_whose_folder_it_is_decides_who_the_child_becomes(tmp_path: Path) -> None:
    if not is_root():
        assert ordinary_user(tmp_path) is None
        return
    os.chown(tmp_path, 54321, 54321)
    chosen = ordinary_user(tmp_path)
    assert chosen
    assert chosen.uid == 54321
    os.chown(tmp_path, 0, 0)
    chosen = ordinary_user(tmp_path)
    assert chosen
    assert chosen.name in privilege.ORDINARY_USERS


def test_the_stand_in_program_is_sound() -> None:
    compile(HEAD.format(body=WITH_DATABASE, start=ON_THE_MAIN_THREAD), "program", "exec")
