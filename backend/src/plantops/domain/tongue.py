"""In which language the house speaks to people, and how it writes values and times in it. Pure.

Alerts, messages and reasons are written once, kept, and sent to channels that have no reader's language: so the house
has one. It is a value that is handed to whoever writes a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from aioplantops.metrics import METRICS, Metric

from .words.de import GERMAN
from .words.en import ENGLISH
from .words.sentences import AlertWords, CareWords, Counted, NewsWords, OutlookWords, ProbeWords, WaterWords, Words


class Language(StrEnum):
    """A language that the house can speak."""

    EN = "en"
    DE = "de"


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language, spoken."""

    language: Language
    words: Words

    @property
    def alerts(self) -> AlertWords:
        """Give what alerts say."""
        return self.words.alerts

    @property
    def news(self) -> NewsWords:
        """Give what messages say."""
        return self.words.news

    @property
    def outlook(self) -> OutlookWords:
        """Give what is said of the time to come."""
        return self.words.outlook

    @property
    def probe(self) -> ProbeWords:
        """Give what is said while a probe is calibrated."""
        return self.words.probe

    @property
    def water(self) -> WaterWords:
        """Give what irrigation says."""
        return self.words.water

    @property
    def care(self) -> CareWords:
        """Give what is said of care."""
        return self.words.care

    def fixed(self, value: float, decimals: int = 0) -> str:
        """Write a number with so many decimals; what rounds to nought has no sign."""
        text = f"{value:.{decimals}f}"
        return self._pointed(text.replace("-", "", 1) if float(text) == 0 else text)

    def plain(self, value: float) -> str:
        """Write a number with the decimals that it has."""
        return self._pointed(f"{value:g}")

    def short(self, value: float) -> str:
        """Write a number with the three digits that say most."""
        return self._pointed(f"{value:.3g}")

    def amount(self, metric: Metric, value: float, *, more: int = 0) -> str:
        """Write a value with its unit, as people read it, or with some decimals more."""
        quantity = METRICS[metric]
        return f"{self.fixed(value, quantity.decimals + more)} {quantity.unit}"

    def told_apart(self, metric: Metric, value: float, bound: float) -> tuple[str, str]:
        """Write a value and its bound, with a decimal more where they would look the same."""
        said, limit = self.amount(metric, value), self.amount(metric, bound)
        if said != limit:
            return said, limit
        return self.amount(metric, value, more=1), self.amount(metric, bound, more=1)

    def counted(self, words: Counted, count: int) -> str:
        """Say how many there are of something."""
        one, many = words
        return (one if count == 1 else many).format(count=count)

    def day(self, day: date) -> str:
        """Write a day."""
        return self.words.day.format(day=day.day, month=self.words.months[day.month - 1])

    def moment(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a moment as people read it within a sentence, e.g. `3 December, 14:30`."""
        return self._timed(self.words.moment, moment.astimezone(zone))

    def stamp(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a moment as it stands beside a sentence."""
        return self._timed(self.words.stamp, moment.astimezone(zone))

    def _timed(self, words: str, local: datetime) -> str:
        return words.format(day=local.day, month=self.words.months[local.month - 1], time=f"{local:%H:%M}")

    def _pointed(self, text: str) -> str:
        return text.replace(".", self.words.point)


@dataclass(frozen=True, slots=True)
class Speech:
    """A tongue in a place: it tells times by the clock on the wall there."""

    tongue: Tongue
    zone: ZoneInfo

    def moment(self, moment: datetime) -> str:
        """Write a moment as people read it."""
        return self.tongue.moment(moment, self.zone)


TONGUES: Mapping[Language, Tongue] = MappingProxyType(
    {Language.EN: Tongue(Language.EN, ENGLISH), Language.DE: Tongue(Language.DE, GERMAN)}
)

IN_ENGLISH = TONGUES[Language.EN]
