"""What keeps the house running: logs, metrics, certificates, and the servers that we start ourselves."""
