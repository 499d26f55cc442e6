"""Persistence as features: the formula written out, what relabelling leaves, and the graphs that it tells apart."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain import models, persistence
from cochain.errors import SpecError
from cochain.models.graph.persistence import PARTS
from cochain.persistence import filters
from graph_pairs import hexagon_and_triangles
from model_checks import F64, check_laws


def two_graphs():
    edges = [(0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (5, 6), (6, 7), (7, 5), (7, 8), (8, 9), (9, 10), (10, 8)]
    c = cc.Complex.graph(torch.tensor(edges).T, [5, 6])
    return c.with_cochain(0, "x", torch.randn(11, 3, dtype=F64))


def test_formula() -> None:
    c = two_graphs()
    model = (
        models.build("persistence", c, out=2, target="whole", seed=0, options={"times": "2", "channels": 4})
        .double()
        .eval()
    )
    rows = []
    for k, one in enumerate(c.components()):
        degree = torch.tensor([float(d) for d in filters.degree(one)], dtype=F64)
        vectors = []
        for f, layer in zip((degree / (1 + degree), filters.heat(one, 2.0)[:, 0].double()), model.layers, strict=True):
            found = persistence.extended(one, f, keep_zero=True)
            for part, (name, dim, weight) in zip(layer.parts, PARTS, strict=True):
                total = torch.zeros(4, dtype=F64)
                centres, widths = part.transformation.centres, part.transformation.log_widths.exp()
                for b, d in getattr(found, name)[dim].points:
                    for j in range(4):
                        z = ((b - centres[j, 0]) / widths[j, 0]) ** 2 + ((d - centres[j, 1]) / widths[j, 1]) ** 2
                        w = (d - b).abs() ** part.exponent if weight == "power" else 1.0
                        total[j] += w * torch.exp(-z / 2)
                vectors.append(total)
        vectors.append(c[0].x[c.component_of(0) == k].mean(0))
        order = [vectors[-1], *vectors[:-1]]
        rows.append(model.readout.map(torch.cat(order)))
    assert_close(model(c), torch.stack(rows))


def branching():
    """One connected graph whose degrees fill all four diagrams."""
    edges = [(0, 1), (0, 2), (0, 3), (3, 4), (4, 5), (4, 6), (4, 7), (5, 8), (8, 9), (9, 4), (1, 2)]
    c = cc.Complex.graph(torch.tensor(edges).T, 10)
    return c.with_cochain(0, "x", torch.randn(10, 3, dtype=F64))


def test_laws() -> None:
    check_laws("persistence", branching(), targets=("whole",))


def test_cycles_tell_hexagon_from_triangles_apart() -> None:
    one, two = hexagon_and_triangles()
    c = cc.Complex.union([one, two])
    y = models.build("persistence", c, out=3, target="whole", seed=0).double()(c)
    assert (y[0] - y[1]).abs().max() > 1e-4


def test_messages() -> None:
    c = two_graphs()
    with pytest.raises(SpecError, match="answer on whole components, but is asked for rank 0"):
        models.build("persistence", c, out=2, target=0)
    with pytest.raises(SpecError, match="at least one filtration"):
        models.build("persistence", c, out=2, target="whole", options={"degree": False, "times": ""})
