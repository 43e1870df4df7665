"""Health, readiness and metrics, in good days and bad."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from aiohttp import WSCloseCode, WSMsgType
from aioplantops.health import Health, HealthState, IngestHealth, Ready, Role
from plantops.api import keys
from plantops.ops import certificates
from plantops.services.certificates import CertificateWatch
from plantops.services.health import HealthCheck
from plantops.storage.condition import NEWEST

from tests.backend.api.conftest import House
from tests.backend.api.test_frame import problem_of


async def health_of(house: House) -> Health:
    house.clock.catch_up()
    answer = await house.client.get("/api/health")
    assert answer.status == 200
    return Health.model_validate_json(await answer.read())


async def test_a_healthy_house_says_so(house: House) -> None:
    health = await health_of(house)
    assert health.status is HealthState.OK
    assert health.database.reachable
    assert (health.database.migration, health.database.migrated) == (NEWEST, True)
    assert health.database.timescale is None
    assert health.clock_sane
    assert health.version == "1.2.3"


async def test_health_answers_without_the_database_too(house: House) -> None:
    await house.database._pool.close()
    health = await health_of(house)
    assert (health.status, health.database.reachable) == (HealthState.DEGRADED, False)
    answer = await house.client.get("/api/ready")
    problem = await problem_of(answer, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
    assert [(wrong.where, wrong.why) for wrong in problem.errors] == [("database", "does not answer")]


async def test_a_clock_that_is_wrong_is_told(house: House) -> None:
    house.clock.ahead = timedelta(days=-3650)
    health = await health_of(house)
    assert (health.status, health.clock_sane) == (HealthState.DEGRADED, False)


async def test_certificates_degrade_health_and_nothing_else_thirty_days_before_their_end(
    house: House, tmp_path: Path
) -> None:
    def check() -> HealthCheck:
        """Make one that has not looked yet (it looks once a minute)."""
        house.clock.catch_up()
        watch = CertificateWatch(tmp_path / "certs", metrics=house.metrics, clock=house.clock)
        seen: HealthCheck = house.client.app[keys.HEALTH]
        return replace(seen, certificates=watch.health)

    told = await check().health()
    assert (told.certificates, told.status) == (None, HealthState.OK)

    made = certificates.ensure(tmp_path / "certs", house.clock())
    told = await check().health()
    assert told.status is HealthState.OK
    assert [(one.file, one.days_left, one.problem) for one in told.certificates or ()] == [
        ("ca.crt", 3651, None),
        ("server.crt", 3651, None),
    ]

    certificates.renew(tmp_path / "certs", house.clock() - timedelta(days=3652 - 20))
    told = await check().health()
    assert told.certificates
    server = told.certificates[1]
    assert (told.status, server.days_left) == (HealthState.DEGRADED, 19)
    assert "certs-renew" in (server.problem or "")
    assert (await check().ready()).ready

    made.server_file.write_text("nonsense")
    told = await check().health()
    assert told.certificates
    server = told.certificates[1]
    assert (server.ends_at, "holds no certificate" in (server.problem or "")) == (None, True)


async def test_a_replica_that_stands_by_is_ready(house: House) -> None:
    house.ingest[0] = IngestHealth(role=Role.STANDBY, mqtt_connected=False, queue_depth=0)
    answer = await house.client.get("/api/ready")
    assert Ready.model_validate_json(await answer.read()) == Ready(ingest=Role.STANDBY)


async def test_the_active_replica_needs_its_broker(house: House) -> None:
    house.ingest[0] = IngestHealth(role=Role.ACTIVE, mqtt_connected=False, queue_depth=0)
    problem = await problem_of(await house.client.get("/api/ready"), HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
    assert problem.errors[0].where == "mqtt"


async def test_messages_that_the_broker_lost_degrade_health_in_words_and_leave_it_ready(house: House) -> None:
    words = "The broker has thrown away 40 messages"
    house.ingest[0] = IngestHealth(
        role=Role.ACTIVE, mqtt_connected=True, queue_depth=0, broker_dropped=40, problem=words
    )
    health = await health_of(house)
    assert (health.status, health.ingest.broker_dropped) == (HealthState.DEGRADED, 40)
    assert health.ingest.problem == words
    assert (await house.client.get("/api/ready")).status == 200


async def test_a_backend_that_stops_is_not_ready_and_keeps_no_listener(house: House) -> None:
    house.stopping.set()
    problem = await problem_of(await house.client.get("/api/ready"), HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
    assert [(wrong.where, wrong.why) for wrong in problem.errors] == [("backend", "is stopping")]
    async with house.client.ws_connect("/api/v1/stream", headers=house.bearer()) as socket:
        assert (await socket.receive()).type is WSMsgType.TEXT
        farewell = await socket.receive()
        assert (farewell.type, farewell.data) == (WSMsgType.CLOSE, WSCloseCode.GOING_AWAY)


async def test_an_older_schema_is_not_ready(house: House) -> None:
    async with house.database.acquire() as connection:
        await connection.execute("DELETE FROM schema_migration")
    assert (await house.client.get("/api/ready")).status == 503


async def test_a_newer_schema_is_fine(house: House) -> None:
    async with house.database.acquire() as connection:
        await connection.execute(
            "INSERT INTO schema_migration (version, name, checksum) VALUES ($1, 'later', 'x')", NEWEST + 1
        )
    assert (await house.client.get("/api/ready")).status == 200


async def test_metrics_are_prometheus_text(house: House) -> None:
    answer = await house.client.get("/metrics")
    assert answer.content_type == "text/plain"
    text = await answer.text()
    assert "plantops_database_seconds" in text
    assert text.endswith("\n")
