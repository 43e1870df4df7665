"""Whether there is time for anything but telemetry."""

import pytest
from plantops.mqtt.pace import Pace


@pytest.mark.parametrize(("rate", "quiet"), [(20, True), (90, True), (110, False), (5_000, False)])
def test_a_steady_stream_is_measured(rate: int, *, quiet: bool) -> None:
    pace = Pace()
    for tenth in range(100):
        pace.count(rate // 10, tenth / 10)
    assert pace.quiet(10.0, 100.0) is quiet


def test_a_burst_is_forgotten_after_some_seconds() -> None:
    pace = Pace()
    pace.count(1_000, 5.0)
    assert not pace.quiet(6.0, 100.0)
    assert pace.quiet(12.0, 100.0)
    assert Pace().quiet(0.0, 1.0), "before anything came"
