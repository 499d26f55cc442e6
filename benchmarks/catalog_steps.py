"""Seconds and memory of one training step of every model of the catalog, on an input of its own kind.

Models of complexes answer on the whole of the rank-2 clique complex of a Barabasi-Albert graph (5,000 / 24,975 / 1,856
cells), models of graphs on its nodes, models of hypergraphs on the nodes of 5,000 hyperedges of 5 of 5,000 nodes, and
models that read all pairs of nodes, or paths between them, on 128 graphs of 25 nodes. All have 64 channels in and
hidden, and two layers where their layers can be counted. There is no peer: the table shows where the catalog is slow.
"""

from collections.abc import Callable
from typing import Any

from benchmarks.harness import Case
from benchmarks.higher_order import HIDDEN, step_of
from cochain.catalog import CATALOG, Entry

PAIRS = {"drew", "path_nn", "path_nn_shortest", "k_path", "spen", "ppgn", "ppgn_plus_plus", "dcm", "persistence"}
"""Models of small graphs, whose work grows with pairs of nodes or with paths."""


def kind_of(row: Entry) -> str:
    """Name the input of a model."""
    if row.name in PAIRS or row.tasks == ("whole",):
        return "small"
    if row.domain in ("simplicial", "cell", "combinatorial"):
        return "complex"
    return "hypergraph" if row.domain == "hypergraph" else "graph"


def given(kind: str) -> Any:
    """Build an input."""
    import networkx as nx
    import torch

    import cochain as cc

    draw = torch.Generator().manual_seed(0)
    if kind == "hypergraph":
        members = torch.rand(5_000, 5_000, generator=draw).topk(5, dim=1).indices
        return cc.Complex.hypergraph(members.tolist(), 5_000)
    if kind == "small":
        trees = [nx.gnm_random_graph(25, 30, seed=seed) for seed in range(128)]
        ends = [torch.tensor(list(each.edges())).T + 25 * place for place, each in enumerate(trees)]
        return cc.Complex.graph(torch.cat(ends, dim=1), [25] * 128)
    graph = nx.barabasi_albert_graph(5_000, 5, seed=0)
    made = cc.Complex.graph(torch.tensor(list(graph.edges())).T, 5_000)
    return cc.lift.clique(made, 2, features=None) if kind == "complex" else made


def step(model: str) -> Callable[[], float]:
    """Prepare a training step of a model of the catalog."""
    import torch

    import cochain as cc
    from cochain.catalog import entry
    from cochain.models.build import model_class

    row = entry(model)
    kind = kind_of(row)
    complex_ = given(kind)
    draw = torch.Generator().manual_seed(0)
    for rank in model_class(row).ranks:
        x = torch.rand(complex_.sizes[rank], HIDDEN, generator=draw)
        complex_ = complex_.with_cochain(rank, "x", x, odd=rank in row.probes)
    complex_ = complex_.with_cochain(0, "pos", torch.rand(complex_.sizes[0], 3, generator=draw))
    config = model_class(row).Config.__dataclass_fields__
    sizes = {name: value for name, value in {"hidden": HIDDEN, "layers": 2}.items() if name in config}
    target = "whole" if "whole" in row.tasks and kind in ("complex", "small") else 0
    network = cc.models.build(model, complex_, out=4, target=target, seed=0, **sizes)  # type: ignore[arg-type]
    network(complex_).square().mean().backward()  # derives every operator and its transpose
    return step_of(network.parameters(), lambda: network(complex_).square().mean())


WHERE = {
    "complex": "clique complex of a Barabasi-Albert graph (5,000 / 24,975 / 1,856 cells)",
    "graph": "Barabasi-Albert graph (5,000 nodes, 24,975 edges)",
    "hypergraph": "5,000 nodes, 5,000 hyperedges of 5",
    "small": "128 graphs of 25 nodes, 30 edges",
}
CASES = [
    Case(
        row.name, f"training step, hidden 64, 2 layers, {WHERE[kind_of(row)]}", ours="step",
        arguments={"model": row.name}, limit_gb=4.0, timeout=120.0,
    )
    for row in CATALOG
]  # fmt: skip
