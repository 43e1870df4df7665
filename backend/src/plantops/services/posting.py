"""Readings that come by HTTP, from sensors that live in Home Assistant or anywhere else: the same door as over MQTT."""

import json
from math import isfinite

from aioplantops.history import Outcome, PostedReading, ReadingResult, ReadingsPost, ReadingsPosted
from aioplantops.models import DeviceKind
from aioplantops.telemetry import Info, Sample

from plantops.domain.intake import HTTP_TOPIC, PAYLOAD_HEAD_BYTES, Envelope, InfoNews, Reason, Refusal
from plantops.ops.logs import Clock
from plantops.storage.pool import Database

from .discovery import Discovery
from .ingest import Ingest
from .ingest_batch import Receipt


class Posting:
    """Takes posted readings."""

    def __init__(self, database: Database, ingest: Ingest, discovery: Discovery, clock: Clock) -> None:
        """Take the store, where readings and introductions go, and the clock (aware UTC)."""
        self._database = database
        self._ingest = ingest
        self._discovery = discovery
        self._clock = clock

    async def post(self, posted: ReadingsPost) -> ReadingsPosted:
        """Store what can be stored, and tell what became of each reading. Raises DeviceNotWritable."""
        received_at = self._clock()
        sorted_out = [_sort_out(reading) for reading in posted.readings]
        envelope = Envelope(
            device_id=posted.device_id,
            kind=DeviceKind.HTTP,
            topic=HTTP_TOPIC,
            received_at=received_at,
            samples=[good for good in sorted_out if isinstance(good, Sample)],
            refusals=tuple(bad for bad in sorted_out if isinstance(bad, Refusal)),
        )
        async with self._database.acquire("post_readings") as connection:
            if posted.name is not None or posted.channels:
                info = Info(name=posted.name, channels=posted.channels)
                await self._discovery.hear(
                    connection, [InfoNews(posted.device_id, info, received_at, kind=DeviceKind.HTTP)]
                )
            if not posted.readings:
                return ReadingsPosted(stored=0, duplicate=0, refused=0, results=())
            receipt = (await self._ingest.store(connection, [envelope]))[0]
        return _told(sorted_out, receipt)


def _sort_out(reading: PostedReading) -> Sample | Refusal:
    """Make a sample of a posted reading, or a refusal where its value is no finite number."""
    value = reading.v
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _refusal(reading, Reason.WRONG_TYPE, "The value is no number.")
    try:
        number = float(value)
    except OverflowError:
        return _refusal(reading, Reason.NOT_FINITE, "The value is larger than any number that can be kept.")
    if not isfinite(number):
        return _refusal(reading, Reason.NOT_FINITE, "The value is no finite number.")
    return Sample.model_construct(c=reading.c, t=reading.t, v=number)


def _refusal(reading: PostedReading, reason: Reason, detail: str) -> Refusal:
    sent = json.dumps({"c": reading.c, "t": reading.t, "v": reading.v}, default=str).encode()
    return Refusal(reason, detail, sent[:PAYLOAD_HEAD_BYTES], len(sent))


def _told(sorted_out: list[Sample | Refusal], receipt: Receipt) -> ReadingsPosted:
    results = []
    index = 0
    for one in sorted_out:
        if isinstance(one, Refusal):
            results.append(ReadingResult(outcome=Outcome.REFUSED, reason=one.reason, detail=one.detail))
            continue
        outcome, reason, detail = receipt.fate(index)
        results.append(ReadingResult(outcome=outcome, reason=reason, detail=detail))
        index += 1
    return ReadingsPosted(
        stored=receipt.stored, duplicate=receipt.duplicate, refused=receipt.refused, results=tuple(results)
    )
