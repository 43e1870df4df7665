"""The holder of the lease judges plants; the telemetry never pays for a plant that can't be judged."""

from uuid import UUID, uuid4

import asyncpg
from plantops.domain.tongue import IN_ENGLISH
from plantops.ops.broker import EmbeddedBroker
from plantops.services.garden import Garden
from plantops.services.watch import Watch
from plantops.storage.pool import Database

from tests.backend.mqtt.conftest import plain
from tests.backend.mqtt.house import Nobody, device, house, now, until


async def plant(url: str, *statements: str) -> UUID:
    """Plant a plant that waits to be judged."""
    number = uuid4()
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO plant (id, name, created_at, updated_at) VALUES ($1, 'Basil', now(), now())", number
    )
    await connection.execute("INSERT INTO plant_to_judge (plant_id, noted_at) VALUES ($1, now())", number)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()
    return number


async def test_the_holder_of_the_lease_judges(embedded_database: str, broker: EmbeddedBroker) -> None:
    number = await plant(embedded_database)
    async with Database.open(embedded_database, max_size=2) as database:
        watch = Watch(database, Garden(database, now, IN_ENGLISH), news=Nobody(), clock=now, tongue=IN_ENGLISH)
        async with house(embedded_database, plain(broker), watch=watch) as running:

            async def judged() -> bool:
                outlook = "SELECT true FROM plant_outlook WHERE plant_id = $1"
                left = "SELECT NOT EXISTS (SELECT FROM plant_to_judge)"
                return bool(await running.store.fetchval(outlook, number)) and bool(await running.store.fetchval(left))

            await until(judged)


async def test_a_plant_that_cannot_be_judged_does_not_stop_the_telemetry(
    embedded_database: str, broker: EmbeddedBroker, device_id: str
) -> None:
    await plant(embedded_database, "ALTER TABLE plant_outlook ADD CONSTRAINT broken CHECK (false)")
    async with Database.open(embedded_database, max_size=2) as database:
        watch = Watch(database, Garden(database, now, IN_ENGLISH), news=Nobody(), clock=now, tongue=IN_ENGLISH)
        async with house(embedded_database, plain(broker), watch=watch) as running:
            await running.until("active")
            await until(lambda: bool(watch._failed))
            async with device(plain(broker), device_id) as node:
                await node.report(range(3))
                await node.hear(3)
            assert await running.numbers(device_id) == [0, 1, 2]
            assert running.consumer.state.role == "active"
            assert await running.store.fetchval("SELECT count(*) FROM plant_to_judge") == 1
