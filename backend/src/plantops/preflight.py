"""The last look before a production house starts: everything that is missing, weak or wrong in its settings, at once.

`plantops prepare` asks `faults` about the environment that the stack gives it, `plantops check-settings` about a file.
"""

from collections.abc import Mapping
from typing import Any, override

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from plantops.ops.strength import weaknesses
from plantops.settings import Settings, SettingsInvalid

FILES = ("MQTT_CA_CERT", "HTTPS_CERT", "HTTPS_KEY")
"""Paths inside a container: whether they are there cannot be told outside of it."""


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
    weak = weaknesses(values)
    named = {line.partition(":")[0] for line in weak}
    known = {name.upper() for name in Settings.model_fields} - (set() if inside else set(FILES))
    told = {name.lower(): value for name, value in values.items() if name in known}
    return (*weak, *(line for line in _invalid(told) if line.partition(":")[0] not in named))


def _invalid(told: Mapping[str, Any]) -> list[str]:
    try:
        _Told.load(**told)
    except SettingsInvalid as invalid:
        return str(invalid).splitlines()
    return []
