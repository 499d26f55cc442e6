"""SPEN: its formula subgraph by subgraph, its basis of equivariant maps, and the graphs that it tells apart."""

from itertools import permutations

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ComplexError, SpecError
from cochain.kernels import Pattern
from cochain.nn.equivariant import EquivariantLinear
from cochain.nn.pairs import Pairs
from dense_cells import embedded, two_layers
from graph_pairs import hexagon_and_triangles
from model_checks import F64, adjacency, check_laws, graph, model, whole_mlp


def linear(module: EquivariantLinear, u: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """The maps of one group of m members, entry by entry: u (m, channels), z (m, m, channels)."""
    m = len(u)
    rows, columns = z.mean(dim=1), z.mean(dim=0)
    diagonal = torch.stack([z[i, i] for i in range(m)])
    members = torch.cat([u, diagonal, rows, columns], dim=1) @ module.member.weight.T
    group = module.group(torch.cat([u.mean(dim=0), z.mean(dim=(0, 1)), diagonal.mean(dim=0)]))
    if module.pair is None:
        return members + group, z
    a, b, d, f = members.chunk(4, dim=1)
    c, e, g = group.chunk(3)
    out = torch.zeros(m, m, len(c), dtype=F64)
    for i in range(m):
        for j in range(m):
            out[i, j] = module.pair.weight @ torch.cat([z[i, j], z[j, i]]) + a[i] + b[j] + c
        out[i, i] += d[i] + e
    return f + g, out


@pytest.mark.parametrize("hops", [1, 2])
def test_formula(hops) -> None:
    c = graph()
    network = model("spen", c, "whole", hidden=4, hops=hops)
    h, a = embedded(network, c)[0], adjacency(c)
    near = torch.linalg.matrix_power(a + torch.eye(9, dtype=F64), hops) > 0
    balls = [row.nonzero()[:, 0] for row in near]
    squares = [a[ball][:, ball, None] for ball in balls]
    for layer in network.layers[1:]:
        own, heard = torch.zeros(9, 4, dtype=F64), torch.zeros(9, 4, dtype=F64)
        for r, ball in enumerate(balls):
            root = (ball == r).double()[:, None]
            u, z = linear(layer.linear, torch.cat([h[ball], root], dim=1), squares[r])
            squares[r] = torch.relu(z)
            own[r] = torch.relu(u)[ball == r][0]
            heard[ball] += torch.relu(u)
        h = h + two_layers(layer.join, torch.cat([own, heard], dim=1))
    assert_close(network(c), whole_mlp(network.readout, h.sum(dim=0)[None]))


@pytest.mark.parametrize("hops", [1, 2])
def test_laws(hops) -> None:
    check_laws("spen", graph(), hops=hops)


def test_tells_a_hexagon_from_two_triangles() -> None:
    one, two = hexagon_and_triangles()
    network = model("spen", one, "whole", layers=1)
    assert not torch.allclose(network(one), network(two))


def one_group(size: int) -> Pairs:
    return Pairs(Pattern(torch.tensor([0, size]), torch.arange(size), (1, size)))


def matrix_of(module: EquivariantLinear, size: int) -> Tensor:
    """The linear map that the layer is, as (members and pairs out) x (members and pairs in), one channel each."""
    pairs, count = one_group(size), size + size * size
    columns = []
    for entry in torch.eye(count, dtype=F64):
        u, z = module(pairs, entry[:size, None], entry[size:, None])
        columns.append(torch.cat([u, z])[:, 0])
    return torch.stack(columns, dim=1)


def basis(size: int = 4) -> Tensor:
    """The maps of all weights set to 1 one by one, flattened."""
    module = EquivariantLinear((1, 1), 1).double()
    for parameter in module.parameters():
        parameter.data.zero_()
    maps = []
    for weight in (module.pair.weight, module.member.weight, module.group.weight):
        for place in range(weight.numel()):
            weight.data.view(-1)[place] = 1.0
            maps.append(matrix_of(module, size).flatten())
            weight.data.zero_()
    return torch.stack(maps)


def test_the_maps_are_a_basis() -> None:
    """27 = 2 + 5 + 5 + 15 maps, independent, and as many as commute with all permutations: Bell numbers."""
    size, maps = 4, basis()
    assert len(maps) == 27
    assert torch.linalg.matrix_rank(maps) == 27
    square = maps.view(27, size + size * size, size + size * size)
    parts = [
        square[:, a, b].flatten(1) for a in (slice(size), slice(size, None)) for b in (slice(size), slice(size, None))
    ]
    assert [int(torch.linalg.matrix_rank(part)) for part in parts] == [2, 5, 5, 15]


def test_the_maps_commute_with_permutations() -> None:
    torch.manual_seed(1)
    module, pairs = EquivariantLinear((2, 3), 2).double(), one_group(3)
    u, z = torch.randn(3, 2, dtype=F64), torch.randn(3, 3, 3, dtype=F64)
    before = module(pairs, u, z.flatten(0, 1))
    for order in map(list, permutations(range(3))):
        after = module(pairs, u[order], z[order][:, order].flatten(0, 1))
        assert_close(after[0], before[0][order])
        assert_close(after[1].view(3, 3, 2), before[1].view(3, 3, 2)[order][:, order])


def test_pairs_of_groups_of_several_sizes() -> None:
    groups = Pattern(torch.tensor([0, 2, 2, 5, 7]), torch.tensor([1, 4, 0, 2, 3, 0, 4]), (4, 5))
    pairs = Pairs(groups)
    expected = [(a, b) for begin, end in ((0, 2), (2, 5), (5, 7)) for a in range(begin, end) for b in range(begin, end)]
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == expected
    assert [expected[k] for k in pairs.swapped.tolist()] == [(b, a) for a, b in expected]
    assert [expected[k] for k in pairs.diagonal.tolist()] == [(a, a) for a in range(7)]
    x, y = torch.randn(17, 2, dtype=F64), torch.randn(17, 2, dtype=F64)
    found = pairs.multiply(x, y)
    for begin, size in ((0, 2), (4, 3), (13, 2)):
        one, two = (each[begin : begin + size**2].view(size, size, 2) for each in (x, y))
        assert_close(found[begin : begin + size**2].view(size, size, 2), torch.einsum("ikc,kjc->ijc", one, two))
    assert_close(pairs.sum_rows(x)[2:5], x[4:13].view(3, 3, 2).sum(dim=1))
    assert_close(pairs.on_diagonal(torch.ones(7, 1)).sum(), torch.tensor(7.0))


def test_a_ball_has_a_radius() -> None:
    with pytest.raises(SpecError, match="hops should be a number of steps >= 1, but is 0"):
        model("spen", graph(), 0, hops=0)


def test_too_many_pairs_are_refused(monkeypatch) -> None:
    monkeypatch.setattr("cochain.nn.pairs.MOST_PAIRS", 40)
    with pytest.raises(ComplexError, match=r"at most 40 pairs .* but 9 groups of up to 4 members have 73"):
        model("spen", graph(), 0)(graph())


def test_no_edges() -> None:
    c = cc.Complex.graph([], 2).with_cochain(0, "x", torch.randn(2, 2, dtype=F64))
    assert model("spen", c, 0)(c).isfinite().all()
