"""What the house remembers: SQL beside the code that runs it."""
