"""`cochain compare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cochain.cli.arguments import Data, Device, Epochs, Lift, Metric, Models, Precision, Target
from cochain.cli.leaderboard import show_comparison
from cochain.cli.live import Live
from cochain.cli.show import INTERRUPTED, USAGE_ERROR, Json, complain, noting

if TYPE_CHECKING:
    from cochain.experiments.comparison import Comparison


def compare(
    data: Data,
    models: Models = None,
    lift: Lift = None,
    target: Target = None,
    folds: Annotated[int | None, typer.Option(help="Use only so many of the splits.")] = None,
    seeds: Annotated[int, typer.Option(help="Runs for each split.")] = 1,
    epochs: Epochs = None,
    device: Device = "cpu",
    jobs: Annotated[int, typer.Option(help="Processes.")] = 1,
    runs: Annotated[Path, typer.Option(help="Folder of runs; what is there is not trained again.")] = Path("runs"),
    report: Annotated[Path | None, typer.Option(help="Write an HTML page.")] = None,
    protocol: Annotated[
        str, typer.Option(help="validation, or xu, to compare with papers that select on test folds.")
    ] = "validation",
    metric: Metric = None,
    precision: Precision = "32-true",
    option: Annotated[
        list[str] | None, typer.Option(help="model.field=value, or field=value for all; again for more.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train models on data and rank them by their test scores.

    What is finished is kept in --runs: the same command goes on where it was interrupted.
    """
    from cochain.experiments.comparing import Interrupted
    from cochain.experiments.comparing import compare as run
    from cochain.experiments.plan import parse_options

    options = parse_options(option or [])
    check_report(report)
    code = 0
    with noting(), Live(jobs) as live:
        try:
            found = run(
                data, models, lift, target, folds, seeds, epochs, device, jobs, runs,
                protocol=protocol, metric=metric, precision=precision, options=options, progress=live.tell,
            )  # fmt: skip
        except Interrupted as interrupted:
            found, code = interrupted.comparison, INTERRUPTED
    show_comparison(found, as_json)
    if report is not None and found.rows:
        write_report(found, report, data)
    raise typer.Exit(code or (0 if found.rows else USAGE_ERROR))


def check_report(path: Path | None) -> None:
    """Refuse a page that could not be written before anything is trained.

    Raises:
        DataError: when the place is a folder, or lies in none that can be written to.
    """
    import os

    from cochain.errors import DataError

    if path is None:
        return
    if path.is_dir():
        raise DataError(f"{path} should be the file of a page, but is a folder; name a file in it")
    there = next(each for each in path.absolute().parents if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise DataError(f"{path} should be a file that can be written, but {there} is no folder that allows it")


def write_report(found: "Comparison", path: Path, data: str) -> None:
    """Write the page of a comparison, with drawings of the data."""
    import warnings

    from cochain import report
    from cochain.datasets import registry
    from cochain.errors import DataError
    from cochain.experiments.source import open_source

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what there is to say of the data was said when it was compared
        complex_ = None if data in registry else open_source(data).complex_
    try:
        report.write(found, path, complex_)
    except OSError as error:
        raise DataError(f"{path} should be a file that can be written, but is not ({error.strerror})") from error
    complain(f"report: {path}")
