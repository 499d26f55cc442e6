"""`cochain runs`: the folder of runs, listed, shown, compared and cleared."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cochain.cli.arguments import Data, Metric, Target
from cochain.cli.complete import complete_models
from cochain.cli.leaderboard import show_comparison
from cochain.cli.show import Json, complain, console, duration, noting, print_facts, print_json, print_table

if TYPE_CHECKING:
    from cochain.experiments.store import Store
    from cochain.experiments.stored import Entry

app = typer.Typer(help="List, show, compare and remove the runs that are kept.", no_args_is_help=True)

WIDE = 130
"""Letters of a line that all columns of the list need."""
NEEDED = ("run", "dataset", "model", "score")

Folder = Annotated[Path, typer.Option("--runs", help="Folder of runs.")]
Run = Annotated[str, typer.Argument(help="The first digits of a run, as the list shows them.")]


@app.command("list")
def list_runs(
    runs: Folder = Path("runs"),
    dataset: Annotated[str | None, typer.Option(help="Only the runs on this data.")] = None,
    model: Annotated[str | None, typer.Option(help="Only this model.", autocompletion=complete_models)] = None,
    as_json: Json = False,
) -> None:
    """List the runs, also those that are not finished or broken."""
    from cochain.experiments.stored import entries

    with noting():
        found = [_facts(each) for each in entries(_store(runs))]
    wanted = {"dataset": dataset, "model": model}
    found = [each for each in found if all(value in (None, each[name]) for name, value in wanted.items())]
    if as_json:
        print_json(found)
        return
    if not found:
        complain(f"{runs} holds no runs{' of this kind' * any(wanted.values())}")
        return
    narrow = console().width < WIDE
    columns = ("run", "state", "dataset", "model", "lift", "fold", "seed", "metric", "score", "epochs", "time")
    # On a narrow screen what is alike in all runs, or empty, is left out; --json always tells everything.
    kept = [name for name in columns if not narrow or name in NEEDED or len({each[name] for each in found}) > 1]
    print_table(tuple(kept), [tuple(_shown(name, each[name]) for name in kept) for each in found])


def _facts(each: "Entry") -> dict[str, Any]:
    spec, done = each.spec, each.finished
    return {
        "run": each.folder,
        "state": each.state,
        "dataset": spec.dataset if spec else None,
        "model": spec.model if spec else None,
        "lift": spec.lift if spec else None,
        "target": spec.target if spec else None,
        "fold": spec.fold if spec else None,
        "seed": spec.seed if spec else None,
        "metric": spec.metric if spec else None,
        "score": done.result.test_score if done else None,
        "epochs": len(done.curve.epoch) if done else None,
        "time": done.result.seconds if done else None,
    }


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "time":
        return duration(value)
    return f"{value:.4f}" if name == "score" else str(value)


@app.command("show")
def show_run(run: Run, runs: Folder = Path("runs"), as_json: Json = False) -> None:
    """Show everything that is known about a run."""
    from cochain.experiments.stored import find_entry

    store = _store(runs)
    with noting():
        each = find_entry(store, run)
    facts: dict[str, Any] = {"run": each.folder, "state": each.state, "folder": str(store.root / each.folder)}
    if each.spec is not None:
        facts |= each.spec.model_dump(mode="json")
    if each.finished is not None:
        result = each.finished.result.model_dump(mode="json", exclude={"diagram", "hash", "answers"})
        facts |= {"epochs": len(each.finished.curve.epoch), **result}
    print_facts(facts, as_json)


@app.command("compare")
def compare_runs(
    data: Data,
    runs: Folder = Path("runs"),
    target: Target = None,
    metric: Metric = None,
    protocol: Annotated[str | None, typer.Option(help="validation or xu; by default that of most runs.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write an HTML page.")] = None,
    as_json: Json = False,
) -> None:
    """Rank the models whose runs on some data are kept, without training."""
    from cochain.experiments.stored import compare_stored

    with noting():
        found = compare_stored(_store(runs), data, target, metric, protocol)
    show_comparison(found, as_json)
    if report is not None:
        from cochain.cli.compare import write_report

        write_report(found, report, data)


@app.command("remove")
def remove_runs(
    run: Annotated[list[str], typer.Argument(help="The first digits of runs, as the list shows them.")],
    runs: Folder = Path("runs"),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete runs, after asking."""
    from cochain.experiments.stored import find_entry

    store = _store(runs)
    with noting():
        chosen = list({each.folder: each for each in (find_entry(store, name) for name in run)}.values())
    for each in chosen:
        about = f" ({each.spec.model} on {each.spec.dataset})" if each.spec else ""
        complain(f"{store.root / each.folder}: {each.state}{about}")
    if not yes and not typer.confirm(f"delete {len(chosen)} run{'s' * (len(chosen) != 1)}?", err=True):
        raise typer.Exit(1)
    for each in chosen:
        _remove(store, each)
    if as_json:
        print_json({"removed": [each.folder for each in chosen]})


def _remove(store: "Store", each: "Entry") -> None:
    from cochain.errors import DataError

    if each.spec is not None:
        store.remove(each.spec)
        return
    try:
        shutil.rmtree(store.root / each.folder)
    except OSError as error:
        raise DataError(f"{store.root / each.folder} should be deleted, but cannot be ({error.strerror})") from error


def _store(runs: Path) -> "Store":
    from cochain.errors import DataError
    from cochain.experiments.store import Store

    if not runs.is_dir():
        raise DataError(f"{runs} should be a folder of runs, but is not there; name it with --runs")
    return Store(runs, writable=False)
