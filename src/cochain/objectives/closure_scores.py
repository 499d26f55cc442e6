"""Scores of open triangles: the baselines of simplicial closure."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from math import inf

import numpy as np
import scipy.sparse as sp
import torch
from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.scipy import to_scipy
from cochain.errors import ShapeError, unknown_name
from cochain.lift import closure
from cochain.objectives.closure import OpenTriangles, open_triangles, relative_precision

BLOCK = 1 << 15
"""Triangles whose common neighbours are counted at a time."""


def generalized_mean(weights: Float[Tensor, "triangles 3"], p: float) -> Float[Tensor, "triangles"]:
    r"""Give $\big(\tfrac{1}{3} \sum_e w_e^p\big)^{1/p}$: harmonic for -1, geometric for 0, arithmetic for 1.

    It rises with p, from the least weight (-inf) to the largest (inf).

    Raises:
        ShapeError: when a weight is not above 0.
    """
    if bool((weights <= 0).any()):
        raise ShapeError("weights of edges should be above 0, but some are not; take the projected graph's")
    if p in (inf, -inf):
        return weights.amax(dim=1) if p > 0 else weights.amin(dim=1)
    weights = weights.sort(dim=1)[0]  # so that the order of the edges does not matter, not even by rounding
    if p == 0:
        return weights.prod(dim=1).pow(1 / 3)
    return weights.pow(p).mean(dim=1).pow(1 / p)


def score_triangles(task: OpenTriangles, names: Iterable[str] | None = None) -> dict[str, Float[Tensor, "triangles"]]:
    """Score the triangles by name; by default by all of `SCORES` but `COSTLY`.

    Raises:
        UnknownNameError: with the nearest name that there is.
    """
    chosen = [name for name in SCORES if name not in COSTLY] if names is None else list(names)
    for name in chosen:
        if name not in SCORES:
            raise unknown_name("score of triangles", name, SCORES)
    return {name: SCORES[name](task) for name in chosen}


def compare_scores(complex: Complex, names: Iterable[str] | None = None, learned: bool = True) -> dict[str, float]:
    """Give the average precision of each score relative to a random order, on the last fifth of the time.

    Args:
        complex: a hypergraph with `time` on its hyperedges.
        names: keys of `SCORES`; by default all but `COSTLY`.
        learned: add a logistic regression, fitted on what the first 60% of the time left open and the next 20% closed.
    """
    task = open_triangles(complex)
    scores: Mapping[str, Tensor] = score_triangles(task, names)
    if learned:
        scores = {**scores, "logistic_regression": learn_scores(open_triangles(complex, 0.6, 0.8), task)}
    return {name: relative_precision(each, task.closes) for name, each in scores.items()}


def learn_scores(earlier: OpenTriangles, task: OpenTriangles) -> Float[Tensor, "triangles"]:
    """Give the chance that each triangle closes, by a logistic regression on local features of earlier triangles.

    Weights, degrees, numbers of hyperedges and of common neighbours, and their logarithms; those of the three nodes, or
    edges, are sorted within a triangle, so that its nodes' numbers do not matter.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(_local_features(earlier), earlier.closes.numpy())
    return torch.from_numpy(model.predict_proba(_local_features(task))[:, 1])


def _local_features(task: OpenTriangles) -> np.ndarray:
    degrees, hyperedges = (each[task.nodes.numpy()] for each in (_degrees(task), _hyperedges(task)))
    pairs = [_common(task, list(ends)) for ends in ((0, 1), (0, 2), (1, 2))]
    several = [task.weights.numpy(), degrees, hyperedges, np.stack(pairs, axis=1)]
    columns = np.concatenate([np.sort(each, axis=1) for each in several] + [_common(task, [0, 1, 2])[:, None]], axis=1)
    return np.concatenate([columns, np.log1p(columns)], axis=1)


