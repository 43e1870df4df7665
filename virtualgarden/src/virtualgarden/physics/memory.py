"""The state of the simulated world as plain numbers, so that a garden goes on where it was left."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable


@runtime_checkable
class Lasting(Protocol):
    """Anything that goes on from one moment to the next; `STATE` names what must be remembered."""

    STATE: ClassVar[tuple[str, ...]]


def remember(thing: Lasting) -> dict[str, Any]:
    """Write down the state of a thing and of the things in it, ready for JSON."""
    return {name: _noted(getattr(thing, name)) for name in thing.STATE}


def _noted(value: object) -> object:
    if isinstance(value, Lasting):
        return remember(value)
    if isinstance(value, Mapping):
        return {key: _noted(inner) for key, inner in value.items()}
    return value


def recall(thing: Lasting, notes: Mapping[str, Any]) -> None:
    """Bring a thing back into the state that was written down; what the notes don't know stays."""
    for name in thing.STATE:
        if name not in notes:
            continue
        inner, noted = getattr(thing, name), notes[name]
        if isinstance(inner, Lasting):
            recall(inner, noted)
        elif isinstance(inner, Mapping):
            for key in inner.keys() & noted.keys():
                recall(inner[key], noted[key])
        else:
            setattr(thing, name, noted)
