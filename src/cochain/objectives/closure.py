"""Simplicial closure: which three nodes that have met in pairs will all meet at once?"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ComplexError, ShapeError, SpecError
from cochain.kernels import gather_ranges
from cochain.lift import clique, closure, expand
from cochain.lift.memory import MAX_CELLS


@dataclass(frozen=True)
class OpenTriangles:
    """The open triangles of a hypergraph up to a time, and whether they close afterwards.

    Args:
        past: the hyperedges up to then.
        graph: their weighted projected graph: `graph[1].weight` counts the hyperedges that two nodes share.
        nodes: the triangles of the graph that no hyperedge of the past holds, nodes increasing.
        closes: whether a later hyperedge holds all three.
    """

    past: Complex
    graph: Complex
    nodes: Int[Tensor, "triangles 3"]
    closes: Bool[Tensor, "triangles"]

    @property
    def edges(self) -> Int[Tensor, "triangles 3"]:
        """The edges of each triangle in the graph: without its last, its middle and its first node."""
        pairs = [self.nodes[:, [0, 1]], self.nodes[:, [0, 2]], self.nodes[:, [1, 2]]]
        return torch.stack([self.graph.find(1, pair) for pair in pairs], dim=1)

    @property
    def weights(self) -> Float[Tensor, "triangles 3"]:
        """The weights of these edges."""
        return self.graph[1].weight.double()[self.edges]

    @property
    def rate(self) -> float:
        """The share of triangles that close: the average precision of a random order."""
        return float(self.closes.double().mean())


def open_triangles(
    complex: Complex, until: float = 0.8, upto: float = 1.0, max_triangles: int = MAX_CELLS
) -> OpenTriangles:
    r"""List the open triangles of the first part of a temporal hypergraph, and say which close in the next part.

    $$\{i, j, k\}: \quad W_{ij}, W_{ik}, W_{jk} > 0, \quad \{i, j, k\} \not\subseteq e \text{ for } t_e \le t^*; \qquad
      \text{closes where } \{i, j, k\} \subseteq e \text{ for some } t^* < t_e \le t^{**}$$

    Triangles come from the clique complex of the weighted projected graph, hyperedges with their subsets from the
    simplicial closure; both commute with relabelling.

    Args:
        complex: a hypergraph with `time` on its hyperedges.
        until: the share of hyperedges, in time, that are the past; $t^*$ is that quantile of the times.
        upto: the share where the future ends, $t^{**}$.
        max_triangles: triangles that are allowed, open and closed ones each.

    Raises:
        ComplexError: without times, or with more triangles than allowed.
        SpecError: when the shares are not in order.

    Cost:
        that of enumerating the triangles, and the subsets of three nodes of all hyperedges.

    Source:
        Benson, Abebe, Schaub, Jadbabaie, Kleinberg, 2018, "Simplicial closure and higher-order link prediction".
    """
    if not 0 < until < upto <= 1:
        raise SpecError(f"shares should be 0 < until < upto <= 1, but are {until} and {upto}")
    if complex.domain != "hypergraph" or "time" not in complex[1]:
        what = f"this {complex.domain} has none" if complex.domain == "hypergraph" else f"this is a {complex.domain}"
        raise ComplexError(
            f"closure is asked of a hypergraph with 'time' on its hyperedges, but {what}; "
            "add it with with_cochain(1, 'time', ...)"
        )
    time = complex[1].time.cpu().double().reshape(-1).numpy()
    middle, end = np.quantile(time, [until, upto]) if len(time) else (0.0, 0.0)
    past, future = (
        _kept(complex, torch.from_numpy(when)) for when in (time <= middle, (time > middle) & (time <= end))
    )
    graph = expand(past, features=None, max_cells=max_triangles)
    triangles = clique(graph, 2, features=None, max_cells=max_triangles).simplices(2)
    triangles = triangles[_found(past, triangles, max_triangles) < 0]
    return OpenTriangles(past, graph, triangles, _found(future, triangles, max_triangles) >= 0)


def relative_precision(scores: Float[Tensor, "triangles"], closes: Bool[Tensor, "triangles"]) -> float:
    """Give the area under the precision-recall curve (average precision) over that of a random order, which is 1.

    Triangles with one score count as one step of the curve, so that the order of the triangles does not matter.

    Raises:
        ShapeError: without a triangle that closes, or with scores that are not finite.
    """
    from sklearn.metrics import average_precision_score

    if not bool(closes.any()) or not bool(torch.isfinite(scores).all()):
        raise ShapeError("there should be a triangle that closes and finite scores, but there is none, or one is not")
    mantissa, exponent = np.frexp(scores.double().numpy())
    tied = np.ldexp(np.round(mantissa * 2.0**40), exponent)  # to 12 digits: what only rounding tells apart is tied
    return float(average_precision_score(closes.numpy(), tied) / closes.double().mean())


def _kept(complex_: Complex, chosen: Tensor) -> Complex:
    """Give the same nodes with some of the hyperedges."""
    kept = chosen.nonzero()[:, 0]
    members = complex_.faces(1, 0).pattern.to("cpu")
    items, bounds = gather_ranges(members.indptr, kept)
    owner = torch.repeat_interleave(torch.arange(len(kept)), bounds.diff())
    counts = complex_.offsets(0).diff().cpu().numpy()
    return Complex.hypergraph(torch.stack([members.indices[items].long(), owner]), num_nodes=counts)


def _found(complex_: Complex, triangles: Tensor, most: int) -> Tensor:
    """Give the place of each triangle in the simplicial closure, -1 where no hyperedge holds it."""
    return closure(complex_, 2, features=None, max_cells=most).find(2, triangles)
