"""What laws are made of: strips, isolated cells, the recorder."""

import pytest
import torch

import cochain as cc
from cochain import laws
from cochain.nn import (
    upper,
)
from law_breakers import FLOWS, GRAPH, OuterGradient
from law_specimens import specimen


@pytest.mark.parametrize("domain", ["points", "graph", "digraph", "hypergraph", "simplicial", "cell", "combinatorial"])
def test_strips_have_the_domain_the_ranks_and_the_tensors(domain: str) -> None:
    like = specimen(domain, [0], [])
    for nodes in (2, 8, 40):
        c = laws.strip(like, nodes).validate()
        assert (c.domain, c.rank, c.sizes[0]) == (domain, like.rank, nodes)
        assert c[0].x.shape == (nodes, 3)
        assert c[0].keys() == like[0].keys()
    assert all(size > 20 for size in laws.strip(like, 80).sizes)


def test_strips_keep_parity() -> None:
    c = laws.strip(FLOWS, 9)
    assert c.is_odd(1)
    assert c.is_odd(2)
    assert c.sizes == (9, 15, 7)


@pytest.mark.parametrize("domain", ["graph", "hypergraph", "simplicial", "cell", "combinatorial"])
def test_isolated_cells_are_isolated(domain: str) -> None:
    c = cc.Complex.union([specimen(domain, [0, 1]), specimen(domain, [0, 1])])
    for at in (0, 4, int(c.offsets(0)[1])):
        more, moved = laws.with_isolated(c, at)
        more.validate()
        assert more.sizes == (c.sizes[0] + 1, *c.sizes[1:])
        assert at not in moved[0]
        assert not (more.resolve(upper(0)).matrix.pattern.rows == at).any()
        torch.testing.assert_close(more[0].x[moved[0]], c[0].x)
        assert more.betti()[0] == c.betti()[0] + 1 if c.oriented else True
    for at in (0, int(c.offsets(0)[1])):
        more, moved = laws.with_isolated(c, at, edge=True)
        more.validate()
        assert more.sizes == (c.sizes[0] + 2, c.sizes[1] + 1, *c.sizes[2:])
        torch.testing.assert_close(more[1].x[moved[1]], c[1].x)
        old, new = c.faces(1, 0).to_dense(), more.faces(1, 0).to_dense()
        torch.testing.assert_close(new[moved[1]][:, moved[0]], old)
        assert new.abs().sum() == old.abs().sum() + 2


def test_isolated_cells_need_a_place() -> None:
    with pytest.raises(cc.ComplexError, match="should stand at 0 to 11 of a complex with edges, but at is 12"):
        laws.with_isolated(GRAPH, 12)


def test_the_recorder_sees_forward_and_backward_and_counts_memory() -> None:
    x = torch.randn(5, 3, requires_grad=True)
    with laws.Recorder() as seen:
        (x @ x.T).sum()
    assert (seen.largest, seen.shape) == (25, (5, 5))
    with laws.Recorder() as seen:
        x.detach()[:1].expand(1000, 3)
    assert seen.largest == 15
    y = OuterGradient.apply(x)
    with laws.Recorder() as seen:
        y.sum().backward()
    assert seen.largest == 25
    assert laws.Recorder().operation == "nothing"
