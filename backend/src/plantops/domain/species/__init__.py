"""What is known of species: a table, a search that forgives typing errors, and what holds for one plant now."""
