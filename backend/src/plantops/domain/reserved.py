"""Names of accounts at the broker that no device may take."""

BACKEND = "backend"
"""The backend's telemetry session, unless MQTT_BACKEND_USERNAME names it otherwise."""
STOCK_READER = "backend-stock"
ACCOUNTS = "backend-accounts"
HEALTH = "health"
HOME_ASSISTANT = "homeassistant"
DEMO = "demo"
OWN = "plantops-"
"""How our own client ids begin."""


def is_reserved(name: str, backend: str = BACKEND) -> bool:
    """Tell whether an account of this name is not for devices; `backend` is the name in the settings."""
    names = {BACKEND, backend, STOCK_READER, ACCOUNTS, HEALTH, HOME_ASSISTANT, DEMO}
    return name.lower() in {each.lower() for each in names} or name.lower().startswith(OWN)
