"""How bad something is: what people are woken up for, what they shall see soon, and what is good to know."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad it is; the order of the members is that of their weight."""

    INFO = "info"
    """Good to know."""
    WARNING = "warning"
    """Somebody should look after it in the next days."""
    CRITICAL = "critical"
    """Something dies or floods if nobody comes."""

    @property
    def weight(self) -> int:
        """Give a number that grows with it."""
        return list(Severity).index(self)
