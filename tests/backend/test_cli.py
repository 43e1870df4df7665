"""The command line as a person types it, each command a real process on a store of its own."""

import asyncio
import csv
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path

import aiohttp
from aioplantops.client import PlantOpsClient
from aioplantops.history import PostedReading, ReadingsPost

from tests.servers import free_port


async def plantops(data: Path, *words: str) -> tuple[int, str, str]:
    """Run a command; give its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "plantops",
        *words,
        env={**os.environ, "PLANTOPS_DATA": str(data), "COLUMNS": "200"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def serving(data: Path) -> AsyncIterator[str]:
    """Run `plantops serve` on a free port; give its address."""
    port = free_port()
    environment = {**os.environ, "PLANTOPS_DATA": str(data), "HTTP_HOST": "127.0.0.1", "MQTT_PORT": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "plantops",
        "serve",
        "--port",
        str(port),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:
            while process.returncode is None:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/api/health"):
                        break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_help_names_every_command(run_folder: Path) -> None:
    code, out, _ = await plantops(run_folder, "--help")
    assert code == 0
    assert [word for word in ("serve", "demo", "migrate", "export", "token") if word not in out] == []


async def test_a_token_is_made_shown_once_and_revoked(run_folder: Path) -> None:
    assert (await plantops(run_folder, "migrate"))[0] == 0
    _, secret, _ = await plantops(run_folder, "token", "create", "wall", "--scope", "read", "--expires", "90d")
    assert secret.startswith("plantops_")
    _, listed, _ = await plantops(run_folder, "token", "list")
    assert "wall" in listed
    assert secret.strip() not in listed
    code, out, _ = await plantops(run_folder, "token", "revoke", "wall")
    assert (code, "revoked" in out) == (0, True)
    code, _, err = await plantops(run_folder, "token", "revoke", "hall")
    assert (code, "There is no such token." in err) == (1, True)


async def test_commands_work_while_the_backend_serves(run_folder: Path) -> None:
    async with serving(run_folder) as url, aiohttp.ClientSession() as session:
        _, secret, _ = await plantops(run_folder, "token", "create", "all", "--scope", "admin")
        client = PlantOpsClient(url, secret.strip(), session, timeout_seconds=60)
        readings = tuple(PostedReading(c="soil_moisture", t=time.time() - 60 + n, v=40 + n) for n in range(3))
        posted = await client.post_readings(ReadingsPost(device_id="window", readings=readings))
        assert posted.stored == 3
        code, out, _ = await plantops(run_folder, "export", "--from", "1h", "--device", "window")
        health = await client.health()
    assert code == 0
    assert [row["value"] for row in csv.DictReader(StringIO(out))] == ["40", "41", "42"]
    assert health.ingest.mqtt_connected is False


async def test_a_second_backend_in_the_same_folder_is_refused_in_words(run_folder: Path) -> None:
    async with serving(run_folder):
        code, _, err = await plantops(run_folder, "serve", "--port", "0")
    assert code == 75
    assert "in use by another PlantOps" in " ".join(err.split())


async def test_wrong_settings_stop_the_start_in_words(run_folder: Path) -> None:
    code, _, err = await plantops(run_folder, "export", "--from", "yesterday")
    assert code == 2
    assert "give a date" in " ".join(err.split())


async def test_an_export_that_cannot_be_written_says_why(run_folder: Path, tmp_path: Path) -> None:
    for words, why in (
        (("-o", str(tmp_path / "missing" / "x.csv")), "cannot be written: No such file or directory."),
        (("-o", "/dev/full"), "/dev/full was not written to the end: No space left on device."),
        (("--until", "20d"), "The span ends before it begins"),
    ):
        code, out, err = await plantops(run_folder, "export", "--from", "14d", *words)
        assert (code, out, why in err, "Traceback" in err) == (1, "", True, False), err


async def test_a_reader_that_goes_ends_the_export_in_words(run_folder: Path) -> None:
    reader, output = os.pipe()
    os.close(reader)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "plantops", "export", "--from", "14d"),
        env={**os.environ, "PLANTOPS_DATA": str(run_folder), "COLUMNS": "200"},
        stdout=output,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(output)
    _, err = await process.communicate()
    assert process.returncode == 1
    assert err.decode().splitlines()[-1] == "plantops: The output was not written to the end: Broken pipe."
