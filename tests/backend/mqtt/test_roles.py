"""What each role may do, as one table, tried on Mosquitto 2.0 and 2.1: what is not named is refused."""

from dataclasses import replace

import pytest
from plantops.domain.reserved import is_reserved
from plantops.mqtt import roles
from plantops.mqtt.broker import Broker, PublishRefused
from plantops.mqtt.link import Link
from plantops.mqtt.roles import Role

from tests.accounts import Administrator
from tests.backend.mqtt.house import until

ME, OTHER, ATTIC = "plant-aaaaaa", "plant-bbbbbb", "stock/attic"

TABLE: dict[str, tuple[Role, tuple[str, ...], tuple[str, ...]]] = {
    # role: what it is, what it may write, what it may subscribe to
    "device": (
        roles.device(ME),
        (f"plantops/{ME}/telemetry", f"plantops/{ME}/status", f"plantops/{ME}/info", f"plantops/{ME}/command/result",
         f"plantops/{ME}/sensor/soil/state", f"homeassistant/sensor/{ME}/soil/config", f"esphome/discover/{ME}"),
        (f"plantops/{ME}/telemetry/ack", f"plantops/{ME}/command", f"plantops/{ME}/switch/pump/command",
         f"plantops/{ME}/light/lamp/brightness/command", "homeassistant/status", "esphome/discover",
         f"esphome/ping/{ME}"),
    ),
    "stock node": (
        roles.stock_node("attic", ATTIC),
        (f"{ATTIC}/sensor/soil/state", f"{ATTIC}/status", f"{ATTIC}/switch/pump/command",
         f"{ATTIC}/light/lamp/brightness/command", "homeassistant/sensor/attic/soil/config", "esphome/discover/attic"),
        (f"{ATTIC}/switch/pump/command", f"{ATTIC}/light/lamp/brightness/command", "homeassistant/status",
         "esphome/discover", "esphome/ping/attic"),
    ),
    "Home Assistant": (
        roles.home_assistant([ATTIC]),
        ("homeassistant/status", f"{ATTIC}/switch/pump/command", f"{ATTIC}/light/lamp/brightness/command"),
        ("homeassistant/+/+/+/config", "homeassistant/+/+/config", "homeassistant/device/+/config",
         "homeassistant/sensor/attic/soil/config", "homeassistant/status", "esphome/discover/#",
         "esphome/discover", "esphome/discover/attic", f"{ATTIC}/#", f"{ATTIC}/sensor/soil/state", f"{ATTIC}/status",
         f"{ATTIC}/switch/pump/command", f"{ATTIC}/light/lamp/brightness/command"),
    ),
    "ingest": (
        roles.INGEST,
        (f"plantops/{ME}/telemetry/ack", f"plantops/{ME}/command", f"plantops/{OTHER}/telemetry/ack",
         f"plantops/{OTHER}/command"),
        ("plantops/+/telemetry", "plantops/+/status", "plantops/+/info", "plantops/+/command/result", roles.DROPPED),
    ),
    "accounts": (roles.ACCOUNTS, (roles.CONTROL,), (f"{roles.CONTROL}/response",)),
    "health": (roles.HEALTH, (), (roles.UPTIME,)),
}  # fmt: skip

