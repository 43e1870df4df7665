"""`python -m plantops` is `plantops`."""

from plantops.cli import main

main()
