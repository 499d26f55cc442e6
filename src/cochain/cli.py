"""The commands. Each imports what it needs when it runs, so that listing models and data sets takes no torch."""

import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cochain.errors import CochainError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID
    from rich.table import Table

    from cochain.experiments.comparison import Comparison, Row
    from cochain.experiments.progress import Event

USAGE_ERROR, INTERRUPTED = 2, 130
TESTED = (
    "* the best, and what is not significantly worse (paired t-test, corrected for shared training data and for the "
    "number of models)"
)
UNTESTED = "too few scores to test the differences: use more --folds or --seeds"
PERCENT = ("accuracy", "f1_macro", "roc_auc", "average_precision")

app = typer.Typer(
    name="cochain",
    help="Which network should learn on this data, and does higher-order structure help?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line; our errors are one line on stderr and exit code 2."""
    try:
        app()
    except CochainError as error:
        _complain(f"{type(error).__name__}: {' '.join(str(error).split())}")
        sys.exit(USAGE_ERROR)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        from cochain import __version__

        typer.echo(f"cochain {__version__}")
        raise typer.Exit


@app.command()
def compare(
    dataset: Annotated[str, typer.Argument(help="A data set, or a file written by Complex.save.")],
    models: Annotated[
        str | None, typer.Option(help="Models, with commas between; default: some that suit the data.")
    ] = None,
    lift: Annotated[
        str | None, typer.Option(help="clique:2, cycles:6, khop:2, knn:8+clique:2; default: what a model needs.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="node, edge, face, whole, link or a rank; default: where labels are.")
    ] = None,
    folds: Annotated[int | None, typer.Option(help="Use only so many of the splits.")] = None,
    seeds: Annotated[int, typer.Option(help="Runs for each split.")] = 1,
    epochs: Annotated[int | None, typer.Option(help="Most epochs.")] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    jobs: Annotated[int, typer.Option(help="Processes.")] = 1,
    runs: Annotated[Path, typer.Option(help="Folder of runs; what is there is not trained again.")] = Path("runs"),
    report: Annotated[Path | None, typer.Option(help="Write an HTML page.")] = None,
    protocol: Annotated[
        str, typer.Option(help="validation, or xu, to compare with papers that select on test folds.")
    ] = "validation",
    metric: Annotated[
        str | None, typer.Option(help="accuracy, f1_macro, roc_auc, average_precision, mae or rmse.")
    ] = None,
    precision: Annotated[str, typer.Option(help="32-true, 64-true, bf16-mixed or 16-mixed.")] = "32-true",
    option: Annotated[
        list[str] | None, typer.Option(help="model.field=value, or field=value for all; again for more.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train models on a data set and rank them by their test scores."""
    from cochain.experiments.comparing import Interrupted
    from cochain.experiments.comparing import compare as run
    from cochain.experiments.plan import parse_options

    options = parse_options(option or [])
    code = 0
    with warnings.catch_warnings(record=True) as caught, _Live(jobs) as live:
        warnings.simplefilter("default")
        try:
            found = run(
                dataset, models, lift, target, folds, seeds, epochs, device, jobs, runs,
                protocol=protocol, metric=metric, precision=precision, options=options, progress=live.tell,
            )  # fmt: skip
        except Interrupted as interrupted:
            found, code = interrupted.comparison, INTERRUPTED
    for each in caught:
        _complain(f"warning: {each.message}")
    _show(found, as_json)
    if report is not None and found.rows:
        _write_report(found, report, dataset)
    raise typer.Exit(code or (0 if found.rows else USAGE_ERROR))


def _write_report(found: "Comparison", path: Path, dataset: str) -> None:
    from cochain import report
    from cochain.complexes import Complex
    from cochain.datasets import registry

    complex_ = Complex.load(dataset) if dataset not in registry else None
    report.write(found, path, complex_)
    _complain(f"report: {path}")


class _Live:
    """A bar with the time that is left; nothing at all where the output is no terminal."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.bars: Bars | None = None
        self.task: TaskID | None = None
        self.runs = 0

    def __enter__(self) -> "_Live":
        console = _console(stderr=True)
        if console.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            from cochain.experiments.progress import Clock

            self.clock = Clock(self.jobs)
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[left]}"),
            )
            self.bars = Progress(*columns, console=console, transient=True)
            self.task = self.bars.add_task("loading", total=None, left="")
            self.bars.start()
        return self

    def __exit__(self, *details: object) -> None:
        if self.bars is not None:
            self.bars.stop()

    def tell(self, event: "Event") -> None:
        """Show an event."""
        if self.bars is None or self.task is None:
            return
        self.clock.tell(event)
        if event.kind == "plan":
            self.bars.update(self.task, total=self.runs + len(event.planned))
            return
        if event.kind in ("done", "found", "failed"):
            self.runs += 1
        score = "" if event.score is None else f" {event.score:.3f}"
        text = f"{event.model} fold {event.fold} seed {event.seed}" + (
            f" epoch {event.epoch}{score}" if event.kind == "epoch" else ""
        )
        left = self.clock.remaining()
        self.bars.update(
            self.task, completed=self.runs, description=text, left="" if left is None else f"{_duration(left)} left"
        )


def _show(found: "Comparison", as_json: bool) -> None:
    if as_json:
        typer.echo(found.to_json(indent=1))
        return
    console = _console()
    if found.rows:
        console.print(_leaderboard(found))
        tested = any(row.p_value is not None for row in found.rows)
        if len(found.rows) > 1:
            console.print(TESTED if tested else UNTESTED, style="dim")
    for note in dict.fromkeys(note for row in found.rows for note in row.warnings):
        noted = [row.model for row in found.rows if note in row.warnings]
        who = "all models" if len(noted) == len(found.rows) > 1 else ", ".join(noted)
        console.print(f"{who}: {note}", style="yellow", markup=False)
    for failure in found.failures:
        where = "" if failure.fold is None else f" (fold {failure.fold}, seed {failure.seed})"
        _complain(f"{failure.model}{where}: {failure.message}")
    if not found.complete:
        _complain("interrupted: the same command goes on from here")


def _leaderboard(found: "Comparison") -> "Table":
    from rich.table import Table

    task = found.task
    place = task.target if task.kind != "link" else "link"
    arrow = "higher is better" if task.higher_is_better else "lower is better"
    table = Table(
        title=f"{found.dataset}: {found.title}",
        title_justify="left",
        caption=f"{task.kind} on {place}, protocol {found.protocol}; {arrow}",
    )
    table.add_column("")
    table.add_column("model")
    table.add_column("lift")
    for name in (
        f"{task.metric}{' %' if task.metric in PERCENT else ''}",
        "runs",
        "parameters",
        "s/epoch",
        "peak MB",
        "time",
    ):
        table.add_column(name, justify="right")
    for row in found.rows:
        table.add_row(
            "*" if row.best_group else "", row.model, row.lift, _score(row, task.metric), str(len(row.scores)),
            f"{row.parameters:,}", f"{row.seconds_per_epoch:.3g}", f"{row.peak_memory_mb:,.0f}", _duration(row.seconds),
        )  # fmt: skip
    return table


def _score(row: "Row", metric: str) -> str:
    scale, digits = (100, 2) if metric in PERCENT else (1, 4)
    spread = "" if row.std is None else f" ± {scale * row.std:.{digits}f}"
    return f"{scale * row.mean:.{digits}f}{spread}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"


@app.command()
def catalog(as_json: Json = False) -> None:
    """List the models."""
    from dataclasses import asdict

    from cochain.catalog import CATALOG

    if as_json:
        typer.echo(json.dumps([asdict(row) for row in CATALOG], indent=1))
        return
    _table(
        ("model", "published for", "runs on", "lift", "layer"),
        [(row.name, row.domain, _short(row.domains), row.lift or "", row.equation) for row in CATALOG],
    )


@app.command()
def datasets(as_json: Json = False) -> None:
    """List the data sets and where they are."""
    from dataclasses import asdict

    from cochain.datasets import registry, whereabouts

    rows = [(record, whereabouts(name)) for name, record in registry.items()]
    if as_json:
        typer.echo(json.dumps([{**asdict(record), "where": where} for record, where in rows], indent=1))
        return
    _table(
        ("data set", "domain", "task", "components", "cells", "folds", "where", "licence", "citation"),
        [
            (
                r.name, r.domain, f"{r.kind} on {r.target}", f"{r.components:,}", " ".join(f"{n:,}" for n in r.sizes),
                str(r.folds), where, r.licence, r.citation,
            )
            for r, where in rows
        ],
    )  # fmt: skip


@app.command()
def describe(
    name: Annotated[str, typer.Argument(help="A model, a data set, or a file written by Complex.save.")],
    as_json: Json = False,
) -> None:
    """Say what a model, a data set or a file is."""
    from cochain import catalog, datasets

    if name in catalog.names():
        facts = _facts_of_model(name)
    elif name in datasets.registry:
        facts = _facts_of_dataset(name)
    elif Path(name).is_file():
        facts = _facts_of_file(name)
    else:
        from cochain.errors import unknown_name

        raise unknown_name("model, data set or file", name, [*catalog.names(), *datasets.registry])
    if as_json:
        typer.echo(json.dumps(facts, indent=1))
        return
    _table(("", ""), [(key, _plain(value)) for key, value in facts.items()], header=False)


def _facts_of_model(name: str) -> dict[str, Any]:
    from dataclasses import asdict, fields

    from cochain.catalog import entry
    from cochain.models.build import model_class

    row = entry(name)
    config = model_class(row).Config
    defaults = {each.name: each.default for each in fields(config)} | dict(row.options)
    title = (model_class(row).__doc__ or "").strip().splitlines()[0]
    return {"title": title, **asdict(row), "options": defaults}


def _facts_of_dataset(name: str) -> dict[str, Any]:
    from dataclasses import asdict

    from cochain import datasets

    return {**asdict(datasets.info(name)), "where": datasets.whereabouts(name)}


def _facts_of_file(name: str) -> dict[str, Any]:
    from cochain.complexes import Complex

    found = Complex.load(name)
    places: list[tuple[str, Any]] = [(f"[{rank}]", found[rank]) for rank in range(found.rank + 1)]
    tensors = {
        f"{place}.{key}": f"{tuple(cells[key].shape)} {str(cells[key].dtype).removeprefix('torch.')}"
        for place, cells in [*places, ("whole", found.whole)]
        for key in cells.keys()  # noqa: SIM118 - cells are not iterable
    }
    return {"domain": found.domain, "components": len(found), "cells": list(found.sizes), "tensors": tensors}


def _short(domains: tuple[str, ...]) -> str:
    return "any" if len(domains) == 7 else ", ".join(domains)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key} = {each}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return (
            "\n".join(map(str, value)) if any(isinstance(each, str) for each in value) else ", ".join(map(str, value))
        )
    return str(value)


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]], header: bool = True) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_header=header)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    _console().print(table)


def _console(stderr: bool = False) -> "Console":
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    # Where there is no terminal the lines are as long as they need to be, for whatever reads them.
    return Console(stderr=stderr, width=None if stream.isatty() else 240)


def _complain(line: str) -> None:
    typer.echo(line, err=True)
