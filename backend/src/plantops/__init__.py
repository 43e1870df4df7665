"""PlantOps: keeps every reading, knows what each plant needs, answers the PlantOps API."""

__version__ = "0.1.0"
