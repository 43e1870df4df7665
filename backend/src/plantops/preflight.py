"""The last look before a production house starts: everything that is missing, weak or wrong in its settings, at once.

`plantops prepare` asks `faults` about the environment that the stack gives it, `plantops check-settings` about a file.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, override

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from plantops.domain.reserved import BACKEND, refusal
from plantops.ops.strength import weaknesses
from plantops.settings import BrokerAccounts, Settings, SettingsInvalid

FILES = ("MQTT_CA_CERT", "HTTPS_CERT", "HTTPS_KEY")
"""Paths inside a container: whether they are there cannot be told outside of it."""

OTHERS = frozenset({"GRAFANA_PASSWORD", "BACKUP_AT", "BACKUP_KEEP_DAYS", "BACKUP_KEEP_LEAST"})
"""What other programs of the stack read from the same file."""
ALIKE = 0.9
"""From here on (0 to 1) a name that nobody knows is taken for a misspelt one; others are somebody else's."""


class _Told(Settings):
    """Settings that come from what is handed over, and not from this process's own environment."""

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: Any,
        **__: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def faults(values: Mapping[str, str], *, inside: bool) -> tuple[str, ...]:
    """List what keeps a production house from starting with these settings (by variable): a line each, without values.

    `inside` tells whether paths mean files that can be looked for here.
    """
    weak = (*weaknesses(values), *_misspelt(values))
    named = {line.partition(":")[0] for line in weak}
    known = {name.upper() for name in Settings.model_fields} - (set() if inside else set(FILES))
    told = {name.lower(): value for name, value in values.items() if name in known}
    wrong = [*_invalid(told), *_account(values)]
    return (*weak, *(line for line in wrong if line.partition(":")[0] not in named))


def _account(values: Mapping[str, str]) -> list[str]:
    """Find a name of the backend's account that would throw out another account of ours (not at a broker of others)."""
    name = values.get("MQTT_BACKEND_USERNAME", "").strip() or BACKEND
    if values.get("BROKER_ACCOUNTS", "").strip().lower() == BrokerAccounts.EXTERNAL or not (why := refusal(name)):
        return []
    return [f"MQTT_BACKEND_USERNAME: {why}"]


def _misspelt(names: Iterable[str]) -> list[str]:
    known = {name.upper() for name in Settings.model_fields} | OTHERS
    alike = ((name, get_close_matches(name, known, n=1, cutoff=ALIKE)) for name in names if name not in known)
    return [f"{name}: is not known, and would change nothing: is {meant[0]} meant?" for name, meant in alike if meant]


def _invalid(told: Mapping[str, Any]) -> list[str]:
    try:
        _Told.load(**told)
    except SettingsInvalid as invalid:
        return str(invalid).splitlines()
    return []