WRITTEN = sorted(
    {topic for _, writes, _ in TABLE.values() for topic in writes}
    | {"homeassistant/sensor/other/soil/config", "esphome/discover/other", "stock/other/switch/pump/command",
       f"plantops/{ME}", f"plantops/{ME}/else", f"plantops/{OTHER}/sensor/soil/state",
       f"homeassistant/sensor/{OTHER}/soil/config", f"esphome/discover/{OTHER}", f"plantops/{ME}/switch/pump/command",
       f"plantops/{ME}/telemetry/x", "plantops", "anything",
       "$SYS/broker/uptime", f"{roles.CONTROL}/response"}
)  # fmt: skip
SUBSCRIBED = sorted(
    {topic for _, _, subscribes in TABLE.values() for topic in subscribes}
    | {"#", "+/#", "plantops/#", "plantops/+/command", f"plantops/{ME}/#", f"plantops/{ME}/+",
       f"plantops/{OTHER}/switch/pump/command", f"plantops/{ME}/sensor/soil/state",
       f"plantops/{OTHER}/command", f"plantops/{OTHER}/telemetry", f"plantops/{OTHER}/telemetry/ack",
       "stock/#", "stock/+/sensor/soil/state", "stock/other/sensor/soil/state", "esphome/ping/other",
       "$SYS/#", "$SYS/broker/clients/connected", "$CONTROL/#",
       "$share/group/plantops/+/telemetry", f"$share/group/plantops/{ME}/command", "$share/group/#"}
)  # fmt: skip


@pytest.mark.parametrize("kind", TABLE)
async def test_each_role_may_do_what_the_table_says_and_nothing_else(
    administrator: Broker, device_id: str, kind: str
) -> None:
    role, writes, subscribes = TABLE[kind]
    account = f"{device_id}-role"
    try:
        async with Administrator.open(administrator, f"{device_id}-admin") as accounts:
            password = await accounts.ensure(account, None, role, client_id=account)
        login = replace(administrator, username=account, password=password)
        async with Link.open(login, account, lambda *_: None) as link:
            assert {topic for topic in WRITTEN if await _may_write(link, topic)} == set(writes)
            refused = set(await link.subscribe(SUBSCRIBED))
            assert set(SUBSCRIBED) - refused == set(subscribes)
    finally:
        async with Administrator.open(administrator, f"{device_id}-admin") as accounts:
            await accounts.remove(account)


async def _may_write(link: Link, topic: str) -> bool:
    try:
        await link.publish(topic, b"{}")
    except PublishRefused:
        return False
    return True


async def test_the_stock_reader_hears_ordinary_topics_only_and_says_nothing(
    administrator: Broker, device_id: str
) -> None:
    account, heard = f"{device_id}-role", list[str]()
    async with Administrator.open(administrator, f"{device_id}-admin") as accounts:
        password = await accounts.ensure(account, None, roles.STOCK_READER, client_id=account)
        login = replace(administrator, username=account, password=password)
        async with Link.open(
            login, account, lambda _, packets: heard.extend(packet.topic for packet in packets)
        ) as link:
            assert [topic for topic in WRITTEN if await _may_write(link, topic)] == []
            # Mosquitto 2.0 lets it subscribe to these, and then gives it nothing.
            await link.subscribe([topic for topic in SUBSCRIBED if topic.startswith(("$SYS", "$CONTROL"))])
            assert await link.subscribe([f"{device_id}/#", "+/+/sensor/+/state"]) == []
            await accounts.names()
            async with Link.open(administrator, f"{device_id}-speaks", lambda *_: None) as other:
                await other.publish(f"{device_id}/at/last", b"")
            await until(lambda: f"{device_id}/at/last" in heard)
            assert [topic for topic in heard if topic.startswith("$")] == []
        await accounts.remove(account)


@pytest.mark.parametrize("prefix", ["", "/", "a/", "/a", "a//b", "a b", "a/+", "#", "$SYS", "plantops", "plantops/x",
                                    "homeassistant/x", "esphome", "x" * 201, "a\n"])  # fmt: skip
def test_prefixes_that_would_reach_into_others_trees_are_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        roles.stock_node("attic", prefix)
    assert not roles.is_prefix(prefix)


def test_reserved_names_are_known_however_they_are_written() -> None:
    taken = ("backend", "Backend-Stock", "backend-accounts", "health", "homeassistant", "DEMO", "plantops-ingest-0")
    assert all(map(is_reserved, taken))
    assert is_reserved("ours", backend="ours")
    assert not is_reserved("plant-3fa2c1")
