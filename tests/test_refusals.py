"""A German page has its own sentence for everything that is refused to people, and none for what is not any more."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import aioplantops
from aioplantops.errors import PlantOpsError

GERMAN = Path(__file__).parents[1] / "frontend" / "src" / "words" / "refusals.ts"
TOLD_BY_THE_HOUSE = {"calibration_unsteady", "watering_refused"}
"""Their reasons are in the house's language already."""
NEVER_ON_THE_PAGE = {
    "broker_accounts_external",
    "cannot_connect",
    "certificate_untrusted",
    "device_not_writable",
    "malformed",
    "method_not_allowed",
    "no_broker_account",
    "not_understood",
    "registration_key_invalid",
    "server_too_new",
    "server_too_old",
    "tls_required",
    "unsupported_media",
}
"""Refused to devices, programs and administrators, or found by clients themselves."""


def _codes(family: type[PlantOpsError] = PlantOpsError) -> Iterator[str]:
    for error in family.__subclasses__():
        if error.__module__.startswith("aioplantops."):
            yield error.code
            yield from _codes(error)


def test_each_refusal_that_people_meet_has_a_german_sentence() -> None:
    for module in iter_modules(aioplantops.__path__):
        import_module(f"aioplantops.{module.name}")
    german = re.findall(r"^  ([a-z_]+): \"", GERMAN.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(german) == len(set(german)) > 50
    assert set(german) == set(_codes()) - TOLD_BY_THE_HOUSE - NEVER_ON_THE_PAGE
