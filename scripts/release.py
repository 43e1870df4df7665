"""Build the zip that HACS installs: the contents of the integration's folder, the same bytes for the same sources.

python scripts/release.py [FOLDER]        writes FOLDER/plantops.zip (dist/ if none is named) and tells what is in it
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "custom_components" / "plantops"
CARD = SOURCE / "frontend" / "plantops-card.js"
LEFT_OUT = re.compile(r"(^|/)(__pycache__|\.[^/]+)(/|$)|\.pyc$")
MADE_AT = (2026, 1, 1, 0, 0, 0)


def contents() -> Iterator[Path]:
    """Give all files of the integration; a card that was built (frontend/) belongs to them."""
    for path in sorted(SOURCE.rglob("*")):
        if path.is_file() and LEFT_OUT.search(path.relative_to(SOURCE).as_posix()) is None:
            yield path


def build(folder: Path) -> Path:
    """Write the zip; give its place."""
    folder.mkdir(parents=True, exist_ok=True)
    name = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))["filename"]
    with ZipFile(folder / name, "w", ZIP_DEFLATED) as archive:
        for path in contents():
            info = ZipInfo(path.relative_to(SOURCE).as_posix(), MADE_AT)
            info.external_attr = 0o644 << 16
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    return folder / name


if __name__ == "__main__":
    made = build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
    version = json.loads((SOURCE / "manifest.json").read_text(encoding="utf-8"))["version"]
    print(f"{made}: PlantOps {version}, {len(list(contents()))} files, {made.stat().st_size // 1024} KiB")
    if not CARD.is_file():
        print("  without the card for dashboards: it has not been built here (make frontend)")
