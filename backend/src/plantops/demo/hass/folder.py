"""The folder of the demo's Home Assistant: laid out once, as somebody leaves it who has answered the first questions.

Home Assistant's own files are written only where they are missing: what the user changes stays. The integration alone
is unpacked anew each time, from the zip of this checkout.
"""

import json
import shutil
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from plantops.demo.programs import work_folder
from plantops.ops.folder import in_words, like_parent, make_folder, write_private
from plantops.ops.supervision import ServiceFailed

LOCAL = "127.0.0.1"
CONFIGURATION = """\
# Made by `make demo-ha`; change what you like, it is not written again.
homeassistant:
  name: PlantOps demo
  latitude: 52.52
  longitude: 13.4
  elevation: 35
  unit_system: metric
  time_zone: {time_zone}
  currency: EUR
  country: DE
frontend:
config:
history:
logbook:
recorder:
system_health:
automation: !include automations.yaml
script: !include scripts.yaml
scene: !include scenes.yaml
logger:
  default: warning
  logs:
    custom_components.plantops: info
"""
ANSWERED = ["core_config", "analytics", "integration"]
"""First questions that need no answer. The one of them that is asked for an owner is answered over the API; the one
for the place would bring a weather service and others that want the internet."""
HTTP = {
    "server_host": [LOCAL],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "intermediate_v6",
    "use_x_frame_options": True,
    "created_at": "2026-01-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}
"""Home Assistant 2026.11 keeps the settings of its web server here: an `http:` in configuration.yaml would be tried for
five minutes, behind a question on every page, and then taken back."""


def lay_out(folder: Path, release: Path, *, port: int, time_zone: str) -> Path:
    """Make the folder ready for a start at this port of this machine alone; give it."""
    folder = work_folder(folder)
    stored = make_folder(folder / ".storage", mode=0o700)
    _once(folder / "configuration.yaml", CONFIGURATION.format(time_zone=time_zone))
    for name, empty in (("automations", "[]"), ("scripts", "{}"), ("scenes", "[]")):
        _once(folder / f"{name}.yaml", f"{empty}\n")
    _once(stored / "onboarding", _kept("onboarding", 4, {"done": ANSWERED}))
    _listen(stored / "http", port)
    _unpack(release, folder)
    return folder


def _once(path: Path, text: str) -> None:
    if not path.exists():
        write_private(path, text)


def _kept(key: str, version: int, content: object) -> str:
    """Write what Home Assistant keeps as it does so itself."""
    return json.dumps({"version": version, "minor_version": 1, "key": key, "data": content}, indent=2)


def _listen(path: Path, port: int) -> None:
    """Let it listen at the port, and leave its other settings as the user has them."""
    settings = dict[str, object](HTTP)
    if path.exists():
        with in_words(path):
            settings |= json.loads(path.read_text(encoding="utf-8"))["data"]["stable"]
    content = {"stable": settings | {"server_port": port}, "pending": None, "yaml_migration_done": True}
    write_private(path, _kept("http", 3, content))


def _unpack(release: Path, folder: Path) -> None:
    """Put the integration where HACS would put it; what an older one left is removed."""
    place = make_folder(folder / "custom_components", mode=0o700) / "plantops"
    with in_words(place):
        shutil.rmtree(place, ignore_errors=True)
        try:
            with ZipFile(release) as archive:
                archive.extractall(place)
        except BadZipFile as error:
            raise ServiceFailed(
                f"{release} is no zip of the integration: build it anew with `make release`."
            ) from error
        for path in (place, *place.rglob("*")):
            like_parent(path)
