"""The recommender on a sheaf: what identity maps make of it, and that it learns."""

import runpy
from pathlib import Path

import torch
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.sheaf import Sheaf

EXAMPLE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "sheaf_recommender.py"))
F64 = torch.float64


def test_identity_maps_give_the_scores_of_light_graph_convolution() -> None:
    """Mean of x, P x, P^2 x, P^3 x with P = D^-1/2 A D^-1/2, entry by entry, then inner products."""
    users, items, d, channels = 4, 5, 2, 3
    pairs = [(0, 4), (0, 5), (1, 5), (1, 6), (1, 7), (2, 7), (3, 8), (3, 4), (2, 4)]
    c = cc.Complex.graph(pairs, users + items)
    x = torch.randn(users + items, d, channels, dtype=F64)
    a = torch.zeros(9, 9, dtype=F64)
    for u, i in pairs:
        a[u, i] = a[i, u] = 1.0
    degree = a.sum(dim=1)
    p = a / (degree[:, None] * degree).sqrt()
    state = mean = x.flatten(1)
    for _ in range(3):
        state = p @ state
        mean = mean + state
    mean = mean / 4
    found = EXAMPLE["diffuse"](Sheaf.constant(c, d, dtype=F64), x, steps=3)
    assert_close(found[:users] @ found[users:].T, mean[:users] @ mean[users:].T)
    turned = Sheaf(c, torch.linalg.qr(torch.randn(18, d, d, dtype=F64)).Q)
    assert (EXAMPLE["diffuse"](turned, x, steps=3) - found).abs().max() > 1e-3


def test_it_learns_to_rank() -> None:
    before, after = EXAMPLE["recommend"](steps=60)
    assert before < 0.6
    assert after > 0.7
