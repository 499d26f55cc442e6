"""Persistence of batches of graphs and of their clique complexes, with gradients."""

from collections.abc import Callable

import numpy as np

from benchmarks.harness import Case, Goal, peer_folder

Work = Callable[[], object]
Graphs = tuple[list[np.ndarray], np.ndarray]


def graphs(count: int, nodes: int, degree: float) -> Graphs:
    """Random graphs, each an array (2, edges), and one value per node of all of them."""
    rng = np.random.default_rng(0)
    edges = [np.stack(np.triu(rng.random((nodes, nodes)) < degree / nodes, 1).nonzero()) for _ in range(count)]
    return edges, rng.random(count * nodes).astype(np.float32)


def cochain_graphs(count: int, nodes: int, degree: float):  # type: ignore[no-untyped-def]
    """The graphs as one union, the values as a leaf; what is loaded and compiled is loaded and compiled."""
    import torch

    import cochain as cc

    edges, values = graphs(count, nodes, degree)
    triangle = cc.lift.clique(cc.Complex.graph([(0, 1), (1, 2), (0, 2)]))
    cc.persistence.sublevel(triangle, torch.rand(3, requires_grad=True)).essential[0].births.sum().backward()
    union = cc.Complex.union([cc.Complex.graph(one, nodes) for one in edges])
    return union, torch.from_numpy(values).requires_grad_()


def cochain_h0(count: int, nodes: int, degree: float) -> Work:
    """One call for all graphs."""
    from cochain.persistence import sublevel

    union, values = cochain_graphs(count, nodes, degree)

    def work() -> float:
        values.grad = None
        total = sublevel(union, values, dimensions=0)[0].lifetimes.sum()
        total.backward()
        return float(total.detach())

    return work


def gudhi_graphs(count: int, nodes: int, degree: float):  # type: ignore[no-untyped-def]
    """The edges of each graph, the values of all nodes, and the nodes of one graph as GUDHI takes them."""
    edges, values = graphs(count, nodes, degree)
    return edges, values, np.arange(nodes)[None]


def gudhi_h0(count: int, nodes: int, degree: float) -> Work:
    """A simplex tree for each graph, the values gathered at the nodes that it names."""
    import gudhi
    import torch

    edges, values, vertices = gudhi_graphs(count, nodes, degree)
    heights = torch.from_numpy(values).requires_grad_()

    def work() -> float:
        heights.grad = None
        found = []
        for k, ends in enumerate(edges):
            own = values[k * nodes : (k + 1) * nodes].astype(np.float64)
            tree = gudhi.SimplexTree()
            tree.insert_batch(vertices, own)
            tree.insert_batch(ends, own[ends].max(axis=0))
            tree.compute_persistence(homology_coeff_field=2)
            regular = tree.lower_star_persistence_generators()[0]
            if regular:
                found.append(regular[0] + k * nodes)
        points = heights[torch.from_numpy(np.concatenate(found))]
        total = (points[:, 1] - points[:, 0]).sum()
        total.backward()
        return float(total.detach())

    return work


def torch_ph_h0(count: int, nodes: int, degree: float) -> Work:
    """The extension of the authors of topological graph neural networks, compiled from its checkout."""
    import torch
    from torch.utils.cpp_extension import load

    folder = peer_folder("torch_ph") / "torch_persistent_homology"
    extension = load(
        "persistent_homology_cpu", [str(folder / "perisistent_homology_cpu.cpp")], extra_include_paths=[str(folder)],
        extra_cflags=["-O3"],
    )  # fmt: skip
    edges, values = graphs(count, nodes, degree)
    ends = torch.from_numpy(np.concatenate([one + k * nodes for k, one in enumerate(edges)], axis=1).T.copy())
    edge_slices = torch.from_numpy(np.cumsum([0, *(one.shape[1] for one in edges)]))
    node_slices = torch.arange(0, (count + 1) * nodes, nodes)
    heights = torch.from_numpy(values)[None].requires_grad_()

    def work() -> None:
        heights.grad = None
        of_edges = heights[0][ends].amax(dim=1)[None]
        found, _ = extension.compute_persistence_homology_batched_mt(heights, of_edges, ends, node_slices, edge_slices)
        (found[..., 1] - found[..., 0]).sum().backward()

    return work


def numba_h0(count: int, nodes: int, degree: float) -> Work:
    """A plain union-find over all edges, sorted at once: the pairs alone, without a diagram or gradients."""
    import numba

    @numba.njit
    def sweep(ends, order, values, parent, killer):  # type: ignore[no-untyped-def]
        for e in order:
            a, b = ends[0, e], ends[1, e]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if a != b:
                if values[a] < values[b]:
                    a, b = b, a
                parent[a] = b
                killer[a] = e

    edges, values = graphs(count, nodes, degree)
    ends = np.concatenate([one + k * nodes for k, one in enumerate(edges)], axis=1)
    sweep(ends[:, :0], np.zeros(0, np.int64), values, np.zeros(0, np.int64), np.zeros(0, np.int64))  # compiles

    def work() -> float:
        heights = values[ends].max(axis=0)
        killer = np.full(len(values), -1)
        sweep(ends, np.argsort(heights, kind="stable"), values, np.arange(len(values)), killer)
        born = np.flatnonzero(killer >= 0)
        return float((heights[killer[born]] - values[born]).sum())

    return work


