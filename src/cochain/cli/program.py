"""The table of the commands, and how they end."""

import sys
from typing import Annotated

import typer

from cochain.cli.catalog import catalog
from cochain.cli.compare import compare
from cochain.cli.convert import convert, lift
from cochain.cli.datasets import datasets
from cochain.cli.describe import describe
from cochain.cli.export import export
from cochain.cli.persist import persist
from cochain.cli.predict import predict
from cochain.cli.reproduce import reproduce
from cochain.cli.runs import app as runs
from cochain.cli.show import USAGE_ERROR, complain
from cochain.cli.train import train
from cochain.errors import CochainError

EXIT_CODES = "Exit codes: 0 done; 1 declined; 2 a request that cannot be met, said in one line; 130 interrupted."
TASKS, DATA, LISTS = "Networks", "Data", "What there is"

app = typer.Typer(
    name="cochain",
    help="Which network should learn on this data, does higher-order structure help, and what is its shape?",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; our errors are one line on stderr and exit code 2."""
    try:
        app()
    except CochainError as error:
        complain(f"{type(error).__name__}: {' '.join(str(error).split())}")
        sys.exit(USAGE_ERROR)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        from cochain import __version__

        typer.echo(f"cochain {__version__}")
        raise typer.Exit


for panel, commands in (
    (TASKS, (compare, train, predict, export, reproduce)),
    (DATA, (describe, persist, lift, convert)),
    (LISTS, (catalog, datasets)),
):
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(runs, name="runs", rich_help_panel=TASKS)
