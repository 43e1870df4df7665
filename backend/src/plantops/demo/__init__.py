"""A whole installation to look at: database, broker, backend and a virtual garden, started and stopped together."""

from plantops.demo.hass import HassParts
from plantops.demo.show import run_demo

__all__ = ["HassParts", "run_demo"]