def _adjacency(task: OpenTriangles, weighted: bool = False) -> sp.csr_array:
    found = sp.csr_array(to_scipy(task.graph), dtype=np.float64)
    if not weighted:
        found.data[:] = 1.0
    return found


def _degrees(task: OpenTriangles) -> np.ndarray:
    lengths: np.ndarray = np.diff(_adjacency(task).indptr)
    return lengths.astype(np.float64)


def _hyperedges(task: OpenTriangles) -> np.ndarray:
    counts: np.ndarray = task.past.faces(1, 0).T.pattern.degrees.numpy()
    return counts.astype(np.float64)


def _common(task: OpenTriangles, which: list[int], value: np.ndarray | None = None) -> np.ndarray:
    """Add up a value, by default 1, over the neighbours that some of a triangle's nodes have in common."""
    near, nodes = _adjacency(task), task.nodes.numpy()
    value = np.ones(near.shape[0]) if value is None else value
    out = np.zeros(len(nodes))
    for begin in range(0, len(nodes), BLOCK):  # whole rows are multiplied, so a block bounds the memory
        block = nodes[begin : begin + BLOCK]
        met = near[block[:, which[0]]]
        for place in which[1:]:
            met = met.multiply(near[block[:, place]])
        out[begin : begin + BLOCK] = sp.csr_array(met) @ value
    return out


def _mean(task: OpenTriangles, p: float) -> Tensor:
    return generalized_mean(task.weights, p)


def _common_neighbors(task: OpenTriangles) -> Tensor:
    return torch.from_numpy(_common(task, [0, 1, 2]))


def _jaccard(task: OpenTriangles) -> Tensor:
    """Common neighbours of all three over neighbours of any, which the edges make at least three."""
    three = _common(task, [0, 1, 2])
    pairs = sum(_common(task, list(ends)) for ends in ((0, 1), (0, 2), (1, 2)))
    return torch.from_numpy(three / (_degrees(task)[task.nodes.numpy()].sum(axis=1) - pairs + three))


def _adamic_adar(task: OpenTriangles) -> Tensor:
    """The sum of 1 / log(degree) over common neighbours, whose degrees are at least 3."""
    return torch.from_numpy(_common(task, [0, 1, 2], 1 / np.log(np.maximum(_degrees(task), 2.0))))


def _attachment(task: OpenTriangles, by_hyperedges: bool) -> Tensor:
    each = _hyperedges(task) if by_hyperedges else _degrees(task)
    return torch.from_numpy(each[task.nodes.numpy()].prod(axis=1))


def _katz(task: OpenTriangles, weighted: bool) -> Tensor:
    r"""Sum $(I - \beta W)^{-1} - I$ over the ordered pairs of nodes, $\beta = \min(1/4 \|W\|_2, 1/2)$."""
    near = _adjacency(task, weighted)
    largest = _largest_eigenvalue(near)
    beta = min(0.25 / largest, 0.5) if largest else 0.5
    inverse = _inverse(sp.csr_array(sp.eye_array(near.shape[0]) - beta * near))
    return _over_pairs(task, inverse)


def _pagerank(task: OpenTriangles, weighted: bool, damping: float = 0.85) -> Tensor:
    r"""Sum $(1 - \alpha) (I - \alpha W D^{-1})^{-1}$ over the ordered pairs of nodes.

    The inverse is taken of the symmetric $I - \alpha D^{-1/2} W D^{-1/2}$, from which it differs by the scaling of rows
    and columns.
    """
    near = _adjacency(task, weighted)
    root = np.sqrt(np.maximum(near.sum(axis=1), 1.0))
    scaled = sp.diags_array(1 / root) @ near @ sp.diags_array(1 / root)
    inverse = _inverse(sp.csr_array(sp.eye_array(len(root)) - damping * scaled))
    return _over_pairs(task, sp.csr_array(sp.diags_array(root) @ inverse @ sp.diags_array(1 / root))) * (1 - damping)


