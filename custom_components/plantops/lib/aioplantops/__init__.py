"""The language that PlantOps' parts share: models, events, topics, errors, API client and stream."""
