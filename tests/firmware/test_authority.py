"""What `make certs` writes for ESPHome becomes the very certificate in a device's program."""

import re
from datetime import UTC, datetime
from pathlib import Path

from plantops.ops import certificates
from plantops.ops.firmware_ca import write_for_firmware

from tests.firmware.test_stock_node import esphome, folder

__all__ = ["folder"]


def test_a_device_gets_the_authority_by_including_one_package(folder: Path) -> None:
    made = certificates.ensure(folder / "own", datetime.now(UTC))
    write_for_firmware(made.ca_file, folder / "certs")
    garden, node = folder / "garden.yaml", folder / "stock-node.yaml"
    garden.write_text(re.sub(r"(?s)  ca_pem: \|.*-----END CERTIFICATE-----\n", "", garden.read_text(encoding="utf-8")))
    text = node.read_text(encoding="utf-8")
    node.write_text(text.replace("packages:\n", "packages:\n  ca: !include certs/ca.yaml\n"), encoding="utf-8")
    esphome(folder, "compile", "--only-generate")
    program = next(folder.glob(".esphome/build/*/src/main.cpp")).read_text(encoding="utf-8")
    (told,) = re.findall(r'->set_ca_certificate\("(.*)"\);', program)
    assert told.replace(r"\012", "\n") == made.ca_file.read_text()
