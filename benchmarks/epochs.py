"""Whole epochs on NCI1, 4,110 molecules in batches of 128: GIN beside torch_geometric, CIN on rings beside cwn.

An epoch is what a user's loop does: draw an order, form the batches, loss, gradients, one step of Adam (fused, on both
sides) for each. Both take the same order, and both GINs begin with the same weights, so their mean losses of the first
epoch must agree, up to what rounding makes of a bias in front of a normalisation, whose gradient is noise. Widths and
depths are those of the GIN paper for molecules and of our CIN's defaults. Reading the data
and lifting it stand before the clock, on both sides; forming batches is part of the work.

cwn has no release. It is found as a checkout in $COCHAIN_PEERS/cwn, and what it imports but is not needed here, or is
not to be had from a package index, is stood in for: `scatter` by torch_geometric's, graph-tool's ring search by
networkx (which is not timed here, and is in `benchmarks.lifting`).
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from benchmarks.harness import Case, Goal
from benchmarks.peer_cwn import cwn_modules, ring_complexes

BATCH = 128
LARGEST_RING = 6


def fill(model: Any) -> Any:
    """Set every matrix of weights from its own shape and place, the same in two models with the same parts in order."""
    import torch

    with torch.no_grad():
        for place, weight in enumerate(p for p in model.parameters() if p.ndim == 2):
            generator = torch.Generator().manual_seed(place)
            weight.copy_(torch.randn(weight.shape, generator=generator) / weight.shape[1] ** 0.5)
        for name, bias in model.named_parameters():
            if bias.ndim == 1 and name.endswith("bias"):
                bias.zero_()
    return model


def orders(count: int) -> Iterator[Any]:
    """Give the batches of one epoch after another."""
    import torch

    generator = torch.Generator().manual_seed(0)
    while True:
        yield torch.randperm(count, generator=generator).split(BATCH)


def epoch_of(model: Any, batches: Callable[[], Any]) -> Callable[[], float]:
    """Give the work: one epoch over what `batches` yields, pairs of an answer's function and labels; the mean loss."""
    import torch

    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    model.train()

    def epoch() -> float:
        losses = []
        for batch, y in batches():
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(batch), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return float(torch.stack(losses).mean())

    return epoch


def nci1() -> Any:
    """Read the molecules: nodes with one of 37 kinds of atoms, two classes."""
    import cochain as cc

    return cc.datasets.load("nci1")


def cochain_epoch(complex_: Any, model: Any) -> Callable[[], float]:
    """Prepare an epoch of ours: batches are selections from the whole data set."""
    order = orders(len(complex_))

    def batches() -> Any:
        for ids in next(order):
            batch = complex_.select(ids)
            yield batch, batch.whole.y

    return epoch_of(fill(model), batches)


def cochain_gin(hidden: int, layers: int) -> Callable[[], float]:
    """Prepare our GIN."""
    from cochain.models.graph.gin import GIN, GINConfig

    return cochain_epoch(nci1(), GIN({0: 37}, 2, config=GINConfig(hidden=hidden, layers=layers, dropout=0.0)))


def cochain_cin(hidden: int, layers: int) -> Callable[[], float]:
    """Prepare our CIN, on the cell complexes of the rings."""
    import cochain as cc
    from cochain.models.cellular.cin import CIN, CINConfig

    lifted = cc.lift.cycles(nci1(), LARGEST_RING, features="sum")
    widths = dict.fromkeys(range(3), 37)
    return cochain_epoch(lifted, CIN(widths, 2, config=CINConfig(hidden=hidden, layers=layers)))


def pyg_graphs() -> list[Any]:
    """Give every molecule as torch_geometric keeps it."""
    import torch
    from torch_geometric.data import Data

    whole = nci1()
    out = []
    for graph in whole.components():
        ends = graph.simplices(1).T
        edges = torch.cat([ends, ends.flip(0)], dim=1)
        out.append(Data(x=graph[0].x, edge_index=edges[:, edges[0].argsort(stable=True)], y=graph.whole.y))
    return out


def pyg_gin(hidden: int, layers: int) -> Callable[[], float]:
    """Prepare torch_geometric's GIN, with the readout of every layer that the paper has."""
    import torch
    from torch import nn
    from torch_geometric.loader import DataLoader
    from torch_geometric.nn import GINConv, global_add_pool

    class Gin(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            widths = [37] + [hidden] * layers
            self.convs = nn.ModuleList(
                GINConv(
                    nn.Sequential(
                        nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU(),
                        nn.Linear(after, after), nn.BatchNorm1d(after), nn.ReLU(),
                    )
                )
                for before, after in pairwise(widths)
            )  # fmt: skip
            self.maps = nn.ModuleList(nn.Linear(width, 2) for width in widths)

        def forward(self, batch: Any) -> Any:
            x = batch.x
            total = self.maps[0](global_add_pool(x, batch.batch, batch.num_graphs))
            for conv, map_ in zip(self.convs, self.maps[1:], strict=True):
                x = conv(x, batch.edge_index)
                total = total + map_(global_add_pool(x, batch.batch, batch.num_graphs))
            return total

    graphs = pyg_graphs()
    order = orders(len(graphs))

    class Batches:
        def __iter__(self) -> Iterator[list[int]]:
            return (ids.tolist() for ids in next(order))

    loader = DataLoader(graphs, batch_sampler=Batches())

    def batches() -> Any:
        for batch in loader:
            yield batch, batch.y

    torch.manual_seed(0)
    return epoch_of(fill(Gin()), batches)


def cwn_cin(hidden: int, layers: int) -> Callable[[], float]:
    """Prepare cwn's CIN, as its scripts for this data set have it, on the complexes of its own lift."""
    complex_, _, models = cwn_modules()
    complexes = ring_complexes(pyg_graphs(), LARGEST_RING)
    order = orders(len(complexes))

    def batches() -> Any:
        for ids in next(order):
            batch = complex_.ComplexBatch.from_complex_list([complexes[k] for k in ids.tolist()], max_dim=2)
            yield batch, batch.y

    model = models.SparseCIN(37, 2, layers, hidden, dropout_rate=0.0, use_coboundaries=True)
    return epoch_of(model, batches)


CASES = [
    Case(
        "gin_nci1",
        "epoch on NCI1, GIN with 4 layers of 32",
        ours="cochain_gin",
        peers={"torch_geometric": "pyg_gin"},
        arguments={"hidden": 32, "layers": 4},
        goals={"torch_geometric": Goal(ratio=4.0)},
        agree=0.02,
    ),
    Case(
        "cin_nci1",
        "epoch on NCI1 with rings up to 6, CIN with 3 layers of 32",
        ours="cochain_cin",
        peers={"cwn": "cwn_cin"},
        arguments={"hidden": 32, "layers": 3},
        goals={"cwn": Goal(ratio=10.0)},
    ),
]
