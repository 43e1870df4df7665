"""The door to everybody who speaks HTTP."""
