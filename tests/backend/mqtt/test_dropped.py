"""The broker's losses are seen: a real Mosquitto that really throws messages away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from plantops.domain import reserved
from plantops.mqtt.dropped import RECENT, DropWatch
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet
from plantops.mqtt.roles import DROPPED
from plantops.ops.metrics import Metrics
from structlog.testing import capture_logs

from tests.accounts import Administrator
from tests.backend.mqtt.house import house, until
from tests.production_broker import production_broker

BOTH = pytest.mark.parametrize("variable", ["PLANTOPS_MOSQUITTO", "PLANTOPS_MOSQUITTO_20"])
TINY = {"max_queued_messages": "10", "sys_interval": "1"}


def said(count: bytes) -> list[Packet]:
    return [Packet(DROPPED, count, 0, retained=True, payload_bytes=len(count))]


class Clock:
    """A clock that the test moves."""

    now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@BOTH
async def test_a_queue_that_overflowed_while_we_were_away_is_an_alarm(
    embedded_database: str, tmp_path: Path, variable: str, device_id: str
) -> None:
    async with production_broker(tmp_path, variable, TINY) as broker:
        backend = broker.inner(reserved.BACKEND)
        async with house(embedded_database, backend) as running:
            await running.until("active")
        async with Administrator.open(broker.inner(reserved.ACCOUNTS)) as accounts:
            password = await accounts.ensure_device(device_id)
        async with Link.open(broker.outer(device_id, password), device_id, lambda *_: None) as node:
            for number in range(50):
                await node.publish(f"plantops/{device_id}/telemetry", b"%d" % number)
        with capture_logs() as logs:
            async with house(embedded_database, backend) as running:
                await until(lambda: running.consumer.state.dropped == 40)  # the broker counts each second
                state = running.consumer.state
                assert state.problem is not None
                assert "The broker has thrown away 40 messages" in state.problem
                assert running.metrics.registry.get_sample_value("plantops_broker_dropped_total") == 40
        told = [line for line in logs if line["event"] == "broker_dropped"]
        assert [line["log_level"] for line in told] == ["error"]
        assert 0 < told[0]["messages"] <= 40


def test_only_what_is_new_counts_and_a_restart_of_the_broker_begins_anew() -> None:
    clock, metrics = Clock(), Metrics()
    watch = DropWatch(metrics, clock)
    with capture_logs() as logs:
        for count in (b"0", b"7", b"7", b"9", b"2", b"not a number"):
            assert watch.sift(said(count)) == []
    assert watch.total == 7 + 2 + 2
    assert [line["messages"] for line in logs] == [7], "at most one line a minute"
    clock.now += timedelta(minutes=2)
    with capture_logs() as logs:
        watch.sift(said(b"3"))
    assert [line["messages"] for line in logs] == [5], "the next line tells what was held back as well"
    clock.now += RECENT + timedelta(seconds=1)
    assert watch.problem is None


def test_other_messages_pass() -> None:
    watch = DropWatch(Metrics(), Clock())
    ours = Packet("plantops/a/status", b"online", 1, retained=False, payload_bytes=6)
    assert watch.sift([ours]) == [ours]
    assert watch.sift([*said(b"1"), ours]) == [ours]
