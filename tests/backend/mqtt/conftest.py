"""Brokers as the backend sees them."""

import pytest
from plantops.mqtt import accounts, link
from plantops.mqtt.broker import Broker
from plantops.ops.broker import EmbeddedBroker


@pytest.fixture(autouse=True)
def patient_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the broker a minute for each answer: thousands of messages at once, on a machine with much else to do."""
    for room in (accounts, link):
        monkeypatch.setattr(room, "ANSWER_SECONDS", 60.0)


def plain(mosquitto: EmbeddedBroker) -> Broker:
    """Reach a running broker inside, without TLS, as the account that may do everything under any client id."""
    return Broker(mosquitto.host, mosquitto.port, mosquitto.username, mosquitto.password)


def over_tls(mosquitto: EmbeddedBroker) -> Broker:
    """Reach a running broker inside with TLS, as the account that may do everything under any client id."""
    return Broker(
        "localhost",
        mosquitto.inner_tls_port,
        mosquitto.username,
        mosquitto.password,
        use_tls=True,
        ca_file=mosquitto.ca_file,
    )


def outside(mosquitto: EmbeddedBroker, username: str, password: str) -> Broker:
    """Reach a running broker as a device does."""
    return Broker("localhost", mosquitto.tls_port, username, password, use_tls=True, ca_file=mosquitto.ca_file)


@pytest.fixture(params=["broker", "broker_20"])
def mosquitto(request: pytest.FixtureRequest) -> EmbeddedBroker:
    """Give Mosquitto 2.1 and 2.0 in turn."""
    running: EmbeddedBroker = request.getfixturevalue(request.param)
    return running


@pytest.fixture
def administrator(mosquitto: EmbeddedBroker) -> Broker:
    """Give the account that may do everything, over TLS."""
    return over_tls(mosquitto)
