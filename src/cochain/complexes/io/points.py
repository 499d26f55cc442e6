"""Clouds of points: arrays of numpy, tables with columns x, y and z, and plain lists of coordinates."""

from pathlib import Path

import numpy as np
import torch

from cochain.complexes.attributes import single
from cochain.complexes.cells import is_tensor_name
from cochain.complexes.complex import Complex
from cochain.complexes.files import replacing, write_text
from cochain.complexes.io.columns import split_header
from cochain.complexes.io.delimited import parse_table
from cochain.complexes.io.draft import Cell, Draft
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.lines import parse_lines
from cochain.complexes.io.naming import GRAPH_KEYS, NODE_KEYS, find_graphs
from cochain.complexes.io.outgoing import refuse_tensors
from cochain.complexes.io.to_tables import delimited, node_rows
from cochain.complexes.schema import Schema
from cochain.errors import ComplexError, DataError

POSITIONS = ("pos", "points", "xyz", "positions", "coordinates", "")
TABLES = (".csv", ".tsv")
_WHOLE = "whole."


def read(path: Path, limits: Limits) -> Complex | Draft:
    """Read clouds of points.

    .npz (or .npy): positions are the array pos, points or xyz, or the only one: (points, dimensions), or (clouds,
    points, dimensions); `counts` says how many points each cloud has. Other arrays are tensors of their names, on the
    points or, with one row for each cloud or called whole.name, on the whole.
    .csv and .tsv: columns x and y (and z), or those that end in :position; other columns as in any table, a column
    graph tells the cloud.
    .xyz and .pts: x y z on each line, further numbers are features; a first line with the count alone may stand there.

    Raises:
        DataError: when there are no positions, or a line or array does not fit.
    """
    suffix = path.suffix.lower()
    if suffix in (".npz", ".npy"):
        return _from_arrays(limits.read_npz(path), str(path))
    if suffix in TABLES:
        return _from_table(path, limits)
    return _from_lines(limits.read_bytes(path), str(path))


def _from_arrays(arrays: dict[str, np.ndarray], name: str) -> Complex:
    arrays = dict(arrays)
    key = next((each for each in POSITIONS if each in arrays), next(iter(arrays)) if len(arrays) == 1 else None)
    if key is None:
        held = ", ".join(repr(each) for each in arrays)[:80] or "nothing"
        raise DataError(f"{name} should hold positions as the array pos, but holds {held}; rename it")
    pos, counts = arrays.pop(key), arrays.pop("counts", None)
    if pos.ndim not in (2, 3) or pos.dtype.kind not in "fiu":
        raise DataError(
            f"{name}: '{key}' should be (points, dimensions) or (clouds, points, dimensions), but has shape "
            f"{pos.shape} and type {pos.dtype}"
        )
    if pos.ndim == 3 and counts is None:
        counts = np.full(len(pos), pos.shape[1])
        pos = pos.reshape(pos.shape[0] * pos.shape[1], pos.shape[2])
    found = Complex.points(torch.from_numpy(single(pos.astype(np.float64))), counts)
    for each, values in arrays.items():
        found = _with(found, each, values, name)
    return found


def _with(found: Complex, key: str, values: np.ndarray, where: str) -> Complex:
    """Add an array to the points or to the clouds, whichever it has the rows of."""
    rows = len(values) if values.ndim else -1
    on_whole = key.startswith(_WHOLE) or (rows == len(found) and rows != found.sizes[0])
    name = key.removeprefix(_WHOLE)
    size = len(found) if on_whole else found.sizes[0]
    if rows != size or not is_tensor_name(name):
        raise DataError(
            f"{where}: '{key:.40}' should be a name and have a row for each of the {found.sizes[0]} points or "
            f"{len(found)} clouds, but has shape {values.shape}; take it out of the file"
        )
    wide = values.dtype.kind == "u" and values.dtype.itemsize > 1
    kind = np.dtype(np.int64) if wide else values.dtype.newbyteorder("=")
    values = single(values) if kind.kind == "f" and kind.itemsize != 8 else values.astype(kind)
    return found.with_cochain("whole" if on_whole else 0, name, torch.from_numpy(values))