def _simplicial_pagerank(task: OpenTriangles, damping: float = 0.85) -> Tensor:
    r"""Sum the sizes of $(1 - \alpha) ((1/\alpha - 1) I + L_1 D^{-1})^{-1}$ over the ordered pairs of edges.

    $L_1$ of the simplicial closure of the past; $D_e$ adds up the triangles of e and the degrees of its nodes. Taken of
    the symmetric $(1/\alpha - 1) D + L_1$, whose entries where two edges share a node are kept though they may be 0.
    """
    whole = closure(task.past, 2, features=None)
    nodes, triangles = (whole.incidence(low, high).to_scipy().astype(np.float64) for low, high in ((0, 1), (1, 2)))
    sides = abs(nodes)
    scale = sides.T @ sides.sum(axis=1) + abs(triangles).sum(axis=1)
    lower, upper = sp.coo_array(nodes.T @ nodes), sp.coo_array(triangles @ triangles.T)
    loops = sp.coo_array(sp.diags_array((1 / damping - 1) * scale))
    near = sp.coo_array(sides.T @ sides)
    rows, columns = (np.concatenate([each.coords[axis] for each in (lower, upper, loops, near)]) for axis in (0, 1))
    data = np.concatenate([lower.data, upper.data, loops.data, np.zeros(near.nnz)])
    inverse = _inverse(sp.csr_array(sp.coo_array((data, (rows, columns)), shape=near.shape)))
    place = whole.find(1, task.graph.simplices(1)).numpy()[task.edges.numpy()]
    first, second = place[:, [0, 0, 1, 1, 2, 2]], place[:, [1, 2, 0, 2, 0, 1]]
    entries = np.abs(np.asarray(inverse[first.reshape(-1), second.reshape(-1)])).reshape(-1, 6)
    return torch.from_numpy((entries * scale[first]).sum(axis=1) * (1 - damping))


def _over_pairs(task: OpenTriangles, matrix: sp.csr_array) -> Tensor:
    first, second = task.nodes.numpy()[:, [0, 0, 1]], task.nodes.numpy()[:, [1, 2, 2]]
    both = sp.csr_array(matrix + matrix.T)
    return torch.from_numpy(np.asarray(both[first.reshape(-1), second.reshape(-1)]).reshape(-1, 3).sum(axis=1))


def _inverse(matrix: sp.csr_array) -> sp.csr_array:
    from cochain.kernels.selected_inverse import inverse_entries  # imports numba

    return inverse_entries(matrix)


def _largest_eigenvalue(near: sp.csr_array) -> float:
    """Give the spectral norm of a symmetric matrix."""
    if near.shape[0] < 3:
        return float(np.abs(np.linalg.eigvalsh(near.toarray())).max(initial=0.0))
    start = np.ones(near.shape[0])
    return float(abs(sp.linalg.eigsh(near, k=1, which="LM", v0=start, return_eigenvectors=False)[0]))


SCORES: dict[str, Callable[[OpenTriangles], Tensor]] = {
    "harmonic_mean": partial(_mean, p=-1),
    "geometric_mean": partial(_mean, p=0),
    "arithmetic_mean": partial(_mean, p=1),
    "common_neighbors": _common_neighbors,
    "jaccard": _jaccard,
    "adamic_adar": _adamic_adar,
    "preferential_attachment": partial(_attachment, by_hyperedges=False),
    "simplicial_attachment": partial(_attachment, by_hyperedges=True),
    "katz": partial(_katz, weighted=False),
    "weighted_katz": partial(_katz, weighted=True),
    "pagerank": partial(_pagerank, weighted=False),
    "weighted_pagerank": partial(_pagerank, weighted=True),
    "simplicial_pagerank": _simplicial_pagerank,
}
"""Scores by name: functions from `OpenTriangles` to one number for each triangle."""

COSTLY = ("simplicial_pagerank",)
"""Scores that factor a matrix of edges by edges, nearly dense on social networks: a minute for 5,000 edges."""
