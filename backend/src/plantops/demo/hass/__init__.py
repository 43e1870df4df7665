"""A real Home Assistant beside the demo, with the integration as HACS installs it and a dashboard of the garden."""

from plantops.demo.hass.door import HassRefused
from plantops.demo.hass.furnish import furnish
from plantops.demo.hass.show import HassParts, open_hass

__all__ = ["HassParts", "HassRefused", "furnish", "open_hass"]
