"""Home Assistant beside the demo: its folder from start to start, and the dashboard that is made of what it knows."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from plantops.demo.hass.board import board, things
from plantops.demo.hass.folder import lay_out
from plantops.ops.supervision import ServiceFailed

INSTANCE, FERN, BASIL = "11111111", "22222222", "33333333"


def release(folder: Path, *files: str) -> Path:
    """Build a zip as HACS installs it."""
    path = folder / "plantops.zip"
    with ZipFile(path, "w") as archive:
        for name in files:
            archive.writestr(name, name)
    return path


def listening(folder: Path) -> dict[str, Any]:
    """Read how Home Assistant will listen."""
    kept: dict[str, Any] = json.loads((folder / ".storage/http").read_text())["data"]
    assert kept["pending"] is None, "no question on every page"
    stable: dict[str, Any] = kept["stable"]
    return stable


def test_the_folder_is_laid_out_once_and_the_integration_each_time(tmp_path: Path) -> None:
    zipped = release(tmp_path, "manifest.json", "lib/old.py")
    folder = lay_out(tmp_path / "hass", zipped, port=8123, time_zone="Europe/Berlin")
    assert "time_zone: Europe/Berlin" in (folder / "configuration.yaml").read_text()
    assert listening(folder)["server_host"] == ["127.0.0.1"], "only this machine is let in"
    assert (folder / "custom_components/plantops/lib/old.py").is_file()

    (folder / "configuration.yaml").write_text("# mine\n")
    stable = listening(folder) | {"ip_ban_enabled": False}
    (folder / ".storage/http").write_text(json.dumps({"data": {"stable": stable, "pending": None}}))
    lay_out(folder, release(tmp_path, "manifest.json", "lib/new.py"), port=8124, time_zone="UTC")
    assert (folder / "configuration.yaml").read_text() == "# mine\n"
    assert listening(folder) == stable | {"server_port": 8124}
    assert sorted(path.name for path in (folder / "custom_components/plantops/lib").iterdir()) == ["new.py"]


def test_what_is_no_zip_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "plantops.zip"
    broken.write_text("half a download")
    with pytest.raises(ServiceFailed, match="build it anew"):
        lay_out(tmp_path / "hass", broken, port=8123, time_zone="UTC")


def device(name: str, identifier: str, area: str | None, *, via: str | None = "server") -> dict[str, Any]:
    """Write a device as Home Assistant's registry does."""
    return {
        "id": f"device of {identifier}", "identifiers": [["plantops", identifier]], "name": name, "name_by_user": None,
        "area_id": area, "via_device_id": via,
    }  # fmt: skip


def entity(identifier: str, key: str, *, disabled: bool = False, platform: str = "plantops") -> dict[str, Any]:
    """Write an entity as Home Assistant's registry does."""
    return {
        "entity_id": f"sensor.{identifier}_{key}", "unique_id": f"{identifier}_{key}", "platform": platform,
        "device_id": f"device of {identifier}", "disabled_by": "integration" if disabled else None,
    }  # fmt: skip


def test_the_dashboard_shows_the_rooms_in_their_order_and_only_what_is_there() -> None:
    server, plants = things(
        [
            entity(INSTANCE, "thirsty_plants"), entity(INSTANCE, "care_tasks"), entity(FERN, "soil_moisture"),
            entity(FERN, "health"), entity(BASIL, "health"), entity(BASIL, "soil_moisture", disabled=True),
            entity(f"{INSTANCE}/plant-1", "battery"), entity(BASIL, "guest", platform="template"),
        ],
        [
            device("PlantOps", INSTANCE, None, via=None), device("Fern", FERN, "kitchen"),
            device("Basil", BASIL, "living_room"), device("Probe", f"{INSTANCE}/plant-1", None),
        ],
        [{"area_id": "living_room", "name": "Living Room"}, {"area_id": "kitchen", "name": "Kitchen"}],
    )  # fmt: skip
    assert [plant.name for plant in plants] == ["Basil", "Fern"]
    garden, care, past = board(server, plants)["views"]
    assert [badge["entity"] for badge in garden["badges"]] == [f"sensor.{INSTANCE}_thirsty_plants"]
    rooms = {section["cards"][0]["heading"]: section["cards"][1:] for section in garden["sections"]}
    assert list(rooms) == ["Living Room", "Kitchen"]
    (basil,), (fern,) = rooms.values()
    assert (basil["name"], basil["entity"]) == ("Basil", f"sensor.{BASIL}_health"), "it has no probe in its soil"
    assert (fern["name"], fern["entity"]) == ("Fern", f"sensor.{FERN}_soil_moisture")
    assert "features" in fern
    assert "features" not in basil
    assert f"sensor.{INSTANCE}_care_tasks" in json.dumps(care)
    assert f"sensor.{FERN}_soil_moisture" in json.dumps(past)
    assert "guest" not in json.dumps([garden, care, past])
