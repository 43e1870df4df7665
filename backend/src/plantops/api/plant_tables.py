"""Plants as a table: taken in as CSV or YAML, given away as CSV."""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from aioplantops.errors import Invalid, UnsupportedMedia
from aioplantops.plant_import import PlantImport
from aioplantops.wire import Request
from pydantic import Field

from plantops.domain.plant_table import Row, TableRefused, decoded, read_csv

from .bodies import read_bytes
from .call import Call
from .keys import LIGHTS, PLANT_TABLES, TASK_KEEPER
from .route import BODY_BYTES, BODY_SECONDS

type Reader = Callable[[str], list[Row]]


def _read_yaml(text: str) -> list[Row]:
    from plantops.domain.plant_yaml import read_yaml  # noqa: PLC0415 - half a megabyte for what is rarely sent

    return read_yaml(text)


READERS: Mapping[str, Reader] = {
    "text/csv": read_csv,
    "application/yaml": _read_yaml,
    "application/x-yaml": _read_yaml,
    "text/yaml": _read_yaml,
}


class ImportQuery(Request):
    """Whether it is meant."""

    dry_run: Annotated[bool, Field(strict=False)] = False
    """True: only tell what each line would do. Begin so."""


async def take(call: Call[None, ImportQuery]) -> PlantImport:
    """Take a table in: `text/csv` or `application/yaml`; all of it, or nothing.

    Columns: `id` or `name` tells the plant (a name that is new: a new plant); `species` (a profile's id, or a name that
    means one only), `species_text`, `area`, `substrate`, `pot_litres`, `notes`, `channels` (`device/channel_key`,
    separated by spaces), and bounds such as `soil_moisture_low`. An empty cell leaves what is there, `-` takes it away.
    """
    reader = READERS.get(call.request.content_type)
    if reader is None:
        raise UnsupportedMedia('Send a table with "Content-Type: text/csv" or "application/yaml".')
    body = await read_bytes(call.request, BODY_BYTES, BODY_SECONDS)
    try:
        rows = await asyncio.to_thread(_read, reader, body)
    except TableRefused as error:
        wrong = error.wrong
        where = f"line {wrong.line}" + (f", {wrong.column}" if wrong.column else "")
        raise Invalid(
            f"{where}: {wrong.why.removesuffix('?')}{'?' if wrong.why.endswith('?') else '.'}",
            errors=({"where": where, "why": wrong.why},),
        ) from None
    done = await call.app[PLANT_TABLES].take(rows, dry_run=call.query.dry_run)
    if touched := [line.plant_id for line in done.lines if done.done and line.plant_id and line.changes]:
        for plant_id in touched:
            call.app[LIGHTS].look_soon(plant_id)
        await call.app[TASK_KEEPER].settle(touched)
    return done


async def give(call: Call) -> web.Response:
    """Give all plants as CSV, as an import takes it."""
    text = await call.app[PLANT_TABLES].export()
    headers = {"Content-Disposition": 'attachment; filename="plants.csv"'}
    return web.Response(text=text, status=HTTPStatus.OK, content_type="text/csv", charset="utf-8", headers=headers)


def _read(reader: Reader, body: bytes) -> list[Row]:
    return reader(decoded(body))
