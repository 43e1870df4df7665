"""Simulated plants and ESPHome nodes that speak the PlantOps device protocol."""
