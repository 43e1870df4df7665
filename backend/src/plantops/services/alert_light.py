"""Judges the light of a plant by its days that are over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from aioplantops.alerts import AlertKind
from aioplantops.days import PlantDays

from plantops.domain.alert_light import LightDay, Lit, judge
from plantops.domain.alerts import Subject
from plantops.domain.tongue import Tongue
from plantops.storage.alert_sight import PlantRow
from plantops.storage.pool import Connection

from .alerts import known, settle


async def judge_light(
    connection: Connection, plants: Sequence[PlantRow], days: PlantDays, now: datetime, tongue: Tongue
) -> set[UUID]:
    """Judge the light of a plant (none: it is gone); give the ids of the alerts with news. Needs a transaction."""
    news: set[UUID] = set()
    over = [day for day in days.days if day.complete and day.dli is not None]
    for plant in plants:
        if not over:
            continue
        lit = Lit(
            Subject(AlertKind.DLI_LOW, plant.id),
            plant.name,
            [LightDay(day.day, day.dli or 0.0, day.light_coverage) for day in over],
            over[-1].day,
            plant.thresholds.dli,
        )
        subjects = [Subject(kind, plant.id) for kind in (AlertKind.DLI_LOW, AlertKind.DLI_HIGH)]
        alerts = await known(connection, subjects, now)
        opened = frozenset(alert.kind for alert in alerts if alert.resolved_at is None)
        news |= await settle(connection, judge(lit, tongue, open_kinds=opened), alerts, now, tongue)
    return news
