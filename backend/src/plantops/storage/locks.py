"""The numbers under which backends agree, through PostgreSQL's advisory locks, who does what alone."""

from enum import IntEnum

LOCK_CLASS = 0x504C4F50
"""First key of all our locks ("PLOP"), so that they never meet another program's in the same database."""


class Lock(IntEnum):
    """Second key: what is done alone."""

    INGEST = 0
    """Taking telemetry from the broker (`lease.py`). Held as long as that lasts."""
    MIGRATION = 100
    MAINTENANCE = 101
    ACCOUNTS = 102
    """Giving names: two devices must not get the same one."""
    LIGHT = 103
    """Telling every plant's light of now."""
    NEWS = 109
    """Giving news to channels: the end of something must not overtake its beginning."""
    WATER = 105
    """Deciding about water: one watering after another."""
    TASKS = 104
    """Changing care tasks: whoever holds a plant too, held it first."""
