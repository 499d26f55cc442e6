"""What every command prints with: tables, JSON, lines on stderr."""

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

USAGE_ERROR, INTERRUPTED = 2, 130

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def console(stderr: bool = False) -> "Console":
    """Give the console that is written to; rich leaves colours out where NO_COLOR is set or no terminal listens."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    # Where there is no terminal the lines are as long as they need to be, for whatever reads them.
    return Console(stderr=stderr, width=None if stream.isatty() else 240, emoji=False)


def complain(line: str) -> None:
    """Write a line to stderr."""
    typer.echo(line, err=True)


@contextmanager
def noting() -> Iterator[None]:
    """Turn warnings into lines on stderr, each once, when the work is done."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            yield
        finally:
            for text in dict.fromkeys(str(each.message) for each in caught):
                complain(f"warning: {text}")


def print_json(value: Any) -> None:
    """Write plain values as JSON."""
    typer.echo(json.dumps(value, indent=1))


def print_table(columns: tuple[str, ...], rows: list[tuple[str, ...]], header: bool = True) -> None:
    """Write a table of texts."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_header=header)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console().print(table)


def print_facts(facts: dict[str, Any], as_json: bool) -> None:
    """Write names and values, as a table of two columns or as JSON."""
    if as_json:
        print_json(facts)
    else:
        print_table(("", ""), [(key, plain(value)) for key, value in facts.items()], header=False)


def plain(value: Any) -> str:
    """Give a value as a person reads it."""
    if isinstance(value, dict):
        return "\n".join(f"{key} = {each}" for key, each in value.items())
    if isinstance(value, list | tuple):
        lines = any(isinstance(each, str) for each in value)
        return ("\n" if lines else ", ").join(map(str, value))
    return str(value)


def duration(seconds: float) -> str:
    """Give a time as a person reads it."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"
