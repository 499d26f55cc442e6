"""What every published network is held to beside the oracle of its formula: small complexes, and laws in float64."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.models import build

Target = int | str
F64 = torch.float64


def graph(channels: int = 3) -> cc.Complex:
    """Two triangles that share an edge and a tail; nodes 0, 4 and 8 are isolated: first, inside and last."""
    edges = [(1, 2), (2, 3), (1, 3), (2, 5), (3, 5), (5, 6), (6, 7)]
    return with_features(cc.Complex.graph(edges, 9), {0: channels})


def hypergraph(channels: int = 3) -> cc.Complex:
    """Hyperedges of sizes 1 to 4, two of them equal; nodes 0, 4 and 8 are in none."""
    hyperedges = [(1, 2, 3), (3, 5), (2, 5, 6, 7), (7,), (3, 5)]
    return with_features(cc.Complex.hypergraph(hyperedges, 9), {0: channels})


def triangles(channels: Mapping[int, int], odd: tuple[int, ...] = ()) -> cc.Complex:
    """Two filled triangles, one hollow one, a tail; nodes 0, 4 and 9 are isolated."""
    simplices = [(1, 2, 3), (2, 3, 5), (3, 5, 6), (5, 7), (6, 7), (7, 8)]
    return with_features(cc.Complex.simplicial(simplices, 10), channels, odd)


def polygons(channels: Mapping[int, int]) -> cc.Complex:
    """A square and a pentagon that share an edge, a triangle beside them, an edge alone; nodes 0 and 10 isolated."""
    walks = [(1, 2, 3, 4), (3, 4, 5, 6, 7), (7, 8, 1)]
    return with_features(cc.Complex.cell(walks, [(8, 9)], 11), channels)


def with_features(c: cc.Complex, channels: Mapping[int, int], odd: tuple[int, ...] = ()) -> cc.Complex:
    for rank, width in channels.items():
        c = c.with_cochain(rank, "x", torch.randn(c.sizes[rank], width, dtype=F64), odd=rank in odd)
    return c


def model(name: str, c: cc.Complex, target: Target, hidden: int = 8, out: int = 4, **options: Any) -> nn.Module:
    """A model in float64, in evaluation, no parameter or running statistic left at 0 or 1."""
    made = build(name, c, hidden=hidden, out=out, target=target, seed=0, options=options).double().eval()
    with torch.no_grad():
        for tensor in made.parameters():
            tensor += 0.1 * torch.randn_like(tensor)
        for key, tensor in made.named_buffers():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + (0.5 if key.endswith("var") else -0.5))
    return made


def check_laws(
    name: str,
    c: cc.Complex,
    targets: tuple[Target, ...] = (0, 1, "whole"),
    gradients: tuple[Target, ...] | None = None,
    **options: Any,
) -> None:
    """Shapes, relabelling, batches, finite gradients in every parameter and every input.

    A target on one rank does not read what the last layer writes on the others: `gradients` names those that read all.
    """
    for target in targets:
        network = model(name, c, target, **options)
        check_relabelling(network, c, target)
        check_union(network, c)
        if gradients is None or target in gradients:
            check_gradients(network, c)


def check_relabelling(network: nn.Module, c: cc.Complex, target: Target) -> None:
    """Renumbering the cells of every rank permutes answers on cells and keeps those on the whole."""
    order = {rank: torch.randperm(size) for rank, size in enumerate(c.sizes)}
    y, moved = network(c), network(c.relabel(order))
    assert y.shape == (len(c) if target == "whole" else c.sizes[int(target)], 4)
    assert_close(moved, y if target == "whole" else y[order[int(target)]])


def check_union(network: nn.Module, c: cc.Complex) -> None:
    """The answer on a batch is that on its members one by one; `select` gives the same member back."""
    other = c.relabel({0: torch.arange(c.sizes[0]).flip(0)})
    both = cc.Complex.union([c, other, c])
    assert_close(network(both), torch.cat([network(c), network(other), network(c)]))
    assert_close(network(both.select([1, 0])), torch.cat([network(other), network(c)]))


def check_gradients(network: nn.Module, c: cc.Complex) -> None:
    """A finite gradient reaches every parameter, and every cochain that the network says it reads.

    Over several draws of the features: on one draw a rectifier may hide a parameter behind its flat part.
    """
    inputs = [(k.rank, name) for k in network.reads for name in c[k.rank].keys() if name in ("x", "pos", "weight")]  # noqa: SIM118
    for draw in range(5):
        for rank, name in inputs:
            given = c[rank][name].detach()
            value = given.clone() if name == "weight" or not draw else 3 * torch.randn_like(given)
            c = c.with_cochain(rank, name, value.requires_grad_(), odd=c.is_odd(rank, name))
        y = network(c)
        (y * torch.randn_like(y)).sum().backward()
    tensors = dict(network.named_parameters()) | {f"{name} of rank {rank}": c[rank][name] for rank, name in inputs}
    for key, tensor in tensors.items():
        assert tensor.grad is not None, key
        assert tensor.grad.isfinite().all(), key
        assert tensor.grad.abs().sum() > 1e-12, key


def cora_accuracy(name: str, root: Path, epochs: int, lr: float, decay: float, **options: Any) -> float:
    """Test accuracy on Cora's public split after the epoch of lowest validation loss, features scaled to sum 1."""
    c = cc.datasets.load("cora", root=root)
    x, y, split = c[0].x, c[0].y, c[0].split[:, 0]
    c = c.with_cochain(0, "x", x / x.sum(dim=1, keepdim=True).clamp(min=1.0))
    network = build(name, c, target=0, seed=0, options=options)
    optimizer = torch.optim.Adam(network.parameters(), lr=lr, weight_decay=decay)
    lowest, accuracy = float("inf"), 0.0
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network.train()(c)[split == 0], y[split == 0]).backward()
        optimizer.step()
        with torch.no_grad():
            answer = network.eval()(c)
        loss = nn.functional.cross_entropy(answer[split == 1], y[split == 1]).item()
        if loss < lowest:
            lowest = loss
            accuracy = (answer[split == 2].argmax(dim=1) == y[split == 2]).double().mean().item()
    return accuracy


