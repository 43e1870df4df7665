"""Channels over HTTP: set up, tried and changed by admins, with secrets that nobody ever sees again."""

from datetime import timedelta
from typing import Any

import pytest
from aioplantops.alerts import AlertKind
from aioplantops.client import PlantOpsClient
from aioplantops.models import Page, PlantCreate, Scope
from aioplantops.notifications import (
    ChannelKind,
    ChannelNotKnown,
    Notification,
    NotificationChannel,
    NotificationChannelChange,
    NotificationChannelCreate,
    NotificationTest,
)
from aioplantops.settings import GardenSettingsChange
from structlog.testing import capture_logs

from tests.backend.api.conftest import House
from tests.backend.api.test_alerts_api import opened
from tests.backend.services.strangers import hangs_up, says, stranger

PATH = "/api/v1/notification-channels"
SECRET = "sEcReT"  # noqa: S105 - what must appear nowhere


async def make(house: House, **wish: Any) -> dict[str, Any]:
    """Make a channel."""
    answer = await house.client.post(PATH, json={"kind": "webhook", "name": "Hook", **wish}, headers=house.bearer())
    told: dict[str, Any] = await answer.json()
    assert answer.status == 201, told
    return told


async def try_(house: House, channel: dict[str, Any]) -> NotificationTest:
    """Press the test button."""
    answer = await house.client.post(f"{PATH}/{channel['id']}/test", headers=house.bearer())
    assert answer.status == 200
    return NotificationTest.model_validate(await answer.json())


async def shown(house: House) -> list[NotificationChannel]:
    """List the channels."""
    answer = await house.client.get(PATH, headers=house.bearer())
    return list(Page[NotificationChannel].model_validate(await answer.json()).items)


async def test_a_channel_from_the_first_wish_to_its_end(house: House) -> None:
    async with stranger(says(204)) as other:
        made = await make(house, url=f"{other.base}/{SECRET}", min_severity="warning", areas=["Balcony"])
        assert len(made["secret"]) >= 32, "made here, and shown once"
        (kept,) = await shown(house)
        assert (kept.service, kept.host, kept.areas) == ("Webhook", "127.0.0.1", ("Balcony",))
        verdict = await try_(house, made)
        assert verdict == NotificationTest(delivered=True, words="The other side took it (204 No Content).", status=204)
        assert other.heard[0].path == f"/{SECRET}"
        path = f"{PATH}/{made['id']}"
        changed = await house.client.patch(path, json={"digest": True, "areas": None}, headers=house.bearer())
        told = NotificationChannel.model_validate(await changed.json())
        assert (told.digest, told.areas, told.min_severity, told.name) == (True, None, "warning", "Hook")
        assert (await house.client.delete(path, headers=house.bearer())).status == 204
        gone = await house.client.post(f"{path}/test", headers=house.bearer())
        assert (gone.status, (await gone.json())["code"]) == (404, "notification_channel_not_found")


async def test_the_test_button_says_what_the_other_side_says(house: House) -> None:
    async with stranger(says(404), hangs_up, says(429), says(200)) as other:
        made = await make(house, kind="discord", url=other.discord)
        words = [(await try_(house, made)).words for _ in range(4)]
    assert words == [
        "The other side refuses for good (404 Not Found): its address or its key is not right any more.",
        "127.0.0.1 cannot be reached: it does not speak HTTP, or closed the connection.",
        "The other side is told too often (429 Too Many Requests).",
        "The other side took it (200 OK).",
    ]
    (kept,) = await shown(house)
    assert kept.last_failure == words[2]
    assert kept.last_success_at is not None


REFUSED: tuple[tuple[dict[str, Any], str, str], ...] = (
    (
        {"url": "https://10.0.0.1/sEcReT"},
        "target_refused",
        "it lies inside a private network",
    ),
    (
        {"url": "https://localhost.localdomain.invalid/sEcReT"},
        "target_refused",
        "where localhost.localdomain.invalid is",
    ),
    ({"url": "ftp://example.com/sEcReT"}, "target_refused", "no address like https://host/path"),
    ({"kind": "discord", "url": "https://discord.com/sEcReT"}, "target_refused", "no Discord webhook"),
    ({"kind": "apprise", "url": "json://example.com/sEcReT"}, "target_refused", "there is the kind `webhook`"),
    ({"kind": "apprise", "url": "file:///etc/passwd"}, "target_refused", "These can: Bark (barks://), E-mail"),
    ({"kind": "apprise", "url": "slack://sEcReT"}, "target_refused", "something is missing in it"),
    (
        {"kind": "apprise", "url": "gotify://10.0.0.1/sEcReTsEcReT123"},
        "target_refused",
        "it lies inside",
    ),
    ({"kind": "apprise", "url": "ntfy://t", "secret": "s" * 16}, "invalid", "only a `webhook` is signed"),
    ({"url": "https://1.1.1.1/", "secret": "short"}, "invalid", "secret"),
    ({"url": "https://1.1.1.1/", "kinds": []}, "invalid", "kinds"),
    ({"url": "https://1.1.1.1/", "kind": "fax"}, "invalid", "kind"),
)


