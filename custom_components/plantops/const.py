"""Names that several rooms of the integration share."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "plantops"

CONF_CERTIFICATE: Final = "certificate"
"""What makes a backend's certificate believed: an authority as PEM text, or the certificate's SHA-256 fingerprint."""

CONF_SUGGEST_AREAS: Final = "suggest_areas"
"""Whether new plants are put into the area that the backend names."""

CONF_STATISTICS: Final = "statistics"
"""Which hours of the long-term statistics come from the backend: see `Statistics`."""


class Statistics(StrEnum):
    """Which hours that Home Assistant does not know are filled from the backend."""

    OFF = "off"
    GAPS = "gaps"
    """Those that were missed since a sensor came to Home Assistant."""
    PAST = "past"
    """Those before, too."""


SETUP_SECONDS: Final = 30.0
"""How long the first snapshot may take."""

LATER_SECONDS: Final = 300.0
"""How long to wait when trying again soon would not help, e.g. until somebody updated the backend."""
