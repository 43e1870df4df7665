"""The Home Assistant integration, tested in Home Assistant's own environment against a real PlantOps beside it."""
