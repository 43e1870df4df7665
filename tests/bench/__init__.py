"""How fast the house is, on the machine at hand: `python -m tests.bench` starts everything for real and measures it.

Nothing here passes or fails by the clock; it prints a table. `docs/performance.md` tells the method.
"""
