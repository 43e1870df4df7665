"""The metrics: each explained, each app with its own, in the form that Prometheus reads."""

import pytest
from plantops.ops.metrics import Metrics
from prometheus_client.parser import text_string_to_metric_families


def families(metrics: Metrics) -> dict[str, float]:
    parsed = text_string_to_metric_families(metrics.render().decode())
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in parsed
        for sample in family.samples
    }


def test_every_metric_has_a_help_text() -> None:
    parsed = list(text_string_to_metric_families(Metrics(version="1").render().decode()))
    assert [family.name for family in parsed if not family.documentation] == []
    assert {"process_resident_memory_bytes", "plantops_telemetry_stored", "plantops_ingest_role"} <= {
        family.name for family in parsed
    }


def test_two_apps_do_not_count_together() -> None:
    one, two = Metrics(), Metrics()
    one.stored.inc(8)
    assert families(one)["plantops_telemetry_stored_total"] == 8
    assert families(two)["plantops_telemetry_stored_total"] == 0


def test_the_time_of_failed_work_counts_too() -> None:
    metrics = Metrics()
    with metrics.database("keep"):
        pass
    with pytest.raises(KeyError), metrics.database("keep"):
        raise KeyError
    assert families(metrics)["plantops_database_seconds_count{keep}"] == 2


def test_the_ingest_role_is_one_of_two() -> None:
    metrics = Metrics()
    metrics.ingest_role.state("active")
    samples = families(metrics)
    assert samples["plantops_ingest_role{active}"] == 1
    assert samples["plantops_ingest_role{standby}"] == 0
