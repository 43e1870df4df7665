"""What one garden's devices must be given: its authority, its address and a registration key, as an ESPHome package.

`garden.yaml` stands last among a node's packages, so that it overrules their examples. It holds a secret and is for
nobody else; `garden-ca.pem` beside it is the authority once more, as a file, for ``http_request: ca_certificate_path``.
"""

from dataclasses import dataclass
from pathlib import Path

from plantops.ops.certificates import MODE_FOR_ALL, pem_of
from plantops.ops.folder import make_folder, write_private
from plantops.ops.supervision import ServiceFailed

GARDEN, AUTHORITY = "garden.yaml", "garden-ca.pem"
COMPONENTS = Path(__file__).parents[4] / "firmware" / "components"
"""The component of this very checkout; elsewhere (an installed wheel, an image) ESPHome fetches it."""

HEAD = """\
# This garden, for its ESPHome nodes (plantops firmware secrets). It holds a registration key: keep it to yourself.
# In a node's file it comes last:
#   packages:
#     node: !include plant-node.yaml
#     garden: !include garden.yaml
substitutions:
"""


@dataclass(frozen=True, slots=True)
class Garden:
    """Where a garden is, for devices."""

    host: str
    """A name or address that the server's certificate holds."""
    https_port: int
    mqtt_port: int
    registration_key: str
    components: Path | None = None
    """A folder with the component; None: fetched by ESPHome."""

    def yaml(self, pem: str) -> str:
        """Write the package."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        values = {
            "plantops_url": f"https://{host}:{self.https_port}",
            "registration_key": self.registration_key,
            "mqtt_broker": f'"{self.host}"',
            "mqtt_port": f'"{self.mqtt_port}"',
        }
        if self.components is not None:
            values["plantops_components"] = f'"{self.components}"'
        lines = [f"  {name}: {value}" for name, value in values.items()]
        block = [f"    {line}" for line in pem.splitlines()]
        end = ["", "http_request:", f"  ca_certificate_path: {AUTHORITY}"]
        return HEAD + "\n".join([*lines, "  ca_pem: |", *block, *end]) + "\n"


def refuse_to_replace(folder: Path) -> None:
    """Raise ServiceFailed where a garden's file is already: its key may be in use."""
    if (folder / GARDEN).exists():
        raise ServiceFailed(
            f"{folder / GARDEN} is there already: --force writes it anew, with another registration key."
        )


def write_authority(ca_file: Path, folder: Path) -> str:
    """Write the authority into the folder, which is made where it is missing; give its text. Raises ServiceFailed."""
    pem = pem_of(ca_file)
    folder = make_folder(folder, mode=0o755)
    write_private(folder / AUTHORITY, pem, mode=MODE_FOR_ALL)
    return pem


def write_garden(garden: Garden, pem: str, folder: Path) -> Path:
    """Write the file with the key beside the authority, for its owner alone. Raises ServiceFailed in words."""
    write_private(folder / GARDEN, garden.yaml(pem))
    return folder / GARDEN
