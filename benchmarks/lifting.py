"""From graphs to complexes: cliques and rings with their operators, and batches of what was lifted.

Every side answers with counts, cells of each rank and nonzeros of each Laplacian, so that the table shows that both
found the same. The molecules are drawn with rings that share no edge, where a cycle basis and the chordless cycles are
the same set: TopoBenchmark lifts the one, cwn and we the other.
"""

from collections.abc import Callable, Iterable
from math import pi
from typing import Any

from benchmarks.harness import Case, Goal
from benchmarks.peer_cwn import cwn_modules, ring_complexes
from benchmarks.peer_topobenchmark import cycle_lifting

NODES = 20_000
LARGEST_RING = 6
BATCH = 128
BATCHES = 20
CHANNELS = 8


def geometric() -> Any:
    """Draw the random geometric graph of 20,000 nodes and 99,185 edges, (2, edges)."""
    import networkx as nx
    import numpy as np

    return np.array(nx.random_geometric_graph(NODES, (10 / (pi * NODES)) ** 0.5, seed=0).edges).T


def cochain_clique(rank: int) -> Callable[[], list[int]]:
    """Prepare our lift with all incidences and Laplacians."""
    import cochain as cc

    edges = geometric()

    def work() -> list[int]:
        lifted = cc.lift.clique(cc.Complex.graph(edges, NODES), rank)
        boundaries = [lifted.boundary(k) for k in range(1, rank + 1)]
        laplacians = [lifted.laplacian(k) for k in range(rank + 1)]
        return [*lifted.sizes, *(b.nnz for b in boundaries), *(one.nnz for one in laplacians)]

    return work


def toponetx_clique(rank: int) -> Callable[[], list[int]]:
    """Prepare TopoNetX's clique complex, with the same matrices by its own methods."""
    import networkx as nx
    from toponetx.transform.graph_to_simplicial_complex import graph_to_clique_complex

    graph = nx.Graph(geometric().T.tolist())
    graph.add_nodes_from(range(NODES))

    def work() -> list[int]:
        lifted = graph_to_clique_complex(graph, max_rank=rank)
        boundaries = [lifted.incidence_matrix(k) for k in range(1, rank + 1)]
        laplacians = [lifted.hodge_laplacian_matrix(k) for k in range(rank + 1)]
        return [*lifted.shape, *(b.nnz for b in boundaries), *(int(one.count_nonzero()) for one in laplacians)]

    return work


def gudhi_clique(rank: int) -> Callable[[], list[int]]:
    """Prepare GUDHI's simplex tree, taken to arrays, faces found by packed keys, products by scipy."""
    import gudhi
    import numpy as np
    import scipy.sparse as sp

    edges = geometric()

    def faces(cells: Any, below: Any) -> Any:
        width = cells.shape[1]
        powers = NODES ** np.arange(width - 1, dtype=np.int64)[::-1]
        keys = below @ powers
        order = np.argsort(keys)
        at = [order[np.searchsorted(keys, np.delete(cells, i, 1) @ powers, sorter=order)] for i in range(width)]
        signs = np.tile([(-1.0) ** i for i in range(width)], len(cells))
        places = np.arange(len(cells) + 1) * width
        return sp.csr_array((signs, np.stack(at, 1).reshape(-1), places), shape=(len(cells), len(below)))

    def work() -> list[int]:
        tree = gudhi.SimplexTree()
        tree.insert_batch(np.arange(NODES)[None], np.zeros(NODES))
        tree.insert_batch(edges, np.zeros(edges.shape[1]))
        tree.expansion(rank)
        found: list[list[Any]] = [[] for _ in range(rank + 1)]
        for simplex, _ in tree.get_simplices():
            found[len(simplex) - 1].append(simplex)
        cells = [np.array(each, dtype=np.int64).reshape(len(each), k + 1) for k, each in enumerate(found)]
        up = [faces(cells[k], cells[k - 1]) for k in range(1, rank + 1)]
        boundaries = [one.T.tocsr() for one in up]
        laplacians = []
        for k in range(rank + 1):
            down = up[k - 1] @ up[k - 1].T if k else 0
            above = up[k].T @ up[k] if k < rank else 0
            laplacians.append(sp.csr_array(down + above))
        sizes = [len(each) for each in cells]
        return [*sizes, *(b.nnz for b in boundaries), *(int(one.count_nonzero()) for one in laplacians)]

    return work


