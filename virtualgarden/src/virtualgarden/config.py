"""`garden.json`: which broker, which nodes with which passwords, and from when on the garden has a history."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer

from virtualgarden.nodes import NODES, NodeKind


def _everybody() -> dict[str, str | None]:
    return dict.fromkeys(kind.device_id for kind in NODES)


class Strict(BaseModel):
    """A part of the file; unknown fields are typing errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BrokerConfig(Strict):
    """Where the broker is."""

    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8883
    ca_file: Path | None = None
    """PEM file of the CA; absent: plain TCP."""


class RegistrationConfig(Strict):
    """Where nodes register that have no password yet."""

    url: str
    """E.g. `https://localhost:8443`."""
    key: SecretStr
    """Registration key."""
    ca_file: Path | None = None
    """PEM file of the CA; absent: those that this machine trusts."""

    @field_serializer("key", when_used="json")
    def _written(self, key: SecretStr) -> str:
        return key.get_secret_value()


class GardenConfig(Strict):
    """The whole file."""

    broker: BrokerConfig = BrokerConfig()
    seed: int = 1
    nodes: dict[str, str | None] = Field(default_factory=_everybody)
    """Device id and broker password (null: the node registers); nodes that are not named here stay in the box."""
    registration: RegistrationConfig | None = None
    """Absent: nodes without a password come to the broker without an account."""
    history_days: Annotated[float, Field(ge=0, le=60)] = 0
    """A garden that begins anew has lived for so long already: its nodes come with full buffers."""
    history_step_seconds: Annotated[float, Field(ge=30, le=3600)] = 600
    report_seconds: Annotated[float, Field(gt=0)] = 60
    state_file: Path | None = None
    """Where the garden is remembered from one run to the next."""

    def kinds(self) -> tuple[NodeKind, ...]:
        """List the nodes that take part. Raises ValueError for a name that no node has."""
        known = {kind.device_id: kind for kind in NODES}
        if strange := self.nodes.keys() - known.keys():
            raise ValueError(f"There are no such nodes: {', '.join(sorted(strange))}. Known: {', '.join(known)}.")
        return tuple(known[name] for name in self.nodes)

    @classmethod
    def load(cls, path: Path) -> GardenConfig:
        """Read the file. Raises OSError, or pydantic's ValidationError with the places that are wrong."""
        return cls.model_validate_json(path.read_bytes())
