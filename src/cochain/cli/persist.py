"""`cochain persist`."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cochain.cli.arguments import Data, Format
from cochain.cli.show import (
    INTERRUPTED,
    Json,
    complain,
    console,
    duration,
    noting,
    print_facts,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from rich.progress import Progress

    from cochain.experiments.persisting import Persisted

LONGEST = 5
BARS, DIAGRAM, PAGE = "bars.csv", "diagram.safetensors", "persistence.html"


def persist(
    data: Data,
    filtration: Annotated[
        str | None,
        typer.Option(
            help="rips[:threshold], alpha, dtm[:neighbors] of points; degree, heat[:time], height[:axis], "
            "values:NAME[:channel[:rank]], pixels[:channel] of the rest. Default: what suits the data."
        ),
    ] = None,
    dim: Annotated[int, typer.Option(help="The highest dimension: 0 pieces, 1 loops, 2 voids.")] = 1,
    field: Annotated[int, typer.Option(help="The prime p of the coefficients Z/p.")] = 2,
    superlevel: Annotated[bool, typer.Option("--superlevel", help="Let the highest values come first.")] = False,
    lift: Annotated[str | None, typer.Option(help="A lift to apply first: clique:2, cycles:6, closure:2, ...")] = None,
    format: Format = None,  # noqa: A002 - the word of the command line
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for {BARS}, {DIAGRAM} and the page {PAGE}; made if it is missing.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compute the persistent homology of data: which pieces, loops and voids it has, and over which scales.

    On Ctrl-C what was done by then is shown and written.
    """
    from cochain.complexes import io
    from cochain.experiments.persisting import Stopped
    from cochain.experiments.persisting import persist as run

    check_folder(out)
    code = 0
    with noting(), Bar() as bar:
        try:
            given = data if format is None else io.read(data, format)
            found = run(given, filtration, dim, field, superlevel, lift or "", bar.tell, complain)
        except Stopped as stopped:
            if stopped.persisted is None:
                complain("interrupted before the first component was done")
                raise typer.Exit(INTERRUPTED) from None
            found, code = stopped.persisted, INTERRUPTED
            complain(f"interrupted: {found.diagram.components} of {found.components} components were done")
    if out is not None:  # first: whoever reads what is printed may close it early
        write(found, out)
    facts = summary(found)
    if as_json:
        print_json(facts)
    else:
        _show(found, facts)
    raise typer.Exit(code)


def check_folder(out: Path | None) -> None:
    """Refuse a folder that could not be written before anything is computed.

    Raises:
        DataError: when the place is a file, or lies where nothing may be written.
    """
    import os

    from cochain.errors import DataError

    if out is None:
        return
    there = next(each for each in (out.absolute(), *out.absolute().parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise DataError(f"{out} should be a folder that can be written, but {there} is no folder that allows it")


def summary(found: "Persisted") -> dict[str, Any]:
    """Give what was found as plain values: counts and the longest finite bars of each dimension."""
    d = found.diagram
    dimensions = {}
    for dim in d.dimensions:
        bars = d[dim]
        order = bars.lifetimes.argsort(descending=True, stable=True)[:LONGEST]
        top = bars.select(order)
        dimensions[f"H{dim}"] = {
            "bars": len(bars),
            "never ending": len(d.essential[dim]),
            "total length": round(float(bars.lifetimes.double().sum()), 6),
            "longest": [
                {"component": component, "birth": birth, "death": death}
                for component, birth, death in zip(
                    top.component.tolist(), top.births.tolist(), top.deaths.tolist(), strict=True
                )
            ],
        }
    return {
        "data": found.name,
        "holds": found.title,
        "filtration": found.filtration + (", superlevel" if found.superlevel else ""),
        **({"lift": found.lift} if found.lift else {}),
        "coefficients": f"Z/{d.field}",
        "components": d.components,
        **({} if found.complete else {"of": found.components}),
        "seconds": round(found.seconds, 4),
        "dimensions": dimensions,
    }


def _show(found: "Persisted", facts: dict[str, Any]) -> None:
    print_facts({key: value for key, value in facts.items() if key != "dimensions"}, as_json=False)
    rows: list[tuple[str, ...]] = []
    for name, each in facts["dimensions"].items():
        bars = [f"{bar['birth']:.4g} to {bar['death']:.4g}" for bar in each["longest"]]
        rows.append(
            (name, str(each["bars"]), str(each["never ending"]), f"{each['total length']:.4g}", "; ".join(bars))
        )
    print_table(("", "finite bars", "never ending", "total length", "longest"), rows)


def write(found: "Persisted", out: Path) -> None:
    """Write bars, diagram and page into a folder.

    Raises:
        DataError: when the folder cannot be written.
    """
    from cochain import persistence, report
    from cochain.errors import DataError
    from cochain.report.persistence_page import render

    notes = {
        "data": found.name, "filtration": found.filtration, "superlevel": found.superlevel, "lift": found.lift,
        "components": found.components, "complete": found.complete,
    }  # fmt: skip
    try:
        out.mkdir(parents=True, exist_ok=True)
        persistence.write_csv(found.diagram, out / BARS)
        persistence.save(found.diagram, out / DIAGRAM, notes)
        report.write_page(render(found, shlex.join(["cochain", *sys.argv[1:]])), out / PAGE)
    except OSError as error:
        raise DataError(f"{out} should be a folder that can be written, but is not ({error.strerror})") from error
    complain(f"{out}: {BARS}, {DIAGRAM}, {PAGE}")


class Bar:
    """How many components are done, with the time that is left; nothing where the output is no terminal."""

    def __init__(self) -> None:
        self.bars: Progress | None = None

    def __enter__(self) -> "Bar":
        screen = console(stderr=True)
        if screen.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"),
            )  # fmt: skip
            self.bars = Progress(*columns, console=screen, transient=True)
            self.task = self.bars.add_task("reading", total=None, left="")
            self.bars.start()
        return self

    def __exit__(self, *details: object) -> None:
        if self.bars is not None:
            self.bars.stop()

    def tell(self, done: int, total: int, seconds: float) -> None:
        """Show how far it is."""
        if self.bars is not None:
            left = duration(seconds * (total - done) / done) if done else "?"
            self.bars.update(
                self.task, total=total, completed=done, description="components", left=f"{left} left" if done else ""
            )
