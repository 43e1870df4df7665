"""The eye on the certificates: counts down, reads seldom, warns once a day for each file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from plantops.ops import certificates
from plantops.ops.metrics import Metrics
from plantops.services.certificates import CertificateWatch
from structlog.testing import capture_logs

from tests.backend.ops.test_metrics import families

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


def remaining(metrics: Metrics) -> dict[str, float]:
    """Give the seconds that are left, by file."""
    name = "plantops_certificate_remaining_seconds"
    return {key.removeprefix(name): value for key, value in families(metrics).items() if key.startswith(name)}


def test_the_metric_counts_down_by_itself_and_follows_the_files(tmp_path: Path) -> None:
    metrics, clock = Metrics(), Clock(NOW)
    made = certificates.ensure(tmp_path, NOW)
    watch = CertificateWatch(tmp_path, metrics=metrics, clock=clock)
    watch.warn()
    clock.now += timedelta(hours=1)
    ten_years = 3652 * 86400
    assert remaining(metrics) == {"{ca.crt}": ten_years - 3600, "{server.crt}": ten_years - 3600}
    made.server_file.unlink()
    watch.warn()
    assert remaining(metrics) == {"{ca.crt}": ten_years - 3600}
    clock.now += timedelta(days=3652)
    assert remaining(metrics)["{ca.crt}"] == -3600


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    metrics = Metrics()
    watch = CertificateWatch(tmp_path / "none", metrics=metrics, clock=Clock(NOW))
    with capture_logs() as logs:
        watch.warn()
    assert (watch.health(), logs, remaining(metrics)) == (None, [], {})


def test_files_are_read_once_a_minute_also_after_the_clock_was_set_back(tmp_path: Path) -> None:
    clock = Clock(NOW)
    certificates.ensure(tmp_path, NOW)
    watch = CertificateWatch(tmp_path, metrics=Metrics(), clock=clock)
    watch.warn()
    (tmp_path / "ca.crt").unlink()
    clock.now += timedelta(seconds=59)
    assert [one.file for one in watch.health() or ()] == ["ca.crt", "server.crt"]
    clock.now = NOW - timedelta(hours=1)
    assert [one.file for one in watch.health() or ()] == ["server.crt"]


def test_the_log_warns_of_each_file_once_a_day(tmp_path: Path) -> None:
    clock = Clock(NOW)
    certificates.ensure(tmp_path, NOW)
    watch = CertificateWatch(tmp_path, metrics=Metrics(), clock=clock)
    with capture_logs() as logs:
        watch.warn()
    assert logs == []
    clock.now = NOW + timedelta(days=3652 - 29, hours=1)
    with capture_logs() as logs:
        for _ in range(49):  # two days and an hour
            watch.warn()
            clock.now += timedelta(hours=1)
    assert [(line["event"], line["file"], line["days_left"]) for line in logs] == [
        ("certificate_needs_care", file, days) for days in (28, 27, 26) for file in ("ca.crt", "server.crt")
    ]
    assert {line["log_level"] for line in logs} == {"warning"}