async def test_what_cannot_be_told_is_refused_in_words(house: House) -> None:
    for wish, code, why in REFUSED:
        refused = await house.client.post(PATH, json={"kind": "webhook", "name": "x", **wish}, headers=house.bearer())
        told = await refused.json()
        assert (refused.status, told["code"]) == (422, code), wish
        assert why in told["detail"]
        assert SECRET not in str(told)
    assert await shown(house) == []


async def test_no_answer_and_no_log_tells_an_address_or_a_key(house: House) -> None:
    async with stranger(says(500, text=SECRET), hangs_up, says(200)) as other:
        port = other.base.rpartition(":")[2]
        with capture_logs() as logged:
            channels = [
                await make(house, url=f"{other.base}/{SECRET}", secret=SECRET * 4),
                await make(house, kind="discord", url=other.discord),
                await make(house, kind="apprise", url=f"ntfy://user:{SECRET}@127.0.0.1:{port}/{SECRET}"),
            ]
            assert channels[0]["secret"] is None, "whoever gave it has it"
            told = [str(channels), *[str(await try_(house, one)) for one in channels], str(await shown(house))]
    assert [heard.method for heard in other.heard] == ["POST"] * 3
    assert [text for text in (*told, str(logged), house.metrics.render().decode()) if SECRET in text] == []
    async with house.database.acquire() as connection:
        rows = await connection.fetch("SELECT notification_channel::text AS row FROM notification_channel")
    assert [row["row"] for row in rows if SECRET in row["row"]] == []


async def test_a_channel_of_the_settings_is_not_changed_here(house: House) -> None:
    async with house.database.acquire() as connection:
        await connection.execute(
            "INSERT INTO notification_channel (id, kind, source, name, service, host, enabled, min_severity, digest,"
            " created_at) VALUES (gen_random_uuid(), 'discord', 'settings', 'Discord', 'Discord', '', true, 'info',"
            " false, now())"
        )
    (kept,) = await shown(house)
    path = f"{PATH}/{kept.id}"
    for refused in (
        await house.client.patch(path, json={"name": "Mine"}, headers=house.bearer()),
        await house.client.patch(path, json={"url": "https://discord.com/api/webhooks/1/x"}, headers=house.bearer()),
        await house.client.delete(path, headers=house.bearer()),
    ):
        assert (await refused.json())["code"] in {"channel_set_outside", "target_refused"}
    changed = await house.client.patch(path, json={"min_severity": "critical"}, headers=house.bearer())
    assert (await changed.json())["min_severity"] == "critical", "what is told there may be chosen here"


async def test_the_client_has_a_method_for_each_of_it(client: PlantOpsClient) -> None:
    changed = await client.change_settings(GardenSettingsChange(digest_at="07:30"))
    assert await client.settings() == changed
    async with stranger(says(204)) as other:
        wish = NotificationChannelCreate(kind=ChannelKind.WEBHOOK, name="Hook", url=other.base)
        made = await client.create_notification_channel(wish)
        assert (await client.test_notification_channel(made.id)).delivered
        named = await client.change_notification_channel(made.id, NotificationChannelChange(name="Door"))
    assert [one.name for one in await client.notification_channels()] == [named.name] == ["Door"]
    await client.delete_notification_channel(made.id)
    with pytest.raises(ChannelNotKnown):
        await client.test_notification_channel(made.id)
    assert [one async for one in client.notifications()] == []


async def test_whoever_knows_of_an_alert_need_not_be_told(house: House, client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Basil"))
    known = await opened(house, plant.id, AlertKind.SOIL_MOISTURE_LOW)
    snoozed = await opened(house, plant.id, AlertKind.TEMPERATURE_LOW)
    await opened(house, plant.id, AlertKind.HUMIDITY_LOW)
    await client.acknowledge_alert(known.id)
    await client.snooze_alert(snoozed.id, house.clock() + timedelta(days=1))
    async with house.database.acquire() as connection:
        waits = [row["subject"] for row in await connection.fetch("SELECT subject FROM notice")]
    assert len(waits) == 1
    assert not {f"alert:{known.id}", f"alert:{snoozed.id}"} & {*waits}


async def test_only_admins_see_who_is_told_what(house: House) -> None:
    for scope in (Scope.READ, Scope.CARE, Scope.GARDEN, Scope.INGEST):
        assert (await house.client.get(PATH, headers=house.bearer(scope))).status == 403
        assert (await house.client.get("/api/v1/notifications", headers=house.bearer(scope))).status == 403
    async with stranger() as other:
        made = await make(house, url=other.base)
        async with house.database.acquire() as connection:
            await connection.execute(
                "INSERT INTO notification (id, channel_id, state, severity, title, body, items, created_at, next_at)"
                " SELECT gen_random_uuid(), $1, 'sent', 'info', 'News ' || n, '', 1, now() + n * interval '1 s', now()"
                " FROM generate_series(1, 5) AS n",
                made["id"],
            )
    told: list[str] = []
    query: dict[str, str] | None = {"limit": "2"}
    while query is not None:
        answer = await house.client.get("/api/v1/notifications", params=query, headers=house.bearer())
        page = Page[Notification].model_validate(await answer.json())
        told += [one.title for one in page.items]
        query = None if page.next is None else {"limit": "2", "cursor": page.next}
    assert told == [f"News {n}" for n in (5, 4, 3, 2, 1)]
    assert {one.channel for one in page.items} == {"Hook"}
