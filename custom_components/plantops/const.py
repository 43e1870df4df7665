"""Names that several rooms of the integration share."""

from typing import Final

DOMAIN: Final = "plantops"

CONF_CERTIFICATE: Final = "certificate"
"""What makes a backend's certificate believed: an authority as PEM text, or the certificate's SHA-256 fingerprint."""

CONF_SUGGEST_AREAS: Final = "suggest_areas"
"""Whether new plants are put into the area that the backend names."""

SETUP_SECONDS: Final = 30.0
"""How long the first snapshot may take."""

LATER_SECONDS: Final = 300.0
"""How long to wait when trying again soon would not help, e.g. until somebody updated the backend."""