def molecules(count: int) -> list[tuple[int, Any]]:
    """Draw graphs like molecules: rings of five or six nodes in a tree of bonds, with chains; no two share an edge."""
    import numpy as np

    generator = np.random.default_rng(0)
    out = []
    for _ in range(count):
        edges: list[tuple[int, int]] = []
        nodes = 1
        for _ in range(int(generator.integers(1, 4))):
            ring = [int(generator.integers(nodes)), *range(nodes, nodes + int(generator.integers(4, 6)))]
            edges += [(a, b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]
            nodes = ring[-1] + 1
        for _ in range(int(generator.integers(5, 15))):
            edges.append((int(generator.integers(nodes)), nodes))
            nodes += 1
        out.append((nodes, np.array(edges).T))
    return out


def union_of(graphs: list[tuple[int, Any]]) -> Any:
    """Join the molecules, with features on the nodes."""
    import numpy as np
    import torch

    import cochain as cc

    counts = [nodes for nodes, _ in graphs]
    starts = np.cumsum([0, *counts[:-1]])
    edges = np.concatenate([ends + start for (_, ends), start in zip(graphs, starts, strict=True)], axis=1)
    complex_ = cc.Complex.graph(edges, counts).with_cochain(0, "x", torch.ones(sum(counts), CHANNELS))
    return complex_.with_cochain("whole", "y", torch.zeros(len(counts), dtype=torch.int64))


def pyg_graphs(graphs: list[tuple[int, Any]]) -> list[Any]:
    """Give the molecules as torch_geometric keeps them."""
    import numpy as np
    import torch
    from torch_geometric.data import Data

    out = []
    for nodes, ends in graphs:
        both = np.concatenate([ends, ends[::-1]], axis=1)
        edges = torch.from_numpy(both[:, np.lexsort((both[1], both[0]))])
        out.append(Data(x=torch.ones(nodes, CHANNELS), edge_index=edges, y=torch.zeros(1, dtype=torch.int64)))
    return out


def cochain_rings(count: int) -> Callable[[], list[int]]:
    """Prepare our lift of all molecules at once, from their edges."""
    import cochain as cc

    graphs = molecules(count)

    def work() -> list[int]:
        lifted = cc.lift.cycles(union_of(graphs), LARGEST_RING, features="sum")
        return [*lifted.sizes, lifted.boundary(1).nnz, lifted.boundary(2).nnz]

    return work


def cwn_rings(count: int) -> Callable[[], list[int]]:
    """Prepare cwn's lift, graph by graph."""
    graphs = pyg_graphs(molecules(count))
    cwn_modules()

    def work() -> list[int]:
        complexes = ring_complexes(graphs, LARGEST_RING)
        cochains = [[c.cochains[k] for c in complexes if k in c.cochains] for k in range(3)]
        sizes = [sum(each.num_cells for each in one) for one in cochains]
        boundaries = [sum(each.boundary_index.shape[1] for each in one) for one in cochains[1:]]
        return [*sizes, *boundaries]

    return work


def toponetx_rings(count: int) -> Callable[[], list[int]]:
    """Prepare TopoNetX's cell complexes of a cycle basis, with their incidences."""
    import networkx as nx
    from toponetx.classes import CellComplex

    graphs = molecules(count)

    def work() -> list[int]:
        sizes, boundaries = [0, 0, 0], [0, 0]
        for nodes, ends in graphs:
            graph = nx.Graph(ends.T.tolist())
            graph.add_nodes_from(range(nodes))
            lifted = CellComplex(graph)
            rings = [ring for ring in nx.cycle_basis(graph) if len(ring) <= LARGEST_RING]
            lifted.add_cells_from(rings, rank=2)
            sizes = [a + b for a, b in zip(sizes, lifted.shape, strict=True)]
            boundaries = [n + lifted.incidence_matrix(k + 1).nnz for k, n in enumerate(boundaries)]
        return [*sizes, *boundaries]

    return work


def topobenchmark_rings(count: int) -> Callable[[], list[int]]:
    """Prepare TopoBenchmark's cycle lifting, graph by graph, with all matrices that it always builds."""
    graphs = pyg_graphs(molecules(count))
    lift = cycle_lifting(LARGEST_RING)

    def work() -> list[int]:
        sizes, boundaries = [0, 0, 0], [0, 0]
        for graph in graphs:
            lifted = lift(graph.clone())
            sizes = [a + b for a, b in zip(sizes, lifted["shape"], strict=True)]
            found = [lifted[f"incidence_{k}"].coalesce().values().count_nonzero() for k in (1, 2)]
            boundaries = [n + int(m) for n, m in zip(boundaries, found, strict=True)]
        return [int(n) for n in (*sizes, *boundaries)]

    return work


def drawn(count: int) -> list[Any]:
    """Draw the numbers of the molecules of each batch."""
    import torch

    generator = torch.Generator().manual_seed(0)
    return [torch.randperm(count, generator=generator)[:BATCH] for _ in range(BATCHES)]


def cochain_batch(count: int) -> Callable[[], list[int]]:
    """Prepare batches selected from a lifted union whose operators were derived once."""
    import cochain as cc
    from cochain.nn import faces, upper

    lifted = cc.lift.cycles(union_of(molecules(count)), LARGEST_RING, features="sum")
    symbols = [upper(0).triples, faces(1), upper(1).triples, faces(2)]
    for symbol in symbols:
        lifted.resolve(symbol)
    draws = drawn(count)

    def batch(chosen: Any) -> list[int]:
        part = lifted.select(chosen)
        operators = [part.resolve(symbol) for symbol in symbols]
        return [*(len(part[k].x) for k in range(3)), *(each.nnz for each in operators), len(part.whole.y)]

    return lambda: sum_up(batch(chosen) for chosen in draws)


def pyg_batch(count: int) -> Callable[[], list[int]]:
    """Prepare torch_geometric's collation of the plain graphs: no rings, no adjacencies of edges."""
    from torch_geometric.data import Batch

    graphs = pyg_graphs(molecules(count))
    draws = [[graphs[k] for k in chosen.tolist()] for chosen in drawn(count)]

    def batch(chosen: list[Any]) -> list[int]:
        part = Batch.from_data_list(chosen)
        return [part.num_nodes, part.num_edges]

    return lambda: sum_up(batch(chosen) for chosen in draws)


def cwn_batch(count: int) -> Callable[[], list[int]]:
    """Prepare cwn's collation of its lifted complexes."""
    complex_, _, _ = cwn_modules()
    complexes = ring_complexes(pyg_graphs(molecules(count)), LARGEST_RING)
    draws = [[complexes[k] for k in chosen.tolist()] for chosen in drawn(count)]

    def batch(chosen: list[Any]) -> list[int]:
        part = complex_.ComplexBatch.from_complex_list(chosen, max_dim=2)
        cells = [part.cochains[k] for k in range(3)]
        entries = [cells[0].upper_index, cells[1].boundary_index, cells[1].upper_index, cells[2].boundary_index]
        return [*(len(each.x) for each in cells), *(each.shape[1] for each in entries), len(part.y)]

    return lambda: sum_up(batch(chosen) for chosen in draws)


def sum_up(counts: Iterable[list[int]]) -> list[int]:
    """Add the counts of all batches."""
    return [sum(each) for each in zip(*counts, strict=True)]


CASES = [
    Case(
        f"cliques_{rank}",
        f"cliques to rank {rank}, incidences, Hodge Laplacians; 20,000 nodes, 99,185 edges",
        ours="cochain_clique",
        peers={"toponetx": "toponetx_clique", "gudhi": "gudhi_clique"},
        arguments={"rank": rank},
        goals={"toponetx": Goal(ratio=150.0), "gudhi": Goal(ratio=8.0)},
        agree=0.0,
        quick=False,
    )
    for rank in (2, 3)
] + [
    Case(
        "rings",
        "rings up to 6 of 1,000 molecules, with incidences",
        ours="cochain_rings",
        peers={"topobenchmark": "topobenchmark_rings", "toponetx": "toponetx_rings", "cwn": "cwn_rings"},
        arguments={"count": 1000},
        goals={"topobenchmark": Goal(ratio=100.0), "cwn": Goal(ratio=12.0)},
        agree=0.0,
    ),
    Case(
        "batch",
        "20 batches of 128 lifted molecules with their operators",
        ours="cochain_batch",
        peers={"cwn": "cwn_batch"},
        arguments={"count": 1000},
        goals={"cwn": Goal(ratio=50.0)},
        rounds=9,
        agree=0.0,
    ),
    Case(
        "batch_of_graphs",
        "20 batches of 128 lifted molecules with their operators, beside plain graphs",
        ours="cochain_batch",
        peers={"torch_geometric": "pyg_batch"},
        arguments={"count": 1000},
        goals={"torch_geometric": Goal(ratio=10.0)},
        rounds=9,
    ),
]
