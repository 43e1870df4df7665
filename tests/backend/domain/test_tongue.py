"""Every sentence exists in each language of the house, with the same places; numbers are written as people do."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from aioplantops.alerts import AlertKind
from aioplantops.care import Basis, CareKind
from aioplantops.irrigation import WateringReason
from aioplantops.metrics import Metric
from aioplantops.tasks import TaskKind
from plantops.domain.alert_needs import RULES
from plantops.domain.tongue import IN_ENGLISH, TONGUES, Language

IN_GERMAN = TONGUES[Language.DE]


def sentences(words: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Walk through all sentences of a language, each with its place."""
    if isinstance(words, str):
        yield path, words
    elif isinstance(words, Mapping):
        for key, value in words.items():
            yield from sentences(value, f"{path}.{key}")
    elif isinstance(words, tuple):
        for number, value in enumerate(words):
            yield from sentences(value, f"{path}.{number}")
    else:
        assert is_dataclass(words), f"{path} is no sentence"
        for field in fields(words):
            yield from sentences(getattr(words, field.name), f"{path}.{field.name}")


def places(sentence: str) -> list[str]:
    """Tell what a sentence wants to be given."""
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def test_each_language_has_every_sentence_with_the_same_places() -> None:
    assert set(TONGUES) == set(Language)
    said = {language: dict(sentences(tongue.words)) for language, tongue in TONGUES.items()}
    english = said[Language.EN]
    assert len(english) > 150
    for language, other in said.items():
        assert other.keys() == english.keys()
        for place, sentence in other.items():
            assert sentence.strip(), f"{language}{place} says nothing"
            assert places(sentence) == places(english[place]), f"{language}{place} wants other things than in English"


def test_a_sentence_is_not_just_left_in_english() -> None:
    english, german = (dict(sentences(tongue.words)) for tongue in (IN_ENGLISH, IN_GERMAN))
    same = {place for place, words in german.items() if words == english[place] and any(map(str.isalpha, words))}
    months = {f".months.{number}" for number in (3, 7, 8, 10)}
    assert same - months == set(), "April, August, September and November alone are called the same"


@pytest.mark.parametrize("language", Language)
def test_every_kind_has_its_sentence(language: Language) -> None:
    words = TONGUES[language].words
    assert words.alerts.begun.keys() == words.alerts.past.keys() == set(AlertKind)
    light = {AlertKind.DLI_LOW, AlertKind.DLI_HIGH}
    assert words.alerts.felt.keys() == {rule.kind for rule in RULES} | light
    assert words.water.objections.keys() == set(WateringReason)
    assert words.care.to_do.keys() == set(TaskKind) - {TaskKind.CUSTOM}, "what is custom has a name"
    assert words.care.done.keys() == set(CareKind)
    assert words.outlook.aims.keys() == set(Basis) - {Basis.CARE_LOG}
    assert len(words.months) == 12
    assert all(before != after for before, after in pairwise(words.months))


def test_numbers_have_the_point_or_the_comma_and_nought_no_sign() -> None:
    assert IN_ENGLISH.amount(Metric.TEMPERATURE, 1.5) == "1.5 °C"
    assert IN_GERMAN.amount(Metric.TEMPERATURE, -1.5) == "-1,5 °C"
    assert IN_ENGLISH.amount(Metric.TEMPERATURE, -0.01) == "0.0 °C"
    assert IN_GERMAN.amount(Metric.BATTERY_VOLTAGE, -0.001) == "0,00 V"
    assert IN_GERMAN.plain(0.25) == "0,25"
    assert IN_GERMAN.plain(20.0) == "20"


def test_a_value_and_its_bound_never_look_the_same() -> None:
    assert IN_ENGLISH.told_apart(Metric.SOIL_MOISTURE, 29.8, 30.0) == ("29.8 %", "30.0 %")
    assert IN_GERMAN.told_apart(Metric.SOIL_MOISTURE, 29.8, 30.0) == ("29,8 %", "30,0 %")
    assert IN_ENGLISH.told_apart(Metric.SOIL_MOISTURE, 29.4, 30.0) == ("29 %", "30 %")


def test_days_and_times_are_written_as_people_do() -> None:
    at, zone = datetime(2026, 12, 3, 13, 5, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    assert IN_ENGLISH.moment(at, zone) == "3 December, 14:05"
    assert IN_GERMAN.moment(at, zone) == "3. Dezember um 14:05 Uhr"
    assert IN_GERMAN.stamp(at, zone) == "3. Dezember, 14:05"
    assert (IN_ENGLISH.day(date(2027, 3, 1)), IN_GERMAN.day(date(2027, 3, 1))) == ("1 March", "1. März")


def test_one_and_many_are_told_apart() -> None:
    span = IN_GERMAN.news.for_hours
    assert (IN_GERMAN.counted(span, 1), IN_GERMAN.counted(span, 5)) == ("einer Stunde", "5 Stunden")
    assert IN_ENGLISH.counted(IN_ENGLISH.water.pause, 1) == "1 more minute"
