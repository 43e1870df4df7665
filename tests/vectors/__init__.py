"""The protocol by example: one set of messages for the firmware's C++, the shared language and the virtual devices."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "protocol"


def vectors(name: str) -> Any:
    """Read one of the sets: batches, acks, info, commands, registration_requests, registration_answers."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
