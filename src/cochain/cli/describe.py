"""`cochain describe`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cochain.cli.arguments import Format
from cochain.cli.complete import complete_anything, complete_data
from cochain.cli.model_facts import facts_of_model, for_people
from cochain.cli.show import Json, print_facts, print_json, print_table
from cochain.experiments.comparison import place_name

if TYPE_CHECKING:
    from cochain.complexes import Complex


def describe(
    name: Annotated[
        str,
        typer.Argument(
            help="A model, a data set, a file or folder of data, or the folder of a trained network.",
            autocompletion=complete_anything,
        ),
    ],
    format: Format = None,  # noqa: A002 - the word of the command line
    on: Annotated[
        str | None,
        typer.Option(help="Data on which a model's parameters and nonzeros are counted.", autocompletion=complete_data),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a model, a data set, a file or a folder is.

    For a model: its equations, source, cost, laws, options, tests, and where it did best. For a file, every column is
    shown with how it was understood, and why.
    """
    from cochain import catalog, datasets

    if name in catalog.names():
        facts = facts_of_model(name, on)
        print_facts(facts if as_json else for_people(facts), as_json)
    elif name in datasets.registry:
        print_facts(_facts_of_dataset(name), as_json)
    elif _is_trained(Path(name)):
        print_facts(_facts_of_trained(name), as_json)
    elif Path(name).exists():
        _describe_path(name, format, as_json)
    elif Path(name).suffix or len(Path(name).parts) > 1:
        from cochain.errors import DataError

        raise DataError(f"{name} should be a model, a data set, or a file or folder, but is not there")
    else:
        from cochain.errors import unknown_name

        raise unknown_name("model, data set or file", name, [*catalog.names(), *datasets.registry])


def _facts_of_dataset(name: str) -> dict[str, Any]:
    from dataclasses import asdict

    from cochain import datasets

    return {**asdict(datasets.info(name)), "where": datasets.whereabouts(name)}


def _is_trained(path: Path) -> bool:
    return (path / "schema.json").is_file() and (path / "spec.json").is_file()


def _facts_of_trained(name: str) -> dict[str, Any]:
    from cochain.experiments.trained import read_trained

    trained = read_trained(name)
    spec, reads = trained.spec, trained.reads
    return {
        "model": spec.model,
        "equations": list(trained.model.equations()),  # type: ignore[operator]
        "parameters": sum(each.numel() for each in trained.model.parameters()),
        "trained on": spec.dataset,
        "reads": {f"rank {rank}": ", ".join(reads.features.get(str(rank), ())) or f"{n} channels"
                  for rank, n in reads.channels.items()},
        "domain": reads.domain,
        "lift": reads.lift,
        "answers": f"{reads.kind} on {place_name(reads.target)}: {', '.join(reads.names)}",
        "versions": dict(spec.versions),
    }  # fmt: skip


def _describe_path(name: str, format: str | None, as_json: bool) -> None:  # noqa: A002
    from cochain.complexes import io

    found = io.inspect(name, format)
    facts = {"format": found.title, **_facts_of_complex(found.complex_)}
    columns: list[dict[str, Any]] = [
        {"place": place_name(each.place), "column": each.name, "role": each.role, "values": list(each.values),
         "why": each.why}
        for each in found.columns
    ]  # fmt: skip
    if as_json:
        print_json({**facts, "columns": columns, "notes": list(found.notes), "left out": list(found.losses)})
        return
    notes = {key: list(lines) for key, lines in (("notes", found.notes), ("left out", found.losses)) if lines}
    print_facts({**facts, **notes}, as_json)
    if columns:
        print_table(
            ("on", "column", "understood as", "values", "because"),
            [(c["place"], c["column"], c["role"], shown(c["values"]), c["why"]) for c in columns],
        )


def _facts_of_complex(found: "Complex") -> dict[str, Any]:
    places: list[tuple[str, Any]] = [(f"[{rank}]", found[rank]) for rank in range(found.rank + 1)]
    tensors = {
        f"{place}.{key}": f"{tuple(cells[key].shape)} {str(cells[key].dtype).removeprefix('torch.')}"
        for place, cells in [*places, ("whole", found.whole)]
        for key in cells.keys()  # noqa: SIM118 - cells are not iterable
    }
    return {"domain": found.domain, "components": len(found), "cells": list(found.sizes), "tensors": tensors}


def shown(values: list[str]) -> str:
    """Give the first of many values."""
    return ", ".join(values[:8]) + (f" and {len(values) - 8} more" if len(values) > 8 else "")
