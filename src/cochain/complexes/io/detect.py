"""Which format a file or folder is: by its name, and by its content where the name leaves a choice."""

import csv
import os
from pathlib import Path

from cochain.complexes.io.delimited import DELIMITERS
from cochain.complexes.io.formats import FORMATS, Format, find_format
from cochain.complexes.io.from_tables import ENDS, HYPEREDGE_KEYS
from cochain.complexes.io.limits import Limits, as_text
from cochain.complexes.io.naming import NODE_KEYS
from cochain.errors import DataError

TABLE_FILES = ("nodes", "edges", "hyperedges", "cells", "graphs")
TABLE_SUFFIXES = (".csv", ".tsv")
_HEAD = 1 << 16


def detect(path: Path, limits: Limits) -> Format:
    """Find the format of a file or folder.

    Raises:
        DataError: when none fits, or more than one does; the message lists them and how to choose.
    """
    if path.is_dir():
        return _folder(path)
    suffix = path.suffix.lower()
    fits = [each for each in FORMATS if suffix in each.suffixes and each.read is not None]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        known = sorted({end for each in FORMATS if each.read for end in each.suffixes})
        raise DataError(
            f"{path} should end in one of {' '.join(known)}, but ends in {suffix or 'nothing'}; or give format="
        )
    return _by_header(path, limits)


def _folder(path: Path) -> Format:
    try:
        with os.scandir(path) as entries:
            names = {entry.name for entry in entries}
    except OSError as error:
        raise DataError(f"{path} should be a folder that can be read, but is not: {error}") from error
    fits = []
    lower = {name.lower() for name in names}
    if any(f"{table}{suffix}" in lower for table in TABLE_FILES[:4] for suffix in TABLE_SUFFIXES):
        fits.append("tables")
    if any(name.endswith("_A.txt") for name in names):
        fits.append("tu")
    if len(fits) > 1:
        raise _ambiguous(path, fits)
    return find_format(fits[0] if fits else "folder")


def _by_header(path: Path, limits: Limits) -> Format:
    """Tell what a table is from the names of its columns."""
    line = as_text(limits.read_bytes(path)[:_HEAD].rsplit(b"\n", 1)[0], path).lstrip("\n").split("\n", 1)[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(DELIMITERS, key=line.count)
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise DataError(f"{path}, line 1: should name the columns, but {error}") from error
    names = {name.strip().rsplit(":", 1)[0].lower() if name.count(":") == 1 else name.strip().lower() for name in row}
    fits = readings(names)
    if len(fits) == 1:
        return find_format(fits[0])
    if fits:
        raise _ambiguous(path, fits)
    shown = ", ".join(name.strip() for name in row)[:80]
    raise DataError(
        f"{path}, line 1: should name columns such as source,target (edges), edge,node or edge,members (hyperedges), "
        f"rank,nodes (cells), smiles (molecules) or x,y,z (points), but names {shown!r}; rename them or give format="
    )


def readings(names: set[str]) -> list[str]:
    """Give the formats that columns of these names could be."""
    fits = []
    if any(set(ends) <= names for ends in ENDS):
        fits.append("edges")
    if (names & set(HYPEREDGE_KEYS) and names & {*NODE_KEYS[1:3], "members", "nodes"}) or "members" in names - {"rank"}:
        fits.append("hyperedges")
    if names & {"rank", "dim", "dimension"} and names & {"nodes", "members", "walk", "cell"}:
        fits = [each for each in fits if each != "hyperedges"] + ["cells"]
    if any("smiles" in name for name in names):
        fits.append("smiles")
    if {"x", "y"} <= names and not fits:
        fits.append("points")
    return fits


def _ambiguous(path: Path, fits: list[str]) -> DataError:
    choices = " or ".join(f'format="{name}"' for name in fits)
    titles = ", ".join(find_format(name).title for name in fits)
    return DataError(f"{path} should be of one format, but could be {len(fits)}: {titles}; choose with {choices}")
