"""Small data made for these tests: labels that can be learned, and splits."""

import torch

import cochain as cc
from cochain.experiments.spec import RunSpec, make_spec

ZERO = "0" * 64


def ring_of_nodes(nodes: int = 24, folds: int = 2, seed: int = 0) -> cc.Complex:
    """Two rings of nodes; the label is the ring, and x tells it with noise."""
    generator = torch.Generator().manual_seed(seed)
    half = nodes // 2
    edges = [(base + i, base + (i + 1) % half) for base in (0, half) for i in range(half)]
    y = torch.arange(nodes) // half
    x = torch.randn(nodes, 4, generator=generator) + 2 * y[:, None]
    split = torch.stack([torch.randperm(nodes, generator=generator) % 3 for _ in range(folds)], dim=1).to(torch.int8)
    c = cc.Complex.graph(edges, num_nodes=nodes)
    return c.with_cochain(0, "x", x).with_cochain(0, "y", y).with_cochain(0, "split", split)


def cycles_and_paths(count: int = 30, folds: int = 2, seed: int = 0) -> cc.Complex:
    """Rings and paths of 5 to 7 nodes; the label is 1 for rings; x is the degree."""
    generator = torch.Generator().manual_seed(seed)
    sizes = 5 + torch.arange(count) % 3
    y = torch.arange(count) // 3 % 2
    begin = torch.cumsum(sizes, 0) - sizes
    edges = []
    for b, n, ring in zip(begin.tolist(), sizes.tolist(), y.tolist(), strict=True):
        edges += [(b + i, b + i + 1) for i in range(n - 1)] + [(b, b + n - 1)] * ring
    c = cc.Complex.graph(edges, num_nodes=sizes.tolist())
    degree = torch.zeros(c.sizes[0])
    for u, v in edges:
        degree[u] += 1
        degree[v] += 1
    split = torch.stack([torch.randperm(count, generator=generator) % 3 for _ in range(folds)], dim=1).to(torch.int8)
    return c.with_cochain(0, "x", degree[:, None]).with_cochain("whole", "y", y).with_cochain("whole", "split", split)


def spec(**changes: object) -> RunSpec:
    """A spec that fits `ring_of_nodes`, with changes."""
    fields: dict[str, object] = {
        "dataset": "made", "fingerprint": ZERO, "model": "gcn", "options": {"hidden": 8}, "target": 0,
        "kind": "classification", "metric": "accuracy", "training": {"epochs": 5},
        "versions": {"cochain": "0", "torch": "0"},
    }  # fmt: skip
    return make_spec({**fields, **changes})
