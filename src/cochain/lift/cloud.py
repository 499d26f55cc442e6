"""Points with positions, as the neighbour searches read them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.build import signed_edges
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, ShapeError

Floats = npt.NDArray[np.floating[Any]]
Index = npt.NDArray[np.integer[Any]]


def cloud(points: Complex | Tensor, lift: str) -> tuple[Complex, Floats, Index | None]:
    """Give points as a complex, their positions in float64 and the component of each, None where there is one only."""
    c = points if isinstance(points, Complex) else Complex.points(points)
    if "pos" not in c[0]:
        raise ComplexError(
            f"{lift} should read positions in c[0].pos, but there are none; build with Complex.points(pos)"
        )
    pos = c[0].pos.detach().cpu().to(torch.float64)
    if pos.ndim != 2 or pos.shape[1] < 1:
        raise ShapeError(
            f"pos should be (points, dimensions) with a dimension at least, but has shape {tuple(pos.shape)}"
        )
    wrong = torch.nonzero(~torch.isfinite(pos).all(dim=1))
    if len(wrong):
        raise ComplexError(f"positions should be finite, but that of point {int(wrong[0])} is not; clean or impute it")
    return c, pos.numpy(), c.component_of(0).cpu().numpy() if len(c) > 1 else None


def graph_on(offsets: Tensor, pairs: Index) -> Structure:
    """Give the graph of edges in lexicographic order, low < high, on nodes with the given offsets of components."""
    nodes = int(offsets[-1])
    low, high = pairs[:, 0], pairs[:, 1]
    edges = offsets_of(np.diff(np.searchsorted(low, offsets.numpy())))
    faces = signed_edges(low, high, np.full(len(low), -1, np.int8), nodes)
    return Structure("graph", (nodes, len(low)), [offsets, edges], {(1, 0): faces})
