"""What keeps the house running: logs, metrics, the embedded database and broker."""
