"""Finding a species by any of its names, in either language, also when the name is spelt wrongly.

Two steps. Names that share groups of three letters with what is searched are looked up in an index (a typing error
spoils three of them at most); the best of these are then compared letter by letter (the restricted Damerau-Levenshtein
distance: a letter too many, too few, wrong, or two swapped).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aioplantops.species import Species

from .fold import fold, fold_bare

LONGEST = 80
"""Letters of a search; more say nothing new."""

COMPARED = 40
"""Names that are compared letter by letter."""

GOOD_ENOUGH = 0.62
"""Below this likeness a name is something else."""

PREFIX = 0.9
"""The likeness of a word that is only begun: somebody is still typing."""

CONTAINED = 0.85
"""The likeness of a word that another one holds: German writes ``Schmetterlingsorchidee`` in one word."""

SHORTEST_PART = 4
"""Letters of a part that says something."""

LEFT_OVER = 0.1
"""What a name loses, at most, for its words that were not searched for; half of it where it begins as was searched."""

SYNONYM = 0.99
"""A name that botanists gave up counts a little less: ``Philodendron`` finds today's philodendrons first."""

NOISE = 0.2
"""What fits so much worse than the best is left out."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A species that was found."""

    species: Species
    matched: str
    """The name that fits best."""
    likeness: float
    """1: that very name; 0: nothing in common."""


@dataclass(frozen=True, slots=True)
class _Entry:
    species: Species
    name: str
    key: str
    """The name, folded."""


class Index:
    """The names of some species, ready to be searched. Making one costs about 25 µs for each name."""

    def __init__(self, all_species: Iterable[Species]) -> None:
        """Take the species."""
        self._entries: list[_Entry] = []
        self._by_gram: dict[str, list[int]] = {}
        for species in all_species:
            for name in dict.fromkeys(species.names):
                for key in {fold(name), fold_bare(name)} - {""}:
                    for gram in grams(key):
                        self._by_gram.setdefault(gram, []).append(len(self._entries))
                    self._entries.append(_Entry(species, name, key))

    def hits(self, text: str) -> list[Hit]:
        """Give the species that fit, each by the name that fits best."""
        found: dict[str, Hit] = {}
        for wanted in {fold(text)[:LONGEST].strip(), fold_bare(text)[:LONGEST].strip()} - {""}:
            for entry in self._candidates(wanted):
                value = likeness(wanted, entry.key) * (SYNONYM if entry.name in entry.species.synonyms else 1.0)
                old = found.get(entry.species.id)
                if value >= GOOD_ENOUGH and (old is None or old.likeness < value):
                    found[entry.species.id] = Hit(entry.species, entry.name, value)
        return list(found.values())

    def _candidates(self, wanted: str) -> list[_Entry]:
        """Give the names that share most groups of letters with what is wanted, the shorter ones first."""
        shared = Counter(number for gram in grams(wanted) for number in self._by_gram.get(gram, ()))
        ranked = sorted(shared.items(), key=lambda item: (-item[1], len(self._entries[item[0]].key)))
        return [self._entries[number] for number, _ in ranked[:COMPARED]]


def best(hits: Iterable[Hit], most: int) -> list[Hit]:
    """Give the best of all hits, the best first."""
    ranked = sorted(hits, key=lambda hit: (-hit.likeness, len(hit.matched), hit.species.name, hit.species.id))
    return [hit for hit in ranked if hit.likeness >= ranked[0].likeness - NOISE][:most]


def grams(key: str) -> frozenset[str]:
    """Give the groups of three letters of each word; a word's beginning weighs more, as it is rarely wrong."""
    padded = [f"  {word} " for word in key.split()]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def likeness(wanted: str, key: str) -> float:
    """Tell how much a folded name fits to a folded search, 0 to 1."""
    if wanted == key:
        return 1.0
    return max(_by_words(wanted.split(), key.split()), 0.98 * _alike(wanted.replace(" ", ""), key.replace(" ", "")))


def _by_words(wanted: Sequence[str], words: Sequence[str]) -> float:
    """Let each wanted word find the word that fits best; long words count more, words left over cost a little."""
    total = sum(map(len, wanted))
    value = sum(len(one) * max(_word(one, word) for word in words) for one in wanted) / total
    left_over = max(0.0, 1 - total / sum(map(len, words)))
    share = LEFT_OVER / 2 if words[: len(wanted)] == list(wanted) else LEFT_OVER
    return value * (1 - share * left_over) * 0.99


def _word(wanted: str, word: str) -> float:
    if wanted == word:
        return 1.0
    if word.startswith(wanted):
        return PREFIX
    if len(wanted) >= SHORTEST_PART and wanted in word:
        return CONTAINED
    return _alike(wanted, word)


def _alike(one: str, other: str) -> float:
    return 1 - distance(one, other) / max(len(one), len(other))


def distance(one: str, other: str) -> int:
    """Count the typing errors between two words (restricted Damerau-Levenshtein distance)."""
    two_above: list[int] = []
    above: list[int] = []
    row = list(range(len(other) + 1))
    for down, letter in enumerate(one, 1):
        two_above, above, row = above, row, [down]
        for right, sign in enumerate(other, 1):
            cost = min(above[right] + 1, row[right - 1] + 1, above[right - 1] + (letter != sign))
            swapped = down > 1 and right > 1 and letter == other[right - 2] and one[down - 2] == sign
            row.append(min(cost, two_above[right - 2] + 1) if swapped else cost)
    return row[-1]
