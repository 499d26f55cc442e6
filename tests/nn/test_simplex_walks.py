"""Walks over simplices: every step passes what it says, chances by hand, encodings by hand."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from cochain.nn.simplex_walks import SimplexWalks, simplex_walks, walk_encodings
from dense_cells import faces_of
from model_checks import polygons, triangles


@given(st.sampled_from([triangles, polygons]), st.integers(0, 2), st.booleans())
def test_every_step_passes_a_face_or_coface_of_both_ends(make, rank, random) -> None:
    c = make({})
    walks = simplex_walks(c, rank, 3, 6, 2, random)
    assert walks.steps.shape == (3 * c.sizes[rank], 7)
    assert torch.equal(walks.steps[:, 0], torch.arange(c.sizes[rank]).repeat_interleave(3))
    up = {r: faces_of(c, r) for r in (1, 2)}
    for steps, face, coface in zip(walks.steps.tolist(), walks.face.tolist(), walks.coface.tolist(), strict=True):
        assert (face[0], coface[0]) == (-1, -1)
        for i in range(1, len(steps)):
            x, y = steps[i - 1 : i + 1]
            if x == y:
                assert (face[i], coface[i]) == (-1, -1)
            else:
                assert (face[i] >= 0) != (coface[i] >= 0)
                if face[i] >= 0:
                    assert {face[i]} <= set(up[rank][x]) & set(up[rank][y])
                else:
                    assert {x, y} <= set(up[rank + 1][coface[i]])


def test_only_simplices_that_share_nothing_stay() -> None:
    c = cc.Complex.simplicial([(0, 1, 2), (3, 4)], 6)
    stays = simplex_walks(c, 0, 2, 4, 2).steps
    assert (stays[10:] == 5).all()
    assert (stays[:10, 1:] != stays[:10, :-1]).all()
    edges = simplex_walks(c, 1, 2, 4, 2)
    alone = int(c.find(1, [(3, 4)]))
    assert (edges.steps[2 * alone : 2 * alone + 2] == alone).all()
    assert (simplex_walks(c, 2, 1, 3, 2).steps == 0).all()


def test_the_chances_of_a_step() -> None:
    """A filled triangle, a tail at node 0: edge 01 shares node 0 (02, 03), node 1 (12), the triangle (02, 12)."""
    c = cc.Complex.simplicial([(0, 1, 2), (0, 3)])
    walks = simplex_walks(c, 1, 20_000, 1, 2)
    start = int(c.find(1, [(0, 1)]))
    own = slice(20_000 * start, 20_000 * (start + 1))
    reached = torch.bincount(walks.steps[own, 1], minlength=4) / 20_000
    expected = torch.zeros(4)
    expected[c.find(1, [(0, 2), (0, 3), (1, 2)])] = torch.tensor([1 / 6 + 1 / 6, 1 / 6, 1 / 3 + 1 / 6])
    assert_close(reached, expected, atol=0.02, rtol=0)
    assert abs(float((walks.coface[own, 1] >= 0).float().mean()) - 1 / 3) < 0.02


def test_encodings_by_hand() -> None:
    """Nodes 0 1 2 0 0 of a path of edges 01, 12 and an edge 02 that closes it, not filled."""
    c = cc.Complex.simplicial([(0, 1), (1, 2), (0, 2), (3, 4, 5)])
    steps = torch.tensor([[0, 1, 2, 0, 3]])
    bits = walk_encodings(c, 0, SimplexWalks(steps, steps, steps), window=3, top=2)
    same = [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 1, 0]]
    share_an_edge = [[0, 1, 1, 1, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]]
    assert bits[0].tolist() == same + share_an_edge
    triangle_edges = c.find(1, [(0, 1), (1, 2), (3, 4), (3, 5)])[None]
    bits = walk_encodings(c, 1, SimplexWalks(triangle_edges, triangle_edges, triangle_edges), window=1, top=2)
    assert bits[0].tolist() == [[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 1]]


def test_evaluation_repeats_and_does_not_hear_other_components() -> None:
    c = triangles({})
    other = cc.Complex.simplicial([(0, 1, 2), (1, 2, 3)])
    alone, both = simplex_walks(c, 1, 4, 6, 2, False), simplex_walks(cc.Complex.union([other, c]), 1, 4, 6, 2, False)
    assert torch.equal(both.steps[4 * other.sizes[1] :] - other.sizes[1], alone.steps)
    assert not torch.equal(simplex_walks(c, 1, 4, 6, 2).steps, simplex_walks(c, 1, 4, 6, 2).steps)
