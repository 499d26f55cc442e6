"""Diagrams in files: safetensors with a JSON header to read back, CSV to read elsewhere; never pickle."""

import csv
import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cochain.complexes.files import replacing
from cochain.errors import DataError
from cochain.persistence.diagram import Bars, Diagram

FORMAT = "cochain-diagram-1"
_PARTS = ("births", "deaths", "component", "pairs")
_COLUMNS = ("component", "dimension", "birth", "death", "born_at", "killed_at")


def save(diagram: Diagram, path: str | PathLike[str], notes: Mapping[str, Any] | None = None) -> None:
    """Write a diagram atomically as safetensors.

    Args:
        diagram: what to write; gradients are left out.
        path: where to.
        notes: plain values for the header, such as the filtration; `notes_of` reads them.
    """
    from safetensors.torch import save_file

    tensors = {}
    for kind, bars_of in (
        ("finite", {dim: diagram[dim] for dim in diagram.dimensions}),
        ("essential", diagram.essential),
    ):
        for dim, bars in bars_of.items():
            for part in _PARTS:
                value: Tensor = getattr(bars, part)
                tensors[f"{kind}/{dim}/{part}"] = value.detach().cpu().contiguous().clone()
    header = {
        "format": FORMAT,
        "components": diagram.components,
        "field": diagram.field,
        "dimensions": list(diagram.dimensions),
        "notes": dict(notes or {}),
    }
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={"cochain": json.dumps(header)})


def load(path: str | PathLike[str]) -> Diagram:
    """Read a diagram that `save` wrote.

    Raises:
        DataError: when there is no such file, or it is truncated, altered or something else.
    """
    header, tensors = _read(path)
    try:
        dimensions = [int(dim) for dim in header["dimensions"]]
        finite = {dim: Bars(*(tensors[f"finite/{dim}/{part}"] for part in _PARTS)) for dim in dimensions}
        essential = {dim: Bars(*(tensors[f"essential/{dim}/{part}"] for part in _PARTS)) for dim in dimensions}
        found = Diagram(finite, essential, int(header["components"]), int(header["field"]))
        for bars in (*finite.values(), *essential.values()):
            _check(bars, found.components)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise DataError(
            f"{path} should hold a valid diagram, but {error}; it was altered or written by something else"
        ) from error
    return found


def notes_of(path: str | PathLike[str]) -> dict[str, Any]:
    """Read what `save` was told about the diagram.

    Raises:
        DataError: as `load`.
    """
    notes = _read(path)[0].get("notes")
    return notes if isinstance(notes, dict) else {}


def _read(path: str | PathLike[str]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        raise DataError(f"{path} should be a file written by cochain.persistence.save, but there is no such file")
    try:
        with safe_open(str(path), framework="pt") as file:
            return _header(file.metadata()), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise DataError(
            f"{path} should be a diagram written by cochain.persistence.save, but cannot be read: {error}"
        ) from error


def _header(metadata: dict[str, str] | None) -> dict[str, Any]:
    header = json.loads((metadata or {}).get("cochain", "{}"))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError(f"its header does not say {FORMAT}")
    return header


def _check(bars: Bars, components: int) -> None:
    if bars.component.dtype != torch.int64 or bars.pairs.dtype != torch.int64 or not bars.births.is_floating_point():
        raise ValueError("its types are not those of bars")
    if len(bars) and (int(bars.component[0]) < 0 or int(bars.component[-1]) >= components):
        raise ValueError("a bar belongs to a component that is not there")
    if bool((bars.component.diff() < 0).any()):
        raise ValueError("its bars are not sorted by component")


def write_csv(diagram: Diagram, path: str | PathLike[str]) -> None:
    """Write every bar as a line, atomically: component, dimension, birth, death, and where both happen.

    A death that never comes is `inf`. The last two columns are the halves of `Bars.pairs`: a cell or a pixel, or the
    vertices of an edge or a simplex with spaces between; empty where nothing kills.
    """
    lines: list[list[Any]] = []
    for dim in diagram.dimensions:
        for bars in (diagram[dim], diagram.essential[dim]):
            half = bars.pairs.shape[1] // 2
            lines += [
                [component, dim, repr(birth), repr(death), _joined(where[:half]), _joined(where[half:])]
                for component, birth, death, where in zip(
                    bars.component.tolist(), bars.births.tolist(), bars.deaths.tolist(), bars.pairs.tolist(),
                    strict=True,
                )
            ]  # fmt: skip
    lines.sort(key=lambda line: line[:2])
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(lines)


def _joined(places: list[int]) -> str:
    return " ".join(str(place) for place in places if place >= 0)
