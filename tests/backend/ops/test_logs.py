"""The log: one JSON line per event, secrets blanked, libraries in the same form, and no flood from one device."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aioplantops.access import SessionCreate
from hypothesis import given
from hypothesis import strategies as st
from plantops.ops.logs import Throttle, hide_secrets, without_secrets

PROGRAM = """
import logging, sys, structlog
from plantops.ops.logs import configure
configure(level="info", form=sys.argv[1])
log = structlog.get_logger()
with structlog.contextvars.bound_contextvars(correlation_id="550e8400"):
    log.info("telemetry_stored", device_id="dev-001", plant_id=None, readings=8, odd=object, unicode="Blumentöpfe\\n")
    log.debug("unseen")
try:
    raise OSError("postgresql://plantops:geheim@db/plantops is away")
except OSError:
    log.exception("database_lost", password="geheim")
logging.getLogger("aiohttp.server").error("Error handling %s", "Bearer geheim")
logging.getLogger("aiohttp.access").info("unseen")
logging.getLogger("paho").info("unseen")
"""


def lines(form: str) -> list[str]:
    run = subprocess.run([sys.executable, "-c", PROGRAM, form], capture_output=True, text=True, check=True)
    assert run.stdout == ""
    return run.stderr.splitlines()


def test_json_lines_have_the_fields_of_the_guide() -> None:
    events = [json.loads(line) for line in lines("json")]
    assert [event["event"] for event in events] == ["telemetry_stored", "database_lost", "Error handling Bearer ***"]
    stored = events[0]
    assert {"event", "device_id", "plant_id", "timestamp", "level", "correlation_id"} <= set(stored)
    assert (stored["plant_id"], stored["level"], stored["correlation_id"]) == (None, "info", "550e8400")
    assert stored["timestamp"].endswith("Z")
    assert datetime.fromisoformat(stored["timestamp"]).tzinfo == UTC
    assert events[2]["logger"] == "aiohttp.server"


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_form_shows_a_secret(form: str) -> None:
    text = "\n".join(lines(form))
    assert "geheim" not in text
    assert "unseen" not in text
    assert "Traceback" in text


@pytest.mark.parametrize(
    "key", ["password", "mqtt_password", "token", "Authorization", "cookie", "encryption_key", "secrets"]
)
def test_values_named_as_secrets_are_blanked(key: str) -> None:
    hidden = hide_secrets(None, "info", {"event": "x", "request": {key: "geheim"}, key: "geheim"})
    assert "geheim" not in str(hidden)


def test_a_channel_key_and_a_token_id_are_no_secrets() -> None:
    event: dict[str, Any] = {"event": "x", "key": "soil_moisture", "token_id": 7, "url": "https://host/path"}
    assert hide_secrets(None, "info", dict(event)) == event


def test_a_token_is_blanked_wherever_it_stands() -> None:
    token = "plantops_" + 43 * "x"
    assert without_secrets(f"refused {token}, of plantops_tokens_total") == "refused ***, of plantops_tokens_total"
    assert token not in repr(SessionCreate(token=token))


@given(st.text())
def test_any_text_can_be_cleaned(text: str) -> None:
    assert without_secrets(without_secrets(text)) == without_secrets(text)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        """Begin at some moment."""
        self.now = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


def test_one_line_a_minute_with_the_sum_of_what_was_held_back() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    assert throttle.count("telemetry_stored", "a", 8) == 8
    assert throttle.count("telemetry_stored", "b", 1) == 1
    assert throttle.count("telemetry_refused", "a", 2) == 2
    clock.wait(59)
    assert throttle.count("telemetry_stored", "a", 8) is None
    assert throttle.count("telemetry_stored", "a", 8) is None
    clock.wait(1)
    assert throttle.count("telemetry_stored", "a", 4) == 20
    assert throttle.count("telemetry_stored", "a", 4) is None


def test_the_last_burst_is_told_when_the_device_falls_silent() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    throttle.count("telemetry_stored", "a", 8)
    throttle.count("telemetry_stored", "a", 5)
    throttle.count("telemetry_stored", "quiet", 5)
    assert list(throttle.overdue()) == []
    clock.wait(60)
    assert list(throttle.overdue()) == [("telemetry_stored", "a", 5)]
    assert throttle.count("telemetry_stored", "a", 1) == 1


def test_its_memory_is_bounded() -> None:
    throttle = Throttle(Clock(), capacity=100)
    for number in range(1000):
        throttle.count("flood", f"device-{number}")
    assert len(throttle._tallies) == 100


def test_the_test_run_itself_is_left_alone() -> None:
    assert logging.getLogger().handlers != []
