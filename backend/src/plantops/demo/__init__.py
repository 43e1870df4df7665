"""A whole installation to look at: database, broker, backend and a virtual garden, started and stopped together."""

from plantops.demo.show import run_demo

__all__ = ["run_demo"]