def neighbours(c: cc.Complex) -> list[list[int]]:
    """The nodes that share an edge with each node, from the list of edges."""
    found: list[set[int]] = [set() for _ in range(c.sizes[0])]
    for u, v in c.simplices(1).tolist():
        found[u].add(v)
        found[v].add(u)
    return [sorted(each) for each in found]


def members(c: cc.Complex, rank: int = 1) -> list[list[int]]:
    """The nodes of every cell of a rank."""
    dense = c.cells(rank).to_dense()
    return [row.nonzero()[:, 0].tolist() for row in dense]


def adjacency(c: cc.Complex) -> Tensor:
    """The adjacency of nodes, entry by entry."""
    a = torch.zeros(c.sizes[0], c.sizes[0], dtype=F64)
    for x, near in enumerate(neighbours(c)):
        for y in near:
            a[x, y] = 1.0
    return a


def batch_norm(module: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """Evaluation's batch norm, written out."""
    return (x - module.running_mean) / (module.running_var + module.eps).sqrt() * module.weight + module.bias


def normed(parts: nn.Sequential, x: Tensor) -> Tensor:
    """Linear, batch norm, relu, again and again."""
    for place in range(0, len(parts), 3):
        linear, norm = parts[place], parts[place + 1]
        x = torch.relu(batch_norm(norm, x @ linear.weight.T + linear.bias))
    return x


def whole_mlp(readout: nn.Module, pooled: Tensor) -> Tensor:
    """The small MLP of a `WholeReadout`, written out."""
    first, last = readout.map[0], readout.map[-1]
    return torch.relu(pooled @ first.weight.T + first.bias) @ last.weight.T + last.bias
