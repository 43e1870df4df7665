"""The garden's authority in the forms in which ESPHome takes it, so that devices trust this garden's broker alone.

`ca.yaml` is a package with the substitution ``ca_pem``: a block keeps the certificate's lines, which `!include ca.pem`
would fold into one that no device can read. `ca.pem` is for ``http_request: ca_certificate_path``.
"""

from pathlib import Path

from plantops.ops.certificates import MODE_FOR_ALL, pem_of
from plantops.ops.folder import make_folder, write_private

HEAD = """\
# This garden's authority for ESPHome. `make certs` writes it; do not edit. In a device's file:
#   packages:
#     ca: !include certs/ca.yaml
#   mqtt:
#     certificate_authority: ${ca_pem}
substitutions:
  ca_pem: |
"""
INDENT = "    "


def write_for_firmware(ca_file: Path, folder: Path) -> tuple[Path, Path]:
    """Write the authority (never its key) as `ca.yaml` and `ca.pem` in the folder. Raises ServiceFailed in words."""
    pem = pem_of(ca_file)
    folder = make_folder(folder, mode=0o755)
    package, plain = folder / "ca.yaml", folder / "ca.pem"
    write_private(package, HEAD + "".join(f"{INDENT}{line}\n" for line in pem.splitlines()), mode=MODE_FOR_ALL)
    write_private(plain, pem, mode=MODE_FOR_ALL)
    return package, plain
