"""What is tried: gardens, wires and seasons, each with its seeds. Constants were chosen on the seeds of `TUNED`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.quality import balcony, decays, gardens, probes
from tests.quality.story import Story, Wire

TUNED = (1, 2, 3, 4)
"""Seeds that the numbers in the domain were chosen on: never reported."""
REPORTED = (101, 102, 103)

CLEAN = Wire()
ROUGH = Wire(every=1200.0, noise=0.4, gaps_per_month=1.5, zeros_per_month=2.0, pulls_per_month=0.5)
COARSE = Wire(every=1800.0, quantum=1.0, noise=0.6, decimals=0, gaps_per_month=1.0)
SLEEPY = Wire(every=10_800.0, noise=0.3, gaps_per_month=0.5)
HOURLY = Wire(every=3_600.0, noise=0.5, gaps_per_month=1.0, pulls_per_month=0.3)
RARE = Wire(every=43_200.0, noise=0.3)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of garden under a kind of wire in a season."""

    name: str
    tell: Callable[..., list[Story]]
    wire: Wire
    month: int
    days: float

    def stories(self, seed: int) -> list[Story]:
        """Tell its stories."""
        begin = datetime(2026, self.month, 1, tzinfo=UTC).timestamp()
        return self.tell(self.name, self.wire, seed, begin=begin, days=self.days)


SCENARIOS = (
    Scenario("pots, clean wire, spring", gardens.tell, CLEAN, 3, 60.0),
    Scenario("pots, rough wire, summer", gardens.tell, ROUGH, 6, 60.0),
    Scenario("pots, coarse probe, autumn", gardens.tell, COARSE, 9, 60.0),
    Scenario("pots, asleep 3 h, winter", gardens.tell, SLEEPY, 12, 60.0),
    Scenario("curves, clean wire, spring", decays.tell, CLEAN, 3, 90.0),
    Scenario("curves, rough wire, autumn", decays.tell, ROUGH, 9, 90.0),
    Scenario("curves, asleep 3 h, summer", decays.tell, SLEEPY, 6, 90.0),
    Scenario("cheap probes, rough wire, summer", probes.tell, ROUGH, 6, 90.0),
    Scenario("cheap probes, coarse, winter", probes.tell, COARSE, 12, 90.0),
    Scenario("cheap probes, asleep 3 h, spring", probes.tell, SLEEPY, 3, 90.0),
    Scenario("balcony, rough wire, summer", balcony.tell, ROUGH, 5, 90.0),
    Scenario("balcony, hourly, autumn", balcony.tell, HOURLY, 8, 90.0),
    Scenario("balcony, asleep 3 h, spring", balcony.tell, SLEEPY, 2, 90.0),
    Scenario("balcony, asleep 12 h, spring", balcony.tell, RARE, 2, 90.0),
)


def everything(seeds: tuple[int, ...] = REPORTED) -> Iterator[tuple[Scenario, list[Story]]]:
    """Tell all scenarios with some seeds, one after the other."""
    for scenario in SCENARIOS:
        yield scenario, [story for seed in seeds for story in scenario.stories(seed)]
