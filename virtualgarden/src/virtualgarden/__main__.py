"""`python -m virtualgarden`."""

from virtualgarden.cli import main

main()
