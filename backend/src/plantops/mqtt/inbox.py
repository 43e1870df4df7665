"""Opens what devices send: topic and bytes become readings, news, or a refusal with its reason.

Pure, and never raises: whatever arrives gives exactly one `Intake`. The usual message costs one validation;
one with a mistake is looked at reading by reading, so that the good ones are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import MAX_PAYLOAD_BYTES, MAX_READINGS, Batch, CommandResult, Info, Sample
from aioplantops.topics import Address, Leaf, parse
from aioplantops.wire import Counter
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from plantops.domain.intake import (
    PAYLOAD_HEAD_BYTES,
    Envelope,
    InfoNews,
    Intake,
    Reason,
    Refusal,
    Refused,
    ResultNews,
    StatusNews,
)

USUAL_TOPIC_LENGTH = 128
WORDS_KEPT = 500
"""Characters of a refused message's topic, and of the sentence about it, which may name a place in the message."""
_address = lru_cache(8_192)(parse)
_batch = TypeAdapter(Batch).validate_json
_sample = TypeAdapter(Sample).validate_json
_counter = TypeAdapter[int](Counter).validate_python
_STATUSES = {status.encode(): status for status in (DeviceStatus.ONLINE, DeviceStatus.OFFLINE)}
_WORDS = {"c": "The channel key c", "t": "The time t (Unix seconds)", "v": "The value v"}


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came."""

    topic: str
    payload: bytes
    received_at: datetime
    retained: bool
    payload_bytes: int

    def refused(self, reason: Reason, detail: str, device_id: str | None) -> Refused:
        """Refuse it as a whole."""
        refusal = Refusal(reason, detail[:WORDS_KEPT], self.payload[:PAYLOAD_HEAD_BYTES], self.payload_bytes)
        return Refused(device_id, self.topic[:WORDS_KEPT], self.received_at, refusal)


def read(
    topic: str, payload: bytes, received_at: datetime, *, retained: bool = False, payload_bytes: int | None = None
) -> Intake:
    """Read one message. `payload_bytes` is its real length, where only the beginning was kept."""
    address = _address(topic) if len(topic) <= USUAL_TOPIC_LENGTH else parse(topic)
    if address is not None and address.leaf is Leaf.TELEMETRY and not retained and len(payload) <= MAX_PAYLOAD_BYTES:
        try:
            batch = _batch(payload, strict=True, extra="forbid")
        except ValidationError:
            pass  # something about it is unusual: look closer
        else:
            return Envelope(
                address.device_id, DeviceKind.PLANTOPS, topic, received_at, batch.readings, batch.boot, batch.seq
            )
    size = len(payload) if payload_bytes is None else payload_bytes
    return _look_closer(address, Message(topic, payload, received_at, retained, size))


def _look_closer(address: Address | None, message: Message) -> Intake:
    if address is None or address.leaf not in _READERS:
        return message.refused(Reason.WRONG_TOPIC, "Devices have nothing to say at this topic.", None)
    device_id = address.device_id
    if message.payload_bytes > MAX_PAYLOAD_BYTES:
        words = f"The message has {message.payload_bytes} bytes; {MAX_PAYLOAD_BYTES} are allowed."
        return message.refused(Reason.TOO_LARGE, words, device_id)
    if not message.payload:
        return message.refused(Reason.MALFORMED, "The message is empty.", device_id)
    try:
        message.payload.decode()
    except UnicodeDecodeError as error:
        return message.refused(Reason.NOT_UTF8, f"Byte {error.start} of the message is not UTF-8.", device_id)
    try:
        return _READERS[address.leaf](device_id, message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        reason = Reason.NOT_FINITE if first["type"] == "finite_number" else Reason.MALFORMED
        return message.refused(reason, f"{place}: {first['msg']}." if place else f"{first['msg']}.", device_id)


def _status(device_id: str, message: Message) -> Intake:
    status = _STATUSES.get(message.payload)
    if status is None:
        return message.refused(Reason.MALFORMED, 'A status is "online" or "offline".', device_id)
    return StatusNews(device_id, status, message.received_at)


def _info(device_id: str, message: Message) -> Intake:
    return InfoNews(device_id, Info.model_validate_json(message.payload, strict=True), message.received_at)


def _result(device_id: str, message: Message) -> Intake:
    result = CommandResult.model_validate_json(message.payload, strict=True)
    return ResultNews(device_id, result, message.received_at)


def _telemetry(device_id: str, message: Message) -> Intake:
    """Read telemetry that is not as usual: keep what is good."""
    try:
        said = from_json(message.payload)
    except ValueError as error:
        return message.refused(Reason.MALFORMED, f"This is no JSON: {error}.", device_id)
    readings = said.get("readings") if isinstance(said, dict) else None
    if not isinstance(readings, list):
        words = 'Telemetry is an object with a list of "readings".'
        return message.refused(Reason.MALFORMED, words, device_id)
    samples: list[Sample] = []
    refusals: list[Refusal] = []
    unknown = len(said.keys() - Batch.model_fields.keys())
    for index, raw in enumerate(readings):
        found = _one(raw, too_many=index >= MAX_READINGS, retained=message.retained)
        if isinstance(found, Sample):
            samples.append(found)
            unknown += len(raw.keys() - Sample.model_fields.keys())
        else:
            refusals.append(found)
    boot, seq = (_count(said, name, refusals) for name in ("boot", "seq"))
    return Envelope(
        device_id,
        DeviceKind.PLANTOPS,
        message.topic,
        message.received_at,
        samples,
        boot,
        seq,
        tuple(refusals),
        unknown,
    )


def _one(raw: object, *, too_many: bool, retained: bool) -> Sample | Refusal:
    """Read one reading of a batch."""
    text = to_json(raw, inf_nan_mode="constants")
    if too_many:
        return _refusal(Reason.TOO_LARGE, f"A message may carry {MAX_READINGS} readings; this is one too many.", text)
    try:
        sample = _sample(text, strict=True)
    except ValidationError as error:
        return _refusal(*_why(error.errors(include_url=False, include_context=False, include_input=False)[0]), text)
    if retained and sample.t is None:
        return _refusal(Reason.CLOCK, "The broker kept this reading; without a time nobody knows how old it is.", text)
    return sample


def _why(error: ErrorDetails) -> tuple[Reason, str]:
    name = error["loc"][0] if error["loc"] else ""
    subject = _WORDS.get(str(name), "A reading")
    match error["type"]:
        case "missing":
            return Reason.MALFORMED, f"{subject} is missing."
        case "finite_number":
            return Reason.NOT_FINITE, f"{subject} is not a finite number."
        case "float_type":
            return Reason.WRONG_TYPE, f"{subject} must be a JSON number."
        case "string_pattern_mismatch":
            return Reason.BAD_KEY, f"{subject} may have letters, digits, _ - and /, 128 at most."
        case "string_type" | "model_type":
            return Reason.WRONG_TYPE, f"{subject}: {error['msg']}."
        case _:
            return Reason.MALFORMED, f"{subject}: {error['msg']}."


def _refusal(reason: Reason, detail: str, text: bytes) -> Refusal:
    return Refusal(reason, detail, text[:PAYLOAD_HEAD_BYTES], len(text))


def _count(said: Mapping[str, object], name: str, refusals: list[Refusal]) -> int | None:
    """Read `boot` or `seq`. Without them the readings are kept, but nobody can be told so: that needs a word."""
    if (number := said.get(name)) is None:
        return None
    try:
        return _counter(number, strict=True)
    except ValidationError:
        words = f'"{name}" is no whole number from 0 to 4294967295: the readings are kept, but cannot be acknowledged.'
        refusals.append(_refusal(Reason.WRONG_TYPE, words, to_json(number, inf_nan_mode="constants")))
        return None


_READERS: Mapping[Leaf, Callable[[str, Message], Intake]] = {
    Leaf.TELEMETRY: _telemetry,
    Leaf.STATUS: _status,
    Leaf.INFO: _info,
    Leaf.COMMAND_RESULT: _result,
}
