"""Mosquitto's configuration, from one source: for the production stack (`mosquitto/`) and for the broker that we run.

`mosquitto/mosquitto.conf` (2.1) and `mosquitto/mosquitto-2.0.conf` are what `render` gives for `PRODUCTION`; a test
compares them, and the tests run both kinds of broker on exactly these files with only ports and paths substituted.
"""

from dataclasses import dataclass, replace

SQLITE_SINCE = (2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What differs from place to place."""

    head: str
    """Comment on the first lines."""
    version: tuple[int, int]
    data: str
    """Folder of what the broker keeps."""
    dynamic_security: str
    """The plugin's file."""
    persist_sqlite: str
    """The plugin's file; 2.0 has none."""
    certificates: str
    """Folder of server.crt and server.key."""
    log_to: str
    port: int
    tls_port: int
    inner_tls_port: int
    health_port: int | None
    inner_address: str
    """Address that the inner listeners bind to; empty: every one."""
    queued_messages: int
    queued_bytes: int
    packet_bytes: int


PRODUCTION = Layout(
    head="""\
# The broker of the PlantOps stack: Mosquitto {version}. Written by plantops/ops/broker_config.py; a test compares them.
# Paths and plugins are those of the image eclipse-mosquitto ({version}), as its Dockerfile has them. Unproven here: the
# image itself. The tests run Debian's Mosquitto {version} on this very file, with other ports and paths.
""",
    version=(2, 1),
    data="/mosquitto/data",
    dynamic_security="/usr/lib/mosquitto_dynamic_security.so",
    persist_sqlite="/usr/lib/mosquitto_persist_sqlite.so",
    certificates="/mosquitto/certs",
    log_to="stdout",
    port=1883,
    tls_port=8883,
    inner_tls_port=8884,
    health_port=1880,
    inner_address="",
    queued_messages=100_000,
    queued_bytes=25_165_824,
    packet_bytes=1_048_576,
)

PRODUCTION_2_0 = replace(PRODUCTION, version=(2, 0), persist_sqlite="")
"""For whoever must run Mosquitto 2.0; the stack runs 2.1."""


def render(layout: Layout) -> str:
    """Write the configuration."""
    version = ".".join(map(str, layout.version))
    return f"""\
{layout.head.format(version=version)}
log_dest {layout.log_to}
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S

# Who may come in, and what for: accounts that the backend makes from its database (the first few before we start).
allow_anonymous false
plugin {layout.dynamic_security}
plugin_opt_config_file {layout.data}/dynamic-security.json

# What is acknowledged is kept through a crash (docs/decisions/0005).
{_persistence(layout)}
{_limits(layout)}
{_listeners(layout)}"""


def _limits(layout: Layout) -> str:
    return f"""\
# The queue of a consumer that is away is bounded by bytes, and large: what was acknowledged must not be dropped. The
# number bounds what the broker itself adds: it keeps about 540 bytes beside each payload (measured, 2.1). 0, for
# unlimited, will not do: 2.0 then throws out a client whose message it refuses.
max_queued_messages {layout.queued_messages}
max_queued_bytes {layout.queued_bytes}
# For clients that name no ReceiveMaximum of their own (MQTT 3.1.1): as many unacknowledged messages on the way.
max_inflight_messages 2000
# Stock ESPHome states carry no time: an outage is a gap, not a lie.
queue_qos0_messages false
set_tcp_nodelay true
# Large enough that an oversized message reaches the backend, which refuses it by name.
max_packet_size {layout.packet_bytes}
"""


def _listeners(layout: Layout) -> str:
    return f"""\
# Inside only, never published: the backend. Its accounts are bound to their client ids.
listener {_at(layout.port, layout.inner_address)}

# Inside only, with TLS: for MQTT_USE_TLS=true.
listener {_at(layout.inner_tls_port, layout.inner_address)}
{_tls(layout)}
{_health(layout)}\
# Outside: devices and Home Assistant. A client id is always the user name: nobody can take another's session, and
# the inner accounts, bound to client ids of their own, are refused.
listener {layout.tls_port}
{_tls(layout)}use_username_as_clientid true
max_connections 2000
"""


def _at(port: int, address: str) -> str:
    return f"{port} {address}".strip()


def _tls(layout: Layout) -> str:
    folder = layout.certificates
    return f"certfile {folder}/server.crt\nkeyfile {folder}/server.key\ntls_version tlsv1.2\n"


def _health(layout: Layout) -> str:
    if layout.health_port is None:
        return ""
    return f"# For the health check in the same container only.\nlistener {layout.health_port} 127.0.0.1\n\n"


def _persistence(layout: Layout) -> str:
    """Say how to keep what was acknowledged.

    Mosquitto sends a PUBACK first and writes the message down at the end of the same turn of its loop, so a kill or a
    power cut can cost the messages of one turn, whatever is set here.
    """
    if layout.version >= SQLITE_SINCE:
        return (
            f"persistence_location {layout.data}/\n"
            f"plugin {layout.persist_sqlite}\n"
            f"plugin_opt_flush_period 0\nplugin_opt_sync full\n"
        )
    return f"persistence true\npersistence_location {layout.data}/\nautosave_on_changes true\nautosave_interval 1\n"
