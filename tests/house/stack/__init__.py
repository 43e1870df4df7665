"""The production stack without containers: its own configuration files, with other names, ports and paths."""
