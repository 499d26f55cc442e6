"""A small complex on which a model can be shown: its equations, its diagram, its layers."""

import torch
from torch import nn

from cochain.catalog import Entry
from cochain.complexes import Complex
from cochain.models.build import build, model_class


def example(row: Entry, channels: int = 3) -> Complex:
    """Give a complex of a few cells, of the domain of a model, with what the model reads."""
    domain = row.domain if row.domain in row.domains else row.domains[0]
    made = _structure(domain)
    for rank in model_class(row).ranks:
        made = made.with_cochain(rank, "x", torch.zeros(made.sizes[rank], channels), odd=rank in row.probes)
    return made


def shown(row: Entry) -> nn.Module:
    """Build a model, as its defaults say, on its example: for whole components where it answers them."""
    target = "whole" if "whole" in row.tasks else 0
    return build(row.name, example(row), out=2, target=target, seed=0)


def _structure(domain: str) -> Complex:
    edges = [(0, 1), (1, 2), (2, 3), (0, 3), (3, 4)]
    if domain == "points":
        return Complex.points(torch.zeros(5, 2))
    if domain == "hypergraph":
        return Complex.hypergraph([[0, 1, 2], [2, 3], [3, 4]], 5)
    if domain == "simplicial":
        return Complex.simplicial([(0, 1, 2), (1, 2, 3), (2, 3, 4)], 5)
    if domain == "cell":
        return Complex.cell([(0, 1, 2, 3), (2, 3, 4)], [], 5)
    if domain == "combinatorial":
        return Complex.combinatorial({0: 5, 1: [[0, 1], [1, 2], [2, 3]], 2: [[0, 1, 2], [2, 3, 4]]})
    return Complex.graph(edges, 5) if domain == "graph" else Complex.digraph(edges, 5)
