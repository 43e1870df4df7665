"""Dashboard and alerts ask for figures that there are: every name and label is one of the backend's own metrics."""

import json
import re
from collections.abc import Iterable
from typing import Any

from plantops.ops.metrics import Metrics

from tests.house.stack.composed import ROOT

MONITORING = ROOT / "monitoring"
BOARD: dict[str, Any] = json.loads((MONITORING / "grafana/dashboards/plantops.json").read_text())
OF_OTHERS = {
    "up",
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "container_spec_memory_limit_bytes",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_timex_sync_status",
}
"""Of Prometheus itself, cAdvisor and node-exporter."""
LABELS = {
    "plantops_http_request_seconds": {"route", "method", "status"},
    "plantops_build_info": {"version"},
    "plantops_ingest_role": {"plantops_ingest_role"},
    "plantops_mqtt_messages": {"kind"},
    "plantops_telemetry_refused": {"reason"},
    "plantops_stream_dropped": {"reason"},
    "plantops_registrations": {"result"},
    "plantops_notifications": {"kind", "outcome"},
    "plantops_database_seconds": {"work"},
    "plantops_certificate_remaining_seconds": {"file"},
}
OF_SERVERS = {"job", "instance", "le", "service", "mountpoint"}


def known() -> set[str]:
    """List the names under which the backend's metrics can be asked for."""
    names = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", Metrics().render().decode(), re.MULTILINE):
        names |= {f"{name}_{part}" for part in ("bucket", "count", "sum")} if kind == "histogram" else {name}
    return names


def questions() -> Iterable[str]:
    """Give every question to Prometheus: of the dashboard and of the alerts."""
    for panel in BOARD["panels"]:
        yield from (each["expr"] for each in panel.get("targets", []) if each["datasource"]["uid"] == "prometheus")
    yield from re.findall(r"^ +expr: (.*)$", (MONITORING / "prometheus/alerts.yml").read_text(), re.MULTILINE)


def test_every_figure_that_is_asked_for_exists() -> None:
    asked = list(questions())
    assert len(asked) > 30
    words = {word for text in asked for word in re.findall(r"\b(?:up|(?:plantops|container|node)_\w+)\b", text)}
    label = {"plantops_ingest_role"}
    assert words - label - known() - OF_OTHERS == set()
    assert {word for word in words if word.startswith("plantops_")} - label, "and some are ours"


def test_every_label_that_is_asked_for_exists() -> None:
    for text in questions():
        grouped = {one.strip() for found in re.findall(r"by \(([^)]*)\)", text) for one in found.split(",")}
        chosen = set(re.findall(r"[{,]\s*(\w+)=", text))
        metrics = [re.sub(r"_(bucket|count|sum|total)$", "", name) for name in re.findall(r"plantops_\w+", text)]
        there = OF_SERVERS.union(*(LABELS.get(name, set()) for name in metrics))
        assert (grouped | chosen) - there == set(), text


def test_the_dashboard_can_be_read_by_grafana_and_fits_its_sources() -> None:
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    sources = set(re.findall(r"uid: (\w+)", (MONITORING / "grafana/datasources/plantops.yml").read_text()))
    used = {target["datasource"]["uid"] for panel in BOARD["panels"] for target in panel.get("targets", [])}
    assert used == sources
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert panel["type"] == "row" or panel["description"], panel["title"]


def test_logs_are_asked_for_by_labels_that_are_shipped() -> None:
    shipped = (MONITORING / "alloy/config.alloy").read_text()
    logs = [each["expr"] for panel in BOARD["panels"] for each in panel.get("targets", []) if "loki" in str(each)]
    assert logs
    for label in re.findall(r"(\w+)=", " ".join(logs)):
        assert re.search(rf'target_label\s+= "{label}"|\b{label} = ""', shipped), label


def test_prometheus_asks_each_backend_itself() -> None:
    text = (MONITORING / "prometheus/prometheus.yml").read_text()
    assert "{names: [backend], type: A, port: 8000" in text, "two run during an update, and both are asked"
    assert "frontend" not in text.replace("not through the frontend", "")
