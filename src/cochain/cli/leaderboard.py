"""A comparison on the screen."""

from typing import TYPE_CHECKING

import typer

from cochain.cli.show import complain, console, duration
from cochain.experiments.comparison import place_name

if TYPE_CHECKING:
    from rich.table import Table

    from cochain.experiments.comparison import Comparison, Row

TESTED = (
    "* the best, and what is not significantly worse (paired t-test, corrected for shared training data and for the "
    "number of models)"
)
UNTESTED = "too few scores to test the differences: use more --folds or --seeds"
NARROW = 96
"""Letters of a line below which what an epoch costs is left to the page and to --json."""
PERCENT = ("accuracy", "f1_macro", "roc_auc", "average_precision")


def show_comparison(found: "Comparison", as_json: bool) -> None:
    """Print a comparison."""
    if as_json:
        typer.echo(found.to_json(indent=1))
        return
    screen = console()
    for line in found.chosen:
        screen.print(line, style="dim", markup=False, emoji=False)
    if found.rows:
        screen.print(_leaderboard(found, narrow=screen.width < NARROW))
        tested = any(row.p_value is not None for row in found.rows)
        if len(found.rows) > 1:
            screen.print(TESTED if tested else UNTESTED, style="dim")
    for note in dict.fromkeys(note for row in found.rows for note in row.warnings):
        noted = [row.model for row in found.rows if note in row.warnings]
        who = "all models" if len(noted) == len(found.rows) > 1 else ", ".join(noted)
        screen.print(f"{who}: {note}", style="yellow", markup=False)
    for failure in found.failures:
        where = "" if failure.fold is None else f" (fold {failure.fold}, seed {failure.seed})"
        complain(f"{failure.model}{where}: {failure.message}")
    if not found.complete:
        complain("interrupted: the same command goes on from here")


def _leaderboard(found: "Comparison", narrow: bool = False) -> "Table":
    from rich.table import Table

    task = found.task
    place = place_name(task.target) if task.kind != "link" else "pairs of nodes"
    arrow = "higher is better" if task.higher_is_better else "lower is better"
    table = Table(
        title=f"{found.dataset}: {found.title}",
        title_justify="left",
        caption=f"{task.kind} on {place}, protocol {found.protocol}; {arrow}",
    )
    table.add_column("")
    table.add_column("model", no_wrap=True)
    table.add_column("lift")
    for name in (
        f"{task.metric}{' %' if task.metric in PERCENT else ''}", "runs", "parameters",
        *(() if narrow else ("s/epoch", "peak MB")), "time",
    ):  # fmt: skip
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.rows:
        costs = (f"{row.seconds_per_epoch:.3g}", f"{row.peak_memory_mb:,.0f}")
        table.add_row(
            "*" if row.best_group else "", row.model, row.lift, _score(row, task.metric), str(len(row.scores)),
            f"{row.parameters:,}", *(() if narrow else costs), duration(row.seconds),
        )  # fmt: skip
    return table


def _score(row: "Row", metric: str) -> str:
    scale, digits = (100, 2) if metric in PERCENT else (1, 4)
    spread = "" if row.std is None else f" ± {scale * row.std:.{digits}f}"
    return f"{scale * row.mean:.{digits}f}{spread}"
