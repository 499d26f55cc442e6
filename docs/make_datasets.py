"""Writes datasets.md, the table of all data sets, from the registry: python docs/make_datasets.py."""

from pathlib import Path

from cochain.datasets import Dataset
from cochain.datasets.tables import FAMILIES, left_out

PAGE = Path(__file__).with_name("datasets.md")
HEAD = """# Data sets

{count} data sets, of which {embedded} come with the package. `cochain.datasets.load(name)` gives a complex with x, y
and split; `cochain compare name` trains models on it; `cochain describe name` prints the whole record: protocol,
features, citation, files.

A data set is looked for in `root`, in the folder that `COCHAIN_DATA` names, in the cache, and is downloaded else. Every
file is checked against its sha256. "Folder" in the column of origin: some file was converted from what its authors
published and has no address of its own, so it is read from the folder alone.

This page is made by `docs/make_datasets.py`.
"""
TITLES = (
    "With the package", "Networks with published splits", "Further networks", "Hypergraphs", "Collections of graphs",
    "Molecules", "Expressivity", "Triangulated manifolds", "Flows and cochains", "In time, and knowledge", "Shapes",
    "Pictures", "Fields",
)  # fmt: skip


def origin(record: Dataset) -> str:
    """Say where the files come from: the package, a public address, or a folder alone."""
    from cochain.datasets.records import manifest

    if record.embedded:
        return "package"
    return "address" if all(manifest()[path].url for path in record.files) else "folder"


def row(record: Dataset) -> str:
    """Give one line of the table."""
    cells = " + ".join(f"{size:,}" for size in record.sizes)
    target = {"whole": "whole", 0: "nodes"}.get(
        record.target, "edges" if record.domain != "hypergraph" else "hyperedges"
    )
    target = {"link": "links", "structure": ""}.get(record.kind, target)
    task = f"{record.kind} {target}".strip() + (f", {record.classes}" if record.classes else "")
    parts = [f"`{record.name}`", record.title.replace("|", "/"), record.domain, f"{record.components:,}", cells]
    return " | ".join(
        ["", *parts, str(record.channels), task, record.metric, record.licence, origin(record), ""]
    ).strip()


def page() -> str:
    """Give the whole page."""
    names = ("name", "what", "domain", "components", "cells by rank", "channels", "task", "metric", "licence", "origin")
    records = [record for family in FAMILIES for record in family]
    text = [HEAD.format(count=len(records), embedded=sum(record.embedded for record in records))]
    for title, family in zip(TITLES, FAMILIES, strict=True):
        lines = [f"| {' | '.join(names)} |", "| " + " | ".join("---" for _ in names) + " |", *map(row, family)]
        text.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    reasons = "\n".join(f"* `{name}`: {reason}" for name, reason in left_out.items())
    return "\n".join([*text, f"## Left out\n\n{reasons}\n"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
