"""What the house bears: `python -m tests.chaos` kills, freezes and restarts everything while readings flow, and counts.

`docs/faults.md` tells the method; a short version runs with the other tests.
"""
