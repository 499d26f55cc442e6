"""`python -m cochain` is the command `cochain`."""

from cochain.cli import main

main()
