"""`cochain reproduce`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cochain.cli.arguments import Device
from cochain.cli.complete import complete_tables
from cochain.cli.live import Live
from cochain.cli.show import INTERRUPTED, Json, complain, duration, noting, print_json, print_table

if TYPE_CHECKING:
    from cochain.experiments.expressivity import Separation
    from cochain.experiments.reproducing import Reproduced

EXPRESSIVITY = "expressivity"


def reproduce(
    name: Annotated[str | None, typer.Argument(help="A published table.", autocompletion=complete_tables)] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the tables.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="The table's declared smaller version.")] = False,
    only: Annotated[str | None, typer.Option(help="Data sets or models of the table, with commas between.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes.")] = 1,
    device: Device = "cpu",
    runs: Annotated[Path, typer.Option(help="Folder of runs; what is there is not trained again.")] = Path("runs"),
    out: Annotated[Path | None, typer.Option(help="Add the rows to this file of JSON lines.")] = None,
    check: Annotated[
        Path | None, typer.Option(help="Compare with the rows of this file; exit with 1 where figures differ.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a published table by its own protocol, and set our numbers beside it.

    What is finished is kept in --runs: the same command goes on where it was interrupted.
    """
    if listed or name is None:
        _list(as_json)
        return
    if name == EXPRESSIVITY:
        _separate(quick, only, out, as_json)
        return
    from cochain.experiments.comparing import Interrupted
    from cochain.experiments.reproducing import differences, read_rows, write_rows
    from cochain.experiments.reproducing import reproduce as run

    rows: list[Reproduced] = []
    code = 0
    with noting(), Live(jobs) as live:
        try:
            chosen = [each.strip() for each in (only or "").split(",") if each.strip()]
            run(name, quick, chosen, jobs, runs, device, live.tell, rows.append)
        except Interrupted:
            complain("interrupted: the same command goes on from here")
            code = INTERRUPTED
    if out is not None and rows:
        write_rows(rows, out)
    show_rows(rows, as_json)
    if check is not None and not code:
        wrong = differences(rows, read_rows(check))
        for line in wrong:
            complain(line)
        code = 1 if wrong else 0
    raise typer.Exit(code)


def _separate(quick: bool, only: str | None, out: Path | None, as_json: bool) -> None:
    """Show which pairs of graphs each model tells apart from random weights."""
    from cochain.catalog import names
    from cochain.experiments.expressivity import DRAWS, FAMILIES, QUICK_DRAWS, QUICK_FAMILIES, survey
    from cochain.experiments.files import write_atomically

    chosen = [each.strip() for each in (only or "").split(",") if each.strip()]
    models = [each for each in chosen if each in names()]
    families = [each for each in chosen if each not in models] or (QUICK_FAMILIES if quick else FAMILIES)
    rows: list[Separation] = []

    def found(row: "Separation") -> None:
        rows.append(row)
        if out is not None:  # row by row: what is done is not lost, however it ends
            write_atomically(out, "".join(json.dumps(asdict(each)) + "\n" for each in rows).encode())

    try:
        survey(families, models or None, QUICK_DRAWS if quick else DRAWS, found)
    except KeyboardInterrupt:
        complain("interrupted: what was done by then follows")
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    told = {(row.model, row.family): row for row in rows}
    lines = [
        (model, *(_told(told.get((model, family))) for family in families))
        for model in dict.fromkeys(row.model for row in rows)
    ]
    print_table(("told apart / pairs", *families), lines)
    complain(f"{sum(row.false for row in rows)} graphs told apart from relabelled copies of themselves")


def _told(row: "Separation | None") -> str:
    if row is None:
        return ""
    return "-" if row.failure else f"{row.separated} / {row.pairs}"


def show_rows(rows: list["Reproduced"], as_json: bool) -> None:
    """Print published and ours side by side, with a count of those that agree."""
    if as_json:
        print_json([{**asdict(row), "standard_errors": row.apart} for row in rows])
        return
    lines: list[tuple[str, ...]] = []
    for row in rows:
        apart = "" if row.apart is None else f"{row.apart:+.1f}"
        ours = row.failure or _number(row.ours, row.deviation)
        lines.append((row.dataset, row.model, _number(row.published, row.published_deviation), ours, apart,
                      str(row.runs), duration(row.seconds)))  # fmt: skip
    print_table(("data", "model", "published", "ours", "standard errors", "runs", "time"), lines)
    told = [row.within for row in rows if row.within is not None]
    complain(f"{sum(told)} of {len(told)} figures lie within two standard errors of the published ones")


def _number(mean: float | None, deviation: float | None) -> str:
    if mean is None:
        return "-"
    return f"{mean:.2f}" + ("" if deviation is None else f" ± {deviation:.2f}")


def _list(as_json: bool) -> None:
    from cochain.experiments.published import TABLES

    facts: list[dict[str, Any]] = [
        {"table": each.name, "title": each.title, "figures": len(each.figures), "runs each": each.runs,
         "quick": ", ".join(each.quick), "source": f"{each.reference}, {each.where}"}
        for each in TABLES.values()
    ]  # fmt: skip
    facts.append(
        {"table": EXPRESSIVITY, "title": "Which graphs each model tells apart from random weights", "figures": "",
         "runs each": "", "quick": "", "source": "families of graphs that are known exactly"}
    )  # fmt: skip
    if as_json:
        print_json(facts)
    else:
        print_table(tuple(facts[0]), [tuple(map(str, each.values())) for each in facts])
