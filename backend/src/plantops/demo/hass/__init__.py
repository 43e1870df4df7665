"""A real Home Assistant beside the demo, with the integration as HACS installs it and a dashboard of the garden."""

from plantops.demo.hass.door import HassRefused
from plantops.demo.hass.show import HassParts, furnish, open_hass

__all__ = ["HassParts", "HassRefused", "furnish", "open_hass"]
