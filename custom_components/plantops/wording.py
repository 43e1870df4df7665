"""The few words that Home Assistant has no translation for, because they stand inside a text: kinds of care."""

from .lib.aioplantops.tasks import TaskKind

_WORDS = {
    "en": {
        "water": "water",
        "watered": "watered",
        "fertilised": "fertilised",
        "repotted": "repotted",
        "pruned": "pruned",
        "misted": "misted",
        "moved": "moved",
        "note": "note",
        "photo": "photo",
    },
    "de": {
        "water": "gießen",
        "watered": "gegossen",
        "fertilised": "gedüngt",
        "repotted": "umgetopft",
        "pruned": "geschnitten",
        "misted": "besprüht",
        "moved": "umgestellt",
        "note": "Notiz",
        "photo": "Foto",
    },
}

_TO_DO = {
    TaskKind.WATERED: ("Water {}", "{} gießen"),
    TaskKind.FERTILISED: ("Fertilise {}", "{} düngen"),
    TaskKind.REPOTTED: ("Repot {}", "{} umtopfen"),
    TaskKind.PRUNED: ("Prune {}", "{} schneiden"),
    TaskKind.MISTED: ("Mist {}", "{} besprühen"),
    TaskKind.MOVED: ("Move {}", "{} umstellen"),
    TaskKind.PHOTO: ("Take a picture of {}", "{} fotografieren"),
}
"""What the backend calls a task that nobody gave a name, in English or in German, as its house speaks."""


def done(language: str, kind: str) -> str:
    """Say a kind of care in the house's language, else in English; one that is new as the backend calls it."""
    return _WORDS["de" if language.startswith("de") else "en"].get(kind, kind)


def to_do(language: str, title: str, kind: TaskKind, plant: str | None) -> str:
    """Say what is to be done in the house's language; what a person has named keeps its name."""
    if kind not in _TO_DO:
        return title
    english, german = _TO_DO[kind]
    said = (english.format(plant or "the plants"), german.format(plant or "Pflanzen"))
    return said[language.startswith("de")] if title in said else title


def watering(language: str, plant: str) -> str:
    """Say that a plant is to be watered, as a task would."""
    return _TO_DO[TaskKind.WATERED][language.startswith("de")].format(plant)


def figure(language: str, value: float) -> str:
    """Write a number as the house does: in German with a comma, where 2.181 would be two thousand."""
    return f"{value:g}".replace(".", "," if language.startswith("de") else ".")
