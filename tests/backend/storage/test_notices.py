"""The outbox of what happened: it happens with its transaction, or not at all."""

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from aioplantops.severity import Severity
from plantops.domain.notice import Notice, NoticeKind
from plantops.storage.notices import happen, withdraw

NOTICE = Notice(
    NoticeKind.ALERT_OPENED,
    Severity.WARNING,
    "alert:1",
    datetime(2026, 11, 25, 8, tzinfo=UTC),
    "Basil is too dry",
    "Its soil moisture is 12 %, below 20 %.",
    plant_id=uuid4(),
    device_id="plant-3fa2c1",
)


async def test_news_is_kept_with_what_happened_and_withdrawn_with_it(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        undone = connection.transaction()
        await undone.start()
        await happen(connection, NOTICE)
        await undone.rollback()
        assert await connection.fetchval("SELECT count(*) FROM notice") == 0
        await happen(connection, NOTICE)
        await happen(connection, NOTICE)
        kept = await connection.fetch(
            "SELECT kind, severity, subject, at, title, body, plant_id, device_id, routed_at FROM notice"
        )
        want = (
            *(NOTICE.kind, NOTICE.severity, NOTICE.subject, NOTICE.at, NOTICE.title),
            *(NOTICE.body, NOTICE.plant_id, NOTICE.device_id, None),
        )
        assert [tuple(row) for row in kept] == [want, want]
        await withdraw(connection, "alert:2")
        assert await connection.fetchval("SELECT count(*) FROM notice") == 2
        await withdraw(connection, "alert:1")
        assert await connection.fetchval("SELECT count(*) FROM notice") == 0
    finally:
        await connection.close()
