"""Names of accounts at the broker that no device may take."""

import re

BACKEND = "backend"
"""The backend's telemetry session, unless MQTT_BACKEND_USERNAME names it otherwise."""
STOCK_READER = "backend-stock"
ACCOUNTS = "backend-accounts"
HEALTH = "health"
HOME_ASSISTANT = "homeassistant"
DEMO = "demo"
OWN = "plantops-"
"""How our own client ids begin."""

SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


def refusal(backend: str) -> str | None:
    """Say in words why the backend's own account cannot be called so (MQTT_BACKEND_USERNAME); None when it can."""
    if SHAPE.fullmatch(backend) is None:
        return "needs letters, digits, . _ @ and - only, 64 at most"
    if backend.lower() in {STOCK_READER, ACCOUNTS, HEALTH, HOME_ASSISTANT, DEMO}:
        return f"is the name of another account that PlantOps keeps; leave it out, and it is {BACKEND!r}"
    return None


def is_reserved(name: str, backend: str = BACKEND) -> bool:
    """Tell whether an account of this name is not for devices; `backend` is the name in the settings."""
    names = {BACKEND, backend, STOCK_READER, ACCOUNTS, HEALTH, HOME_ASSISTANT, DEMO}
    return name.lower() in {each.lower() for each in names} or name.lower().startswith(OWN)
