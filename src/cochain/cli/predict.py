"""`cochain predict`."""

from pathlib import Path
from typing import Annotated

import typer

from cochain.cli.arguments import Data, Format
from cochain.cli.complete import complete_paths
from cochain.cli.show import Json, complain, noting, print_json

Network = Annotated[
    Path,
    typer.Argument(
        help="A folder that `cochain train` made, or a file of `cochain export`.", autocompletion=complete_paths
    ),
]


def predict(
    network: Network,
    data: Data,
    out: Annotated[Path | None, typer.Option(help="A CSV file; by default the answers are printed.")] = None,
    format: Format = None,  # noqa: A002 - the word of the command line
    as_json: Json = False,
) -> None:
    """Answer on new data with a trained network: one row for each component or cell.

    The data is read as that of the training was. Where it differs - another column, a category that was never seen,
    another number of channels - it is refused, with the name of what differs.
    """
    from cochain.experiments.newdata import answer_table, as_csv, open_new
    from cochain.experiments.trained import read_trained

    with noting():
        trained = read_trained(network)
        found = answer_table(trained, open_new(data, trained.reads, format))
    if out is not None:
        write_text(out, as_csv(found))
    if as_json:
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        print_json({"out": None if out is None else str(out), "score": found.score, "labelled": found.labelled,
                    "seen in training": found.seen, "rows": rows})  # fmt: skip
        return
    if out is None:
        typer.echo(as_csv(found), nl=False)
    else:
        complain(f"{out}: {len(found.rows)} rows")
    if found.score is not None:
        if found.seen:
            complain("this is the data of the training: the rows that the network learned from count too")
        complain(f"{trained.spec.metric} on the {found.labelled} rows that have a label: {found.score:.4f}")


def write_text(out: Path, text: str) -> None:
    """Write a file at once or not at all.

    Raises:
        DataError: when it cannot be written.
    """
    from cochain.errors import DataError
    from cochain.experiments.files import write_atomically

    try:
        write_atomically(out, text.encode())
    except OSError as error:
        raise DataError(f"{out} should be a file that can be written, but is not ({error.strerror})") from error
