"""The node that runs on this machine, and what its file must be told."""

from pathlib import Path

from tests.firmware.esphome import FIRMWARE
from tests.firmware.relay import PLACEHOLDER

HERE = Path(__file__).parent / "host"


def choices() -> list[str]:
    """Give the words of the command line that fill in the node's file."""
    told = {
        "packages": FIRMWARE / "packages",
        "components": FIRMWARE / "components",
        "line": HERE / "components",
        "plantops_url": "https://plantops.local:8443",
        "registration_key": PLACEHOLDER,
    }
    return [word for name, value in told.items() for word in ("-s", name, str(value))]
