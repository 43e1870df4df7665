"""Where the broker is, how it is trusted, and what can go wrong on the way to it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from aioplantops.errors import Unavailable

INGEST_CLIENT_ID = "plantops-ingest-0"
"""The telemetry session on the broker: a fixed name, so that whoever holds the lease takes it over with its queue."""
STOCK_CLIENT_ID = "plantops-stock-0"
"""The session for stock ESPHome nodes, held by the same backend."""
ACCOUNTS_CLIENT_ID = "plantops-accounts-0"
"""The session that keeps the broker's accounts, held by the same backend."""


class LinkLost(Unavailable):
    """The connection to the MQTT broker is lost."""


class PublishRefused(Unavailable):
    """The broker refused a message."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and as whom we come."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    use_tls: bool = False
    ca_file: Path | None = None
    """The CA that signed the broker's certificate; None: those that the system trusts."""

    def __str__(self) -> str:
        """Say where, not as whom."""
        return f"{self.host}:{self.port}"

    def tls(self) -> ssl.SSLContext | None:
        """Make the TLS context, None for a plain connection. Raises LinkLost when the CA file cannot be used."""
        if not self.use_tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise LinkLost(f"The CA file {self.ca_file} cannot be used: {error}.") from error
        # Python 3.13 and later ask a CA for extensions that the usual `openssl req -x509` does not write.
        context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
        context.sslsocket_class = _Socket
        return context


class _Socket(ssl.SSLSocket):
    """Closes itself when the other side cannot be trusted; the MQTT library would leave it open."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - Python's own signature
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
