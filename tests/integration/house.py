"""A whole PlantOps for the integration's tests, a process beside Home Assistant in the backend's own environment.

    python -m tests.integration.house FOLDER

It prints one line of JSON when it is ready: addresses, an admin token, the broker's account. Then it obeys one word a
line on its standard input (`stop` and `start` mean the backend alone) and answers each with `done`; at the input's end
it stops everything. `sql …` runs a statement in the database, for what takes a real garden days to come about.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
from plantops.demo.notes import make_token
from plantops.demo.servers import Store, open_backend, open_store
from plantops.ops.logs import configure
from plantops.settings import LogLevel, Settings

from tests.servers import free_port


def _ignore(_: object) -> None:
    """Say nothing of a start or an end."""


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _card(store: Store, token: str) -> dict[str, object]:
    data = store.settings.plantops_data
    return {
        "url": f"http://127.0.0.1:{store.settings.http_port}",
        "https_url": f"https://127.0.0.1:{store.settings.https_port}",
        "ca": (data / "certs" / "ca.crt").read_text(encoding="ascii"),
        "token": token,
        "mqtt_port": store.broker.port,
        "mqtt_username": store.broker.username,
        "mqtt_password": store.broker.password,
    }


async def _run_sql(store: Store, statement: str) -> None:
    connection = await asyncpg.connect(store.database_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _obey(stack: AsyncExitStack, store: Store) -> None:
    """Start the backend and do what is said, until nothing more is said."""
    backend = await stack.enter_async_context(AsyncExitStack())
    await backend.enter_async_context(open_backend(store, _ignore, _ignore))
    _tell(json.dumps(_card(store, await make_token(store.settings))))
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        if word.startswith("sql "):
            await _run_sql(store, word.removeprefix("sql "))
        elif word == "stop":
            await backend.aclose()
        else:
            await backend.enter_async_context(open_backend(store, _ignore, _ignore))
        _tell("done")


async def _run(folder: Path) -> None:
    configure(level=LogLevel.ERROR, form=Settings.load().log_format)
    ports = {name: free_port() for name in ("http_port", "https_port", "mqtt_port", "mqtt_tls_port")}
    settings = Settings.load(plantops_data=folder, **ports)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings, _ignore))
        await _obey(stack, store)


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
