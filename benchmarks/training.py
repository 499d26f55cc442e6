"""Training steps of graph networks beside torch_geometric: a large random graph, and one of Cora's size.

The large graph has 100,000 nodes and 1,000,000 entries in its adjacency matrix (both directions of an edge counted, as
torch_geometric lists them), 64 channels, two layers. The small one has Cora's sizes: 2,708 nodes, 5,278 edges, a bag of
1,433 words of which 1.3 per cent are there, and the published recipes with their dropout. Both sides begin with the
same weights, so without dropout the losses of the first step must agree. The peer's default is a list of edges; its
other route is a sparse matrix in compressed rows.
"""

from collections.abc import Callable
from typing import Any

from benchmarks.harness import Case, Goal

HIDDEN = 64


def problem(nodes: int, edges: int, words: int, classes: int) -> tuple[Any, Any, Any]:
    """Draw edges (2, edges) without repetition, features and labels."""
    import numpy as np
    import torch

    generator = np.random.default_rng(0)
    found = np.sort(generator.integers(0, nodes, (2, int(edges * 1.01) + 20)), axis=0)
    found = np.unique(found[:, found[0] != found[1]], axis=1)
    found = found[:, np.sort(generator.permutation(found.shape[1])[:edges])]
    if words:
        x = torch.from_numpy((generator.random((nodes, words)) < 0.0127).astype(np.float32))
    else:
        x = torch.from_numpy(generator.standard_normal((nodes, HIDDEN)).astype(np.float32))
    return found, x, torch.from_numpy(generator.integers(0, classes, nodes))


def step_of(model: Any, answer: Callable[[], Any], y: Any) -> Callable[[], float]:
    """Give the work: loss, gradients, one step of Adam; the loss of the step."""
    import torch

    torch.manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    model.train()

    def step() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(answer(), y)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def fill(model: Any, turned: bool = False) -> Any:
    """Set every weight from its number of entries and its place among those of as many, the same on both sides.

    Args:
        model: whose weights.
        turned: whether matrices are stored output by input where the other side stores them input by output.
    """
    import torch

    seen: dict[int, int] = {}
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("bias"):
                weight.zero_()
            elif weight.ndim >= 2:
                place = seen[weight.numel()] = seen.get(weight.numel(), -1) + 1
                generator = torch.Generator().manual_seed(1000 * place + weight.numel() % 997)
                flat = torch.randn(weight.numel(), generator=generator) * 0.1
                weight.copy_(flat.view(weight.shape[::-1]).T if turned else flat.view(weight.shape))
    return model


def cochain_step(kind: str, nodes: int, edges: int, words: int = 0, classes: int = HIDDEN) -> Callable[[], float]:
    """Prepare our step."""
    import cochain as cc

    found, x, y = problem(nodes, edges, words, classes)
    complex_ = cc.Complex.graph(found, nodes).with_cochain(0, "x", x)
    model = fill(our_model(kind, words or HIDDEN, classes, small=bool(words)))
    return step_of(model, lambda: model(complex_), y)


def our_model(kind: str, before: int, out: int, small: bool) -> Any:
    """Build the catalog's model at Cora's size, and two bare layers of its notation on the large graph."""
    from cochain.complexes import Cochain
    from cochain.models.graph.gat import GAT, GATConfig
    from cochain.models.graph.gcn import GCN, GCNConfig
    from cochain.models.graph.gin import GIN, GINConfig
    from cochain.nn import (
        Activate,
        Attention,
        CellReadout,
        Layer,
        Linear,
        MLPUpdate,
        Network,
        mlp,
        route,
        upper,
    )

    if small:
        models = {"gcn": (GCN, GCNConfig()), "gin": (GIN, GINConfig(layers=2)), "gat8": (GAT, GATConfig())}
        make, config = models[kind]
        return make({0: before}, out, 0, config)
    if kind == "gcn":
        return GCN({0: before}, out, 0, GCNConfig(hidden=HIDDEN, layers=2, dropout=0.0))

    def layer(place: int) -> Layer:
        if kind == "gin":
            update = MLPUpdate(mlp(HIDDEN, HIDDEN, HIDDEN, norm="batch", last=True), epsilon=False)
            return Layer(route(upper(0), Linear()), update={0: update})
        heads = {"gat": 1, "gat8": 8}[kind]
        update = Activate("identity" if place else "elu", bias=HIDDEN)
        return Layer(route(upper(0).with_self(), Attention(HIDDEN, HIDDEN, heads)), update={0: update})

    return Network([Cochain(0, before)], [layer(0), layer(1)], CellReadout(0, {0: HIDDEN}))


