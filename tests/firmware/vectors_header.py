"""Writes the protocol's examples as a C++ header, for the tests of the firmware's headers. It is never committed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.vectors import vectors

HEAD = """\
#pragma once
#include <cstdint>
#include <string>
#include <vector>
struct ReadingVector { const char *c; uint32_t t; float v; };
struct BatchVector { const char *name; uint32_t boot, seq; std::vector<ReadingVector> readings; std::string payload; };
struct AckVector { const char *name; std::string payload; bool good; uint32_t boot, seq; };
struct ChannelVector { const char *key, *metric, *unit, *name; };
struct ValveVector { const char *key, *name; float max_seconds, litres_per_minute; };
struct AboutVector { const char *model, *manufacturer, *firmware, *hardware_id, *name; uint32_t sleep_seconds; };
struct InfoVector { const char *name; AboutVector about; std::vector<ChannelVector> channels;
  std::vector<ValveVector> valves; std::string payload; };
struct RequestVector { AboutVector about; const char *key, *wish; std::string payload; };
struct AnswerVector { const char *name; int status; uint32_t retry_after; std::string body; const char *outcome; };
struct CommandVector { const char *name; std::vector<std::string> said; uint32_t wait_ms;
  std::vector<std::string> results; std::vector<std::string> opened; };
"""


def text(value: str) -> str:
    """Write a text as C++ does, whatever is in it."""
    plain = {ord('"'): '\\"', ord("\\"): "\\\\"}
    return (
        '"'
        + "".join(plain.get(b, chr(b) if 0x20 <= b < 0x7F else f"\\{b:03o}") for b in value.encode()).replace(
            "??", "?\\?"
        )
        + '"'
    )


def braced(parts: Iterable[object]) -> str:
    """Write a list, or a structure with its members in order."""
    return "{" + ", ".join(str(part) for part in parts) + "}"


def _about(about: Mapping[str, Any]) -> str:
    names = ("model", "manufacturer", "firmware", "hardware_id", "name")
    return braced([*(text(about[name]) for name in names), about["sleep_seconds"]])


def _batch(one: Mapping[str, Any]) -> str:
    readings = braced(braced([text(r["c"]), r["t"], f"{float(r['v'])!r}f"]) for r in one["readings"])
    return braced([text(one["name"]), f"{one['boot']}u", f"{one['seq']}u", readings, text(one["payload"])])


def _ack(one: Mapping[str, Any]) -> str:
    boot, seq = one["names"] or (0, 0)
    return braced([text(one["name"]), text(one["payload"]), str(bool(one["names"])).lower(), f"{boot}u", f"{seq}u"])


def _info(one: Mapping[str, Any]) -> str:
    channels = braced(
        braced(text(c.get(name, "")) for name in ("key", "metric", "unit", "name")) for c in one["channels"]
    )
    valves = braced(
        braced([text(v["key"]), text(v.get("name", "")), v["max_seconds"], v.get("litres_per_minute", 0)])
        for v in one["valves"]
    )
    return braced([text(one["name"]), _about(one["about"]), channels, valves, text(one["payload"])])


def _request(one: Mapping[str, Any]) -> str:
    return braced([_about(one["about"]), text(one["key"]), text(one["wish"]), text(one["payload"])])


def _answer(one: Mapping[str, Any]) -> str:
    return braced([text(one["name"]), one["status"], one["retry_after"], text(one["body"]), text(one["outcome"])])


def _command(one: Mapping[str, Any]) -> str:
    lists = (braced(text(part) for part in one[name]) for name in ("said", "results", "opened"))
    said, results, opened = lists
    return braced([text(one["name"]), said, one["wait_ms"], results, opened])


TABLES = (
    ("BatchVector", "BATCHES", "batches", _batch),
    ("AckVector", "ACKS", "acks", _ack),
    ("InfoVector", "INFOS", "info", _info),
    ("RequestVector", "REQUESTS", "registration_requests", _request),
    ("AnswerVector", "ANSWERS", "registration_answers", _answer),
)


def write_header(file: Path) -> None:
    """Write all sets into the file."""
    lines = [HEAD]
    for kind, name, source, one in TABLES:
        lines.append(
            f"inline const std::vector<{kind}> {name} = {{\n" + ",\n".join(one(each) for each in vectors(source)) + "};"
        )
    commands = vectors("commands")
    cases = ",\n".join(_command(each) for each in commands["cases"])
    lines.append(f"inline const std::vector<CommandVector> COMMANDS = {{\n{cases}}};")
    lines.append(f"constexpr uint32_t COMMANDS_NOW = {commands['now']}, COMMANDS_STARTED = {commands['started']};")
    valves = braced(
        braced([text(v["key"]), '""', v["max_seconds"], v.get("litres_per_minute", 0)]) for v in commands["valves"]
    )
    lines.append(f"inline const std::vector<ValveVector> COMMAND_VALVES = {valves};")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