def cochain_extended(count: int, nodes: int, degree: float) -> Work:
    """All four kinds of bars, one call for all graphs."""
    from cochain.persistence import extended

    union, values = cochain_graphs(count, nodes, degree)
    extended(union.select([0]), values[:nodes])

    def work() -> list[float]:
        values.grad = None
        found = extended(union, values)
        bars = [found.ordinary[0], found.relative[1], found.extended_plus[0], found.extended_minus[1]]
        totals = [one.lifetimes.sum() for one in bars]
        sum(totals).backward()
        return [float(total.detach()) for total in totals]

    return work


def gudhi_extended(count: int, nodes: int, degree: float) -> Work:
    """Values only: GUDHI does not say which cells bear and kill the extended bars."""
    import gudhi

    edges, values, vertices = gudhi_graphs(count, nodes, degree)

    def work() -> list[float]:
        totals = [0.0] * 4
        for k, ends in enumerate(edges):
            own = values[k * nodes : (k + 1) * nodes].astype(np.float64)
            tree = gudhi.SimplexTree()
            tree.insert_batch(vertices, own)
            tree.insert_batch(ends, own[ends].max(axis=0))
            tree.extend_filtration()
            for kind, found in enumerate(tree.extended_persistence()):
                totals[kind] += sum(abs(death - birth) for _, (birth, death) in found)
        return totals

    return work


def cochain_cliques(count: int, nodes: int, degree: float) -> Work:
    """Cliques are lifted beforehand: the time is that of persistence."""
    import cochain as cc
    from cochain.persistence import sublevel

    union, values = cochain_graphs(count, nodes, degree)
    complexes = cc.lift.clique(union, max_rank=2)

    def work() -> list[float]:
        values.grad = None
        found = sublevel(complexes, values, dimensions=(0, 1))
        totals = [found[dim].lifetimes.sum() for dim in (0, 1)]
        sum(totals).backward()
        return [float(total.detach()) for total in totals]

    return work


def gudhi_cliques(count: int, nodes: int, degree: float) -> Work:
    """The expansion of the graph to its triangles is part of GUDHI's filtration."""
    import gudhi
    import torch

    edges, values, vertices = gudhi_graphs(count, nodes, degree)
    heights = torch.from_numpy(values).requires_grad_()

    def work() -> list[float]:
        heights.grad = None
        found: list[list[np.ndarray]] = [[np.zeros((0, 2), np.int64)] for _ in range(2)]
        for k, ends in enumerate(edges):
            own = values[k * nodes : (k + 1) * nodes].astype(np.float64)
            tree = gudhi.SimplexTree()
            tree.insert_batch(vertices, own)
            tree.insert_batch(ends, own[ends].max(axis=0))
            tree.expansion(2)
            tree.compute_persistence(homology_coeff_field=2)
            for dim, pairs in enumerate(tree.lower_star_persistence_generators()[0][:2]):
                found[dim].append(np.asarray(pairs, np.int64).reshape(-1, 2) + k * nodes)
        points = [heights[torch.from_numpy(np.concatenate(pairs))] for pairs in found]
        totals = [(one[:, 1] - one[:, 0]).sum() for one in points]
        sum(totals).backward()
        return [float(total.detach()) for total in totals]

    return work


SMALL = {"count": 1_000, "nodes": 30, "degree": 4.0}
DENSE = {"count": 200, "nodes": 40, "degree": 10.0}

CASES = [
    Case(
        "graph_h0", "H0 of 1,000 graphs of 30 nodes by node values, with gradients", ours="cochain_h0",
        peers={"gudhi": "gudhi_h0", "torch_ph": "torch_ph_h0", "plain numba": "numba_h0"}, arguments=SMALL,
        goals={"gudhi": Goal(10.0, 1.0), "torch_ph": Goal(3.0, 1.0)}, seconds=0.005, rounds=15, agree=1e-4, quick=True,
    ),
    Case(
        "graph_extended", "extended persistence of 1,000 graphs of 30 nodes, with gradients", ours="cochain_extended",
        peers={"gudhi": "gudhi_extended"}, arguments=SMALL, goals={"gudhi": Goal(10.0, 1.0)}, seconds=0.015, rounds=9,
        agree=1e-4, quick=True,
    ),
    Case(
        "clique_h1", "H0 and H1 of the clique complexes of 200 graphs of 40 nodes, with gradients",
        ours="cochain_cliques", peers={"gudhi": "gudhi_cliques"}, arguments=DENSE, goals={"gudhi": Goal(3.0, 1.0)},
        rounds=7, agree=1e-4, quick=True,
    ),
]  # fmt: skip