def pyg_step(
    kind: str, nodes: int, edges: int, words: int = 0, classes: int = HIDDEN, compressed: bool = False
) -> Callable[[], float]:
    """Prepare the peer's step on its list of edges, or on compressed rows."""
    import warnings

    import torch

    found, x, y = problem(nodes, edges, words, classes)
    ends = torch.from_numpy(found)
    adjacency = torch.cat([ends, ends.flip(0)], dim=1)
    if compressed:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ones = torch.ones(adjacency.shape[1])
            adjacency = torch.sparse_coo_tensor(adjacency, ones, (nodes, nodes)).coalesce().to_sparse_csr()
    model = fill(peer_model(kind, words or HIDDEN, classes, small=bool(words)), turned=kind == "gcn")
    return step_of(model, lambda: model(x, adjacency), y)


def pyg_csr_step(kind: str, nodes: int, edges: int, words: int = 0, classes: int = HIDDEN) -> Callable[[], float]:
    """Prepare the peer's step on compressed rows."""
    return pyg_step(kind, nodes, edges, words, classes, compressed=True)


def peer_model(kind: str, before: int, out: int, small: bool) -> Any:
    """Build the same two layers from torch_geometric's convolutions."""
    import torch
    from torch import nn
    from torch.nn.functional import dropout, elu
    from torch_geometric.nn import GATConv, GCNConv, GINConv

    def perceptron(width: int) -> nn.Sequential:
        steps = nn.Linear(width, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU()
        return nn.Sequential(*steps, nn.Linear(HIDDEN, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU())

    dropped = {"gcn": 0.5, "gat8": 0.6}.get(kind, 0.0) if small else 0.0

    class Peer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            heads = 8 if kind == "gat8" else 1
            last = (out, 1) if small else (HIDDEN // heads, heads)
            self.first, self.second = {
                "gcn": lambda: (GCNConv(before, HIDDEN), GCNConv(HIDDEN, out)),
                "gin": lambda: (GINConv(perceptron(before)), GINConv(perceptron(HIDDEN))),
            }.get(
                kind,
                lambda: (
                    GATConv(before, HIDDEN // heads, heads, dropout=dropped),
                    GATConv(HIDDEN, *last, dropout=dropped),
                ),
            )()
            self.last = nn.Linear(HIDDEN, out) if small and kind == "gin" else nn.Identity()

        def forward(self, x: Any, adjacency: Any) -> Any:
            x = self.first(dropout(x, dropped, self.training), adjacency)
            x = elu(x) if kind in ("gat", "gat8") else torch.relu(x)
            return self.last(self.second(dropout(x, dropped, self.training), adjacency))

    return Peer()


def _cases() -> list[Case]:
    titles = {"gcn": "GCN", "gin": "GIN", "gat": "GAT", "gat8": "GAT, 8 heads"}
    ratios = {"gcn": 3.0, "gin": 3.0, "gat": 3.0, "gat8": 5.0}
    peers = {"pyg": "pyg_step", "pyg_csr": "pyg_csr_step"}
    found = []
    for kind, title in titles.items():
        what = "training step, 100,000 nodes, 1,000,000 entries, 64 channels, 2 layers: " + title
        large = {"kind": kind, "nodes": 100_000, "edges": 500_000}
        goals = {"pyg": Goal(ratio=ratios[kind], memory=0.5), "pyg_csr": Goal(ratio=1.0)}
        found.append(Case(f"{kind}_large", what, "cochain_step", peers, large, goals, agree=1e-3))
        if kind != "gat":
            small = {"kind": kind, "nodes": 2708, "edges": 5278, "words": 1433, "classes": 7}
            what = "training step, the sizes of Cora, published recipe: " + title
            goals = {"pyg": Goal(ratio=1.5)}
            found.append(Case(f"{kind}_cora", what, "cochain_step", peers, small, goals, rounds=15, quick=True))
    return found


CASES = _cases()
