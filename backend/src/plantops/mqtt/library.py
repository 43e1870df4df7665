"""Whether the MQTT library's inside, which the link uses, is the one that we know."""

import inspect

_INSIDES = {"_sock_recv": ["bufsize"], "_packet_queue": ["command", "packet", "mid", "qos", "info"]}


class LibraryChanged(Exception):
    """The MQTT library is not the one that PlantOps was built with; install the locked versions."""


def check(paho: object) -> None:
    """Raise LibraryChanged unless the library's inside is as we know it."""
    for name, parameters in _INSIDES.items():
        if list(inspect.signature(getattr(paho, name, lambda: None)).parameters) != parameters:
            raise LibraryChanged(f"paho's {name} is not as expected. {LibraryChanged.__doc__}")
