"""`cochain convert` and `cochain lift`: from one file to another."""

from pathlib import Path
from typing import Annotated

import typer

from cochain.cli.arguments import Data, Format
from cochain.cli.complete import complete_paths
from cochain.cli.show import Json, complain, noting, print_json

Out = Annotated[
    Path,
    typer.Argument(
        help="Where to; the ending says the format, a name without one becomes a folder of tables.",
        autocompletion=complete_paths,
    ),
]


def convert(
    data: Data,
    out: Out,
    format: Format = None,  # noqa: A002 - the word of the command line
    to: Annotated[str | None, typer.Option(help="The format to write, where the ending leaves a choice.")] = None,
    as_json: Json = False,
) -> None:
    """Read data in one format and write it in another; what the other cannot hold is refused by name."""
    _write(data, out, "", format, to, as_json)


def lift(
    data: Data,
    out: Out,
    lift: Annotated[str, typer.Option(help="clique:2, cycles:6, khop:2, knn:8+clique:2, ...")],
    format: Format = None,  # noqa: A002
    to: Annotated[str | None, typer.Option(help="The format to write, where the ending leaves a choice.")] = None,
    as_json: Json = False,
) -> None:
    """Lift data to a richer domain, such as rings to 2-cells, and write the result."""
    _write(data, out, lift, format, to, as_json)


def _write(data: str, out: Path, chain: str, format: str | None, to: str | None, as_json: bool) -> None:  # noqa: A002
    from cochain.complexes import io
    from cochain.experiments.lifting import apply_lift, canonical_lift
    from cochain.experiments.source import open_source

    chain = canonical_lift(chain)
    with noting():
        before = open_source(data).complex_ if format is None else io.read(data, format)
        after = apply_lift(before, chain)
        io.write(after, out, to)
    if as_json:
        print_json(
            {"written": str(out), "lift": chain, "domain": after.domain, "components": len(after),
             "cells": list(after.sizes)}
        )  # fmt: skip
    else:
        complain(f"{out}: {after!r}")
