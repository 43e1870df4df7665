"""What sun, air, soil and gardeners do: pure and seeded, with the time as an argument."""
