"""Equivariant polynomials of a matrix: one for every multigraph with some of its nodes marked."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError

Edges = tuple[tuple[int, int], ...]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def graph_polynomial(
    matrix: Float[Tensor, "*batch size size"], edges: Sequence[tuple[int, int]], marked: Sequence[int] = ()
) -> Float[Tensor, "..."]:
    r"""Evaluate the polynomial of a multigraph H: sums over all its nodes that are not marked.

    $$P_H(A)_{j_{m_1} \dots j_{m_q}} = \sum_{j_u, \, u \notin m} \; \prod_{(u, v) \in E(H)} A_{j_u j_v}$$

    For the adjacency of a graph it counts the homomorphisms from H that send the marked nodes to given ones. Every
    polynomial that commutes with relabelling is a combination of these, their degree being the number of edges.

    Args:
        matrix: A, or a batch of matrices.
        edges: of H, directed where A is not symmetric; a repeated one counts again, a loop (u, u) reads the diagonal.
            Nodes are 0, 1, ... up to the largest that occurs here or in `marked`.
        marked: different nodes of H, which are not summed over, in the order of the answer's axes.

    Returns:
        One axis of `size` for every marked node, after the axes of the batch.

    Raises:
        ShapeError: when a node is negative or marked twice.

    Cost:
        $O(size^{w + 1})$ time for each node, $O(size^w)$ memory, with w from `contraction`.

    Source:
        Puny, Lim, Kiani, Maron, Lipman, 2023, "Equivariant Polynomials for Graph Neural Networks".
    """
    graph, ends = tuple((int(u), int(v)) for u, v in edges), tuple(int(m) for m in marked)
    order, _ = contraction(graph, ends)
    factors: dict[tuple[int, ...], Tensor] = {(): matrix.new_ones(matrix.shape[:-2])}
    for u, v in graph:
        factor = matrix.diagonal(dim1=-2, dim2=-1) if u == v else matrix if u < v else matrix.mT
        _multiply_into(factors, tuple(sorted({u, v})), factor)
    for node in set(range(_count(graph, ends))) - {node for edge in graph for node in edge}:
        factors[(node,)] = matrix.new_ones(matrix.shape[-1])
    for node in order:
        mine = {nodes: factors.pop(nodes) for nodes in [*factors] if node in nodes}
        left = tuple(sorted({other for nodes in mine for other in nodes} - {node}))
        _multiply_into(factors, left, _einsum(mine, left))
    return _einsum(factors, ends)


def _multiply_into(factors: dict[tuple[int, ...], Tensor], nodes: tuple[int, ...], factor: Tensor) -> None:
    """Multiply factors of the same nodes entry by entry at once, so that no product of both has more axes."""
    factors[nodes] = factors[nodes] * factor if nodes in factors else factor


@lru_cache(maxsize=256)
def contraction(edges: Edges, marked: tuple[int, ...] = ()) -> tuple[tuple[int, ...], int]:
    """Find the order of summing over the nodes of H that are not marked whose largest intermediate has fewest axes.

    Args:
        edges: of H.
        marked: nodes that are kept.

    Returns:
        The order, and the width w: the most axes of a result in between, or of the answer. A network that keeps numbers
        on pairs of nodes and multiplies matrices can compute the polynomial exactly when w is at most 2.

    Cost:
        exponential in the nodes that are not marked: for the small H that one writes down.
    """
    if len(set(marked)) < len(marked) or any(node < 0 for node in (*marked, *(n for edge in edges for n in edge))):
        raise ShapeError(f"nodes should be numbers from 0, none of them marked twice, but are {edges} and {marked}")
    free = frozenset(range(_count(edges, marked))) - set(marked)
    near = {node: frozenset[int]() for node in range(_count(edges, marked))}
    for u, v in edges:
        near[u] |= {v} - {u}
        near[v] |= {u} - {v}

    @cache
    def best(left: frozenset[int]) -> tuple[int, tuple[int, ...]]:
        """Give the width and the order of what remains."""
        found: tuple[int, tuple[int, ...]] = (len(marked), ())
        for node in sorted(left):
            width, order = best(left - {node})
            axes = len(_reach(node, near, free - left))
            option = (max(width, axes), (node, *order))
            found = option if not found[1] else min(found, option)
        return found

    width, order = best(free)
    return order, width


def _reach(node: int, near: dict[int, frozenset[int]], gone: frozenset[int]) -> set[int]:
    """Give the nodes that a node shares a factor with, once those in `gone` are summed over."""
    seen, stack, found = {node}, [node], set()
    while stack:
        for other in near[stack.pop()] - seen:
            seen.add(other)
            if other in gone:
                stack.append(other)
            else:
                found.add(other)
    return found


def _count(edges: Edges, marked: tuple[int, ...]) -> int:
    return 1 + max((*marked, *(node for edge in edges for node in edge)), default=-1)


def _einsum(factors: Mapping[tuple[int, ...], Tensor], out: tuple[int, ...]) -> Tensor:
    """Multiply factors with named axes, those of few axes first, and sum over the axes that `out` does not name."""
    names = dict(zip(sorted({node for nodes in factors for node in nodes} | {*out}), _LETTERS, strict=False))
    few = sorted(factors, key=len)
    terms = ",".join("..." + "".join(names[node] for node in nodes) for nodes in few)
    answer = "".join(names[node] for node in out)
    return torch.einsum(f"{terms}->...{answer}", *(factors[nodes] for nodes in few))
