"""Small things that decide whether the demo is pleasant: ports, silence, and a history that is brought twice."""

import asyncio
import io
import os
import shlex
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE

from plantops.demo.notes import DemoNotes, HassNotes
from plantops.demo.ports import is_free, prefer
from plantops.demo.words import Speaker
from rich.console import Console
from virtualgarden.config import GardenConfig
from virtualgarden.run import _take_up, save

from tests.servers import free_port

KEY = "plantops_reg_x"
NOTES = DemoNotes(
    "http://localhost:8000",
    "plantops_x",
    "localhost",
    40122,
    8883,
    40123,
    "/ca.crt",
    "backend",
    "y",
    "z",
    8444,
    KEY,
    True,  # noqa: FBT003
)
NOW = 1_795_000_000.0


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port, everywhere=False)
        assert not is_free(port, everywhere=True)
        assert prefer(port) != port
    assert is_free(port, everywhere=True)


def test_a_port_that_another_demo_has_chosen_is_passed_over_before_anybody_listens_there() -> None:
    port = free_port()
    program = f"from plantops.demo.ports import prefer; print(prefer({port}), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=PIPE, stdout=PIPE, text=True) as other:
        assert other.stdout is not None
        assert int(other.stdout.readline()) == port
        assert is_free(port, everywhere=True)
        assert prefer(port) != port
        other.kill()
    assert prefer(port) == port


def test_the_welcome_names_everything_and_says_which_port_was_taken() -> None:
    out = io.StringIO()
    Speaker(Console(file=out, width=40)).welcome(NOTES, Path("/data"), Path("/nowhere/sbin/mosquitto"))
    said = out.getvalue()
    for part in ("http://localhost:8000/api/docs", "plantops_x", "mqtts://localhost:8883", "/data/demo.json"):
        assert part in said
    assert "port 1883 is taken by another program, so 40123 it is" in said
    assert "port 8883" not in said
    Speaker(Console(file=out)).welcome(NOTES, Path("/data"), Path("/nowhere/sbin/mosquitto"), (8000, 8883, 40123, 8444))
    assert "is taken" not in out.getvalue().removeprefix(said), "what was wished for was not taken away"
    assert "-p 40122 -u backend -P y" in said, "two who look at it must not push each other out"
    assert "curl -H 'Authorization: Bearer plantops_x' http://localhost:8000/api/v1/plants\n" in said, "never wrapped"


def test_a_home_assistant_beside_it_is_told_with_its_login() -> None:
    out = io.StringIO()
    speaker = Speaker(Console(file=out, width=40))
    speaker.welcome(NOTES, Path("/data"), Path("/nowhere/sbin/mosquitto"))
    assert "Hass " not in out.getvalue()
    hass = HassNotes(url="http://localhost:8124", username="gardener", password="abcd1234")  # noqa: S106
    speaker.welcome(replace(NOTES, home_assistant=hass), Path("/data"), Path("/nowhere/sbin/mosquitto"))
    assert "http://localhost:8124/    (Home Assistant; user: gardener, password: abcd1234)\n" in out.getvalue()


def test_who_was_asked_to_start_again_has_not_failed() -> None:
    out = io.StringIO()
    speaker = Speaker(Console(file=out))
    speaker.died("Home Assistant", 100)
    assert "as it was asked to" in out.getvalue()
    speaker.died("the backend", -9)
    assert "the backend ended unexpectedly (code -9)" in out.getvalue()


def test_the_commands_can_be_copied_where_a_folder_has_a_blank_in_its_name() -> None:
    out = io.StringIO()
    notes = replace(NOTES, ca_file="/my data/ca.crt")
    Speaker(Console(file=out)).welcome(notes, Path("/my data"), Path("/nowhere/sbin/mosquitto"))
    command = next(line for line in out.getvalue().splitlines() if "mosquitto_sub" in line)
    assert shlex.split(command)[:3] == ["mosquitto_sub", "--cafile", "/my data/ca.crt"]


async def test_nobody_listening_ends_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    program = (
        "import sys; from rich.console import Console; from plantops.demo.words import Speaker\n"
        "for _ in range(3): Speaker(Console()).line('hello?')\n"
        "print('still there', file=sys.stderr)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=writer, stderr=asyncio.subprocess.PIPE
    )
    os.close(writer)
    _, said = await process.communicate()
    assert said == b"still there\n"
    assert process.returncode == 0


def test_progress_without_a_terminal_is_one_line_for_each_tenth() -> None:
    out = io.StringIO()
    with Speaker(Console(file=out)).progress("history") as bar:
        for step in range(101):
            bar.at(step / 100)
    assert out.getvalue().splitlines() == [f"  history: {tenth} %" for tenth in range(0, 101, 10)]


def test_an_interrupted_history_begins_at_the_same_moment_again(tmp_path: Path) -> None:
    config = GardenConfig(history_days=14, state_file=tmp_path / "state.json")
    first, fresh = _take_up(config, NOW)
    again, still_fresh = _take_up(config, NOW + 3_700)
    assert fresh
    assert still_fresh
    assert again.unix == first.unix
    first.advance(600)
    save(first, config.state_file)
    known, new = _take_up(config, NOW + 3_700)
    assert not new
    assert known.unix == first.unix
