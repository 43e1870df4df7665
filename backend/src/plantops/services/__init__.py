"""What the house does with readings, plants and visitors."""
