"""Whether the secrets of a production house are secrets: missing, placeholder and weak values, before anything starts.

`weaknesses` is the one judge: `plantops prepare` asks it in the stack, `plantops check-settings` on the host. It never
repeats a value. Whatever `openssl rand -base64 32` or `openssl rand -hex 32` prints is strong.
"""

import re
from collections.abc import Iterator, Mapping

NEEDED = ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "MQTT_BACKEND_PASSWORD", "ENCRYPTION_KEY")
"""What the stack does not start without."""
PASSWORDS = ("POSTGRES_PASSWORD", "MQTT_BACKEND_PASSWORD", "GRAFANA_PASSWORD")
"""Checked where they are set."""
KEYS = ("ENCRYPTION_KEY", "ENCRYPTION_KEYS_OLD")

SHORTEST_PASSWORD = 16
KEY_DIGITS = 64
FEWEST_DIFFERENT = 8
"""Different characters. Of 44 random base64 characters, fewer than 8 differ once in 10^27 times."""

HOW_PASSWORD = "make one with: openssl rand -base64 32"  # noqa: S105 - it is none
HOW_KEY = "make one with: openssl rand -hex 32"

_RANDOM = re.compile(r"[A-Za-z0-9+/]{43}=")
"""32 random bytes in base64: no word in there is meant."""
_PLACEHOLDER = re.compile(
    r"<.*>|\[.*\]|\{.*\}|x+|placeholder"
    r"|(?:change|replace)[-_ .]?(?:me|this|it|with|by|before|in|now)?[-_ .!a-z0-9]*"
    r"|(?:your|example|sample|dummy|generate)(?:[-_ .!][-_ .!a-z0-9]*)?"
    r"|(?:insert|fill|put|enter)[-_ .a-z0-9]*(?:here|in|me)",
    re.IGNORECASE,
)
_TRIED_FIRST = (
    "admin|backend|broker|changeme|database|default|docker|garden|grafana|guest|hunter|iloveyou|letmein|local|login|"
    "mosquitto|mqtt|my|pass|passwd|password|passphrase|passwort|pi|plant|plants|plantops|postgres|postgresql|prod|"
    "production|qwerty|qwertz|raspberry|root|secret|secure|server|strong|test|the|timescale|timescaledb|user|very|welcome"
)
_SPELLINGS = {"a": "[a@4]", "e": "[e3]", "i": "[i1!]", "l": "[l1]", "o": "[o0]", "s": "[s5$]", "t": "[t7]"}
_WORDS = re.compile(
    f"(?:{re.sub('[aeilost]', lambda letter: _SPELLINGS[letter[0]], _TRIED_FIRST)}" + r"|[\W\d_])+", re.IGNORECASE
)
"""Words that everybody tries first, however they are spelt, with digits and marks between them."""
_ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)


def weaknesses(values: Mapping[str, str]) -> tuple[str, ...]:
    """List what is missing, a placeholder or weak among the values by name: a line each; none, when all is well."""
    return tuple(_findings(values))


def _findings(values: Mapping[str, str]) -> Iterator[str]:
    for name in NEEDED:
        if not values.get(name, "").strip():
            yield f"{name}: is missing; {_remedy(name)}"
    for name, value in values.items():
        if not value.strip():
            continue
        if name in PASSWORDS and (why := _weak_password(value, values)):
            yield f"{name}: {why}; {HOW_PASSWORD}"
        if name in KEYS:
            keys = [value] if name == "ENCRYPTION_KEY" else [part.strip() for part in value.split(",") if part.strip()]
            yield from (f"{name}: {why}; {HOW_KEY}" for why in dict.fromkeys(map(_weak_key, keys)) if why)
        if name in {"POSTGRES_USER", "POSTGRES_DB"} and _is_placeholder(value):
            yield f"{name}: is a placeholder; plantops would do"
    yield from _shared(values)


def _remedy(name: str) -> str:
    if name in PASSWORDS:
        return HOW_PASSWORD
    return HOW_KEY if name in KEYS else "plantops would do"


def _shared(values: Mapping[str, str]) -> Iterator[str]:
    """Find secrets that are used twice: who learns one would have both."""
    seen: dict[str, str] = {}
    for name in (*PASSWORDS, "ENCRYPTION_KEY"):
        if not (value := values.get(name, "").strip()):
            continue
        if value in seen:
            yield f"{name}: is the same as {seen[value]}; {_remedy(name)}"
        seen.setdefault(value, name)


def _weak_password(value: str, values: Mapping[str, str]) -> str | None:
    if value != value.strip() or not value.isprintable():
        return "begins or ends with a space, or holds a character that cannot be seen"
    if _is_placeholder(value):
        return "is a placeholder"
    if len(value) < SHORTEST_PASSWORD:
        return f"is too short ({SHORTEST_PASSWORD} characters at least)"
    if value.lower() in {
        values.get(name, "").lower() for name in ("POSTGRES_USER", "POSTGRES_DB", "MQTT_BACKEND_USERNAME")
    }:
        return "is the name of its own account"
    if _is_monotonous(value) or _WORDS.fullmatch(value):
        return "can be guessed"
    return None


def _weak_key(value: str) -> str | None:
    if _is_placeholder(value):
        return "is a placeholder"
    if not re.fullmatch(rf"[0-9a-fA-F]{{{KEY_DIGITS}}}", value):
        return f"needs {KEY_DIGITS} hexadecimal digits"
    return "can be guessed" if _is_monotonous(value) else None


def _is_placeholder(value: str) -> bool:
    return not _RANDOM.fullmatch(value) and _PLACEHOLDER.fullmatch(value.strip()) is not None


def _is_monotonous(value: str) -> bool:
    """Whether few characters repeat, a part repeats, or it runs as the alphabet does."""
    low = value.lower()
    repeats = (low + low).find(low, 1) < len(low)
    return len(set(low)) < FEWEST_DIFFERENT or repeats or any(low in row or low[::-1] in row for row in _ROWS)