def _from_table(path: Path, limits: Limits) -> Draft:
    table = parse_table(limits.read_bytes(path), path, limits)
    graphs = find_graphs(None, [table])
    owner = graphs.of(table, table.rows)
    owner = np.zeros(table.rows, dtype=np.int64) if owner is None else owner
    order = np.argsort(owner, kind="stable").tolist()
    columns: dict[str, list[Cell]] = {
        name: [values[row] for row in order]
        for name, values in table.without(table.find(*GRAPH_KEYS), table.find(*NODE_KEYS)).items()
    }
    plain = {name.lower(): name for name, role in (split_header(each, table.name) for each in columns) if role is None}
    roles = {plain[axis]: "position" for axis in "xyz" if axis in plain}
    stated = any(split_header(each, table.name)[1] == "position" for each in columns)
    if not stated and not {"x", "y"} <= plain.keys():
        shown = ", ".join(table.header)[:80]
        raise DataError(f"{path}, line 1: should name columns x, y and z, but names {shown!r}; rename them")
    bare = Complex.points(torch.zeros(table.rows, 0), np.bincount(owner, minlength=len(graphs.names)))
    return Draft(bare, {0: columns}, roles={0: roles if not stated else {}}, origin={0: str(path)})


def _from_lines(data: bytes, name: str) -> Complex:
    lines = parse_lines(data, name, separators=b",;", remedy="every line should be x y z, perhaps with more numbers")
    rows = np.flatnonzero(lines.lengths)
    if len(rows) > 1 and lines.lengths[rows[0]] == 1:
        if lines.values[0] != len(rows) - 1:
            raise lines.broken(
                rows[0], f"the count should be {len(rows) - 1}, as lines follow", f"is {lines.values[0]}"
            )
        rows = rows[1:]
    lengths = lines.lengths[rows]
    wrong = np.flatnonzero((lengths < 2) | (lengths != lengths[:1]))
    if len(wrong):
        raise lines.broken(rows[wrong[0]], f"should have {max(lengths[0], 3)} numbers", f"has {lengths[wrong[0]]}")
    width = int(lengths[0]) if len(rows) else 3
    table = torch.from_numpy(lines.values[lines.offsets[rows][:, None] + np.arange(width)].astype(np.float32))
    found = Complex.points(table[:, :3])
    if width <= 3:
        return found
    names = tuple(f"column {k + 1}" for k in range(3, width))
    return found.with_cochain(0, "x", table[:, 3:]).with_schema(Schema(features={0: names}))


def write(complex_: Complex, path: Path) -> None:
    """Write clouds of points: .npz holds every tensor, .csv and .tsv what tables hold, .xyz and .pts positions alone.

    Raises:
        ComplexError: for other domains, and for what the format cannot hold.
    """
    suffix = path.suffix.lower()
    if complex_.domain != "points" or "pos" not in complex_[0]:
        raise ComplexError(f"a file of points should hold points with positions, but is given a {complex_.domain}")
    if suffix == ".npz":
        _write_arrays(complex_, path)
        return
    kind = f"a {suffix} file of points"
    refuse_tensors(complex_, ["whole"], kind)
    if len(complex_) > 1 and bool((complex_.offsets(0).diff() == 0).any()):
        raise ComplexError(f"{kind} should hold every cloud, but one has no points; write to .npz")
    if suffix in TABLES:
        write_text(path, delimited(node_rows(complex_, kind), suffix))
        return
    if len(complex_) != 1 or complex_[0].keys() != ["pos"] or complex_[0].pos.shape[1] != 3:
        raise ComplexError(f"{kind} should hold one cloud in three dimensions and nothing else; write to .npz or .csv")
    rows = complex_[0].pos.detach().cpu().numpy()
    write_text(path, "".join(" ".join(map(str, row)) + "\n" for row in rows))


def _write_arrays(complex_: Complex, path: Path) -> None:
    arrays = {name: complex_[0][name].detach().cpu().numpy() for name in complex_[0].keys()}  # noqa: SIM118
    arrays |= {_WHOLE + name: complex_.whole[name].detach().cpu().numpy() for name in complex_.whole.keys()}  # noqa: SIM118
    arrays["counts"] = complex_.offsets(0).diff().cpu().numpy()
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
