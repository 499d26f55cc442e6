import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError, ParityError
from cochain.lift import clique, dual
from small_graphs import complex_of, shuffled, unions


def test_by_hand() -> None:
    c = (
        Complex.hypergraph([[0, 1, 2], [2, 3]], 5)
        .with_cochain(0, "x", torch.eye(5))
        .with_cochain(1, "weight", [2.0, 3])
    )
    c = c.with_cochain("whole", "y", [1])
    turned = dual(c).validate()
    assert (turned.domain, turned.sizes) == ("hypergraph", (2, 5))
    assert_close(turned.faces(1, 0).to_dense(), torch.tensor([[1.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]))
    assert_close(turned[1].x, torch.eye(5))
    assert_close(turned[0].weight, torch.tensor([2.0, 3]))
    assert_close(turned.whole.y, c.whole.y)


@given(unions(), st.randoms(use_true_random=False))
def test_transposes(parts: list, random) -> None:
    c = Complex.union([complex_of(part).without_cochain(1, "flow") for part in parts])
    turned, again = dual(c).validate(), dual(dual(c)).validate()
    incidence = c.faces(1, 0).to_dense().abs().float()
    assert_close(turned.faces(1, 0).to_dense(), incidence.T)
    assert_close(again.faces(1, 0).to_dense(), incidence)
    assert_close(again[0].x, c[0].x)
    assert_close(turned.offsets(0), c.offsets(1))
    assert_close(turned.offsets(1), c.offsets(0))
    moved, nodes = shuffled(c, random)
    assert_close(dual(moved).faces(1, 0).to_dense(), moved.faces(1, 0).to_dense().abs().float().T)
    assert_close(dual(moved)[1].x, c[0].x[torch.tensor(nodes, dtype=torch.long)])
    assert_close(
        dual(c.select([len(parts) - 1])).faces(1, 0).to_dense(), turned.select([len(parts) - 1]).faces(1, 0).to_dense()
    )


def test_messages() -> None:
    c = Complex.graph([(0, 1), (1, 2), (0, 2)])
    with pytest.raises(
        ComplexError, match="the dual exchanges ranks 0 and 1, but the top rank of this simplicial is 2"
    ):
        dual(clique(c))
    with pytest.raises(ParityError, match="'flow' on rank 1 should be even, because its cells have no orientation"):
        dual(c.with_cochain(1, "flow", torch.ones(3, 1), odd=True))
