r"""Reads a file such as `.env.prod` as Docker Compose does, and says where Compose would not read what was meant.

Unquoted values end at the line's end or at a `#` after a space; 'single quotes' keep all as it is; "double quotes"
know \n, \" and the like. Outside single quotes a `$` begins a variable. Values never appear in what is said.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from plantops.ops.supervision import ServiceFailed

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)\s*=[ \t]*(?P<rest>.*)")
_QUOTED = re.compile(r"""'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)\"""")
_COMMENT = re.compile(r"(?:^| )#.*")
_HASH = "holds a #, which some versions of Docker Compose take for a comment: put the value in single quotes"
_DOLLAR = "holds a $, which Docker Compose takes for a variable: put the value in single quotes"
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What a file sets, and what in it is not as it looks (a line each, without values)."""

    values: dict[str, str]
    faults: tuple[str, ...]


def read_env_file(path: Path) -> EnvFile:
    """Read the file. Raises ServiceFailed in words when it cannot be read."""
    try:
        return parse_env(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ServiceFailed(
            f"There is no {path}: make it with  cp .env.prod.example .env.prod  and fill it in."
        ) from None
    except OSError as error:
        raise ServiceFailed(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ServiceFailed(f"{path} is not text (UTF-8 is expected).") from None


def parse_env(text: str) -> EnvFile:
    """Read the text of such a file."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if (found := _LINE.fullmatch(line)) is None:
            faults.append(f"line {number} is not of the form NAME=value")
            continue
        name = found["name"]
        values[name], fault = _value(found["rest"].strip())
        if fault:
            faults.append(f"{name}: {fault} (line {number})")
        if name in lines:
            faults.append(f"{name}: is set twice (lines {lines[name]} and {number}), and the later one holds")
        lines[name] = number
    return EnvFile(values, tuple(faults))


def _value(rest: str) -> tuple[str, str | None]:
    """Give the value, and what is wrong with the way it is written."""
    if not rest.startswith(("'", '"')):
        value = _COMMENT.sub("", rest).rstrip()
        return value, _HASH if "#" in value or rest.startswith("#") else _DOLLAR if "$" in value else None
    if (found := _QUOTED.match(rest)) is None:
        return rest[1:], "begins with a quotation mark that does not end on this line"
    if _COMMENT.sub("", rest[found.end() :]).strip():
        return rest, "goes on after its closing quotation mark"
    if found["single"] is not None:
        return found["single"].replace("\\'", "'"), None
    plain = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), found["double"])
    return plain, _DOLLAR if re.search(r"(?<!\\)\$", found["double"]) else None
