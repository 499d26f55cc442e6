"""Walks into the past: what they must satisfy, their probabilities, and pooling that sees no order."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.kernels import Pattern
from cochain.nn.set_walks import set_walks, walk_members
from cochain.nn.sets import Mixer, SetMixer


def sets_of(c: cc.Complex) -> list[set[int]]:
    return [set(row.nonzero()[:, 0].tolist()) for row in c.cells(1).to_dense()]


def drawn(seed: int, hyperedges: int = 20) -> tuple[cc.Complex, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    sizes = torch.randint(1, 5, (hyperedges,), generator=generator).tolist()
    sets = [torch.randperm(12, generator=generator)[:size].tolist() for size in sizes]
    time = torch.randint(hyperedges // 2, (hyperedges,), generator=generator).double()
    return cc.Complex.hypergraph([sorted(each) for each in sets], 12), time


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    length=st.integers(1, 4),
    decay=st.sampled_from([0.0, 0.5, 50.0]),
    random=st.booleans(),
)
def test_times_decrease_and_neighbours_intersect(seed: int, length: int, decay: float, random: bool) -> None:
    """And a walk ends only where nothing earlier is there, once ended it stays so, and weight 0 is never met."""
    c, time = drawn(seed)
    weight = (torch.arange(20) % 4 != 0).double()
    walks, sets, clock = set_walks(c, time, 4, length, decay, weight, random), sets_of(c), time.tolist()
    starts = [(e, x) for e in range(20) for x in sorted(sets[e])]
    assert walks.shape == (len(starts), 4, length)
    for (start, node), each in zip(starts, walks.tolist(), strict=True):
        for walk in each:
            now, near = clock[start], {e for e in range(20) if node in sets[e]}
            for k, step in enumerate(walk):
                past = {e for e in near if clock[e] < now and weight[e] > 0}
                if step < 0:
                    assert not past
                    assert set(walk[k:]) == {-1}
                    break
                assert step in past
                now, near = clock[step], {e for e in range(20) if sets[e] & sets[step]}


@pytest.mark.parametrize("random", [True, False])
def test_probabilities(random: bool) -> None:
    """Three earlier hyperedges at times 0, 1, 2 with weights 1, 2, 1 and decay log 2: 1 to 4 to 4."""
    c = cc.Complex.hypergraph([(0,), (0, 1), (0, 2), (0, 3)], 4)
    weight, count = torch.tensor([1.0, 2.0, 1.0, 1.0]), 4000
    walks = set_walks(c, torch.arange(4.0), count, 1, torch.log(torch.tensor(2.0)).item(), weight, random)
    last = walks[-2, :, 0]  # from node 0 of the last hyperedge
    shares = torch.bincount(last, minlength=4) / count
    assert_close(shares, torch.tensor([1.0, 4.0, 4.0, 0.0]) / 9, atol=0.03 if random else 2e-3, rtol=0)
    assert (walks[-1] == -1).all()  # node 3 was nowhere before


def test_large_decay_neither_overflows_nor_loses_the_near_past() -> None:
    c = cc.Complex.hypergraph([(0, 1)] * 5, 2)
    walks = set_walks(c, torch.tensor([0.0, 1e3, 2e3, 3e3, 4e3]), 3, 4, decay=1e3, random=False)
    assert walks[-1].tolist() == [[3, 2, 1, 0]] * 3


def test_nothing_to_walk_on() -> None:
    for c in (cc.Complex.hypergraph([], 3), cc.Complex.hypergraph([(0,)], 1)):
        walks = set_walks(c, torch.zeros(c.sizes[1]), 2, 3)
        assert walks.shape == (c.cells(1).nnz, 2, 3)
        assert (walks == -1).all()


def test_counts_of_members() -> None:
    c, time = drawn(3)
    members, sets = c.cells(1).pattern, sets_of(c)
    walks = set_walks(c, time, 5, 3, random=False)
    seen = walk_members(members, 12, walks)
    starts = [(e, x) for e in range(20) for x in sorted(sets[e])]
    expected = {}
    for place, each in enumerate(walks.tolist()):
        for walk in each:
            for k, step in enumerate(walk):
                for w in sets[step] if step >= 0 else ():
                    expected.setdefault((place, w), [0, 0, 0])[k] += 1
    order = sorted(expected)
    assert seen.counts.tolist() == [expected[key] for key in order]
    assert seen.hyperedge.tolist() == [starts[place][0] for place, _ in order]
    numbers = {key: n for n, key in enumerate(sorted({(starts[place][0], w) for place, w in order}))}
    assert seen.pair.tolist() == [numbers[starts[place][0], w] for place, w in order]
    assert seen.pairs == len(numbers)
    assert len(seen.counted) == seen.sets.nnz == sum(len(sets[s]) for s in walks.flatten().tolist() if s >= 0)


def test_set_mixer_sees_no_order() -> None:
    mixer, x = SetMixer(6).double(), torch.randn(9, 6, dtype=torch.float64)
    sets = Pattern(torch.tensor([0, 4, 4, 9]), torch.arange(9), (3, 9))
    order = torch.cat([torch.randperm(4), 4 + torch.randperm(5)])
    assert_close(mixer(sets, x[order]), mixer(sets, x))
    assert (mixer(sets, x)[1] == 0).all()
    one = Pattern(torch.tensor([0, 5]), torch.arange(5), (1, 5))
    assert_close(mixer(one, x[4:])[0], mixer(sets, x)[2])


def test_members_of_a_set_see_each_other() -> None:
    """Not a mean of functions of single members: exchanging members between two sets changes the sum of answers."""
    mixer, x = SetMixer(6).double(), torch.randn(4, 6, dtype=torch.float64)
    sets = Pattern(torch.tensor([0, 2, 4]), torch.arange(4), (2, 4))
    exchanged = mixer(sets, x[[0, 2, 1, 3]]).sum(dim=0)
    assert (exchanged - mixer(sets, x).sum(dim=0)).abs().max() > 1e-4


def test_mixer_keeps_the_order_of_positions() -> None:
    mixer, x = Mixer(3, 4).double(), torch.randn(2, 3, 4, dtype=torch.float64)
    y = mixer(x)
    assert y.shape == x.shape
    assert_close(mixer(x[:1]), y[:1])
    assert (mixer(x.flip(1)).flip(1) - y).abs().max() > 1e-4
