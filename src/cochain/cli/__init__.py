"""The commands, one file each. Every command imports what it needs when it runs, so that listing takes no torch."""

from cochain.cli.program import app, main

__all__ = ["app", "main"]
