"""Home Assistant looks for integrations here."""
