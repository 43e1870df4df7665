"""How well the house understands its plants, measured on gardens whose truth is known: `make garden-report`."""
