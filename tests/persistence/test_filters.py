"""Vertex functions against matrix exponentials and by hand."""

import numpy as np
import pytest
import scipy.linalg
import torch

import cochain as cc
from cochain.errors import ShapeError
from cochain.persistence import filters


def path_and_triangle():
    edges = np.array([[0, 1, 3, 4, 5], [1, 2, 4, 5, 3]])
    return cc.Complex.graph(edges, [3, 3, 1])


def test_degree_by_hand():
    assert filters.degree(path_and_triangle()).tolist() == [1, 2, 1, 2, 2, 2, 0]


@pytest.mark.parametrize("time", [0.1, 1.0, 10.0])
def test_heat_is_the_diagonal_of_the_matrix_exponential(time):
    found = filters.heat(path_and_triangle(), time)[:, 0]
    path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / np.sqrt(2)
    triangle = (np.ones((3, 3)) - np.eye(3)) / 2
    expected = [*(np.diag(scipy.linalg.expm(-time * (np.eye(3) - a))) for a in (path, triangle)), [1.0]]
    np.testing.assert_allclose(found.numpy(), np.concatenate(expected), rtol=1e-6)


@pytest.mark.parametrize("time", [0.1, 3.0, 200.0])
def test_both_ways_to_heat_agree(time, monkeypatch, rng):
    edges = rng.integers(0, 150, (2, 260))
    edges = np.unique(np.sort(edges[:, edges[0] != edges[1]], axis=0), axis=1)
    c = cc.Complex.union([cc.Complex.graph(edges, 160), path_and_triangle()])
    torch.set_default_dtype(torch.float64)
    try:
        found = filters.heat(c, time, 2 * time)
        monkeypatch.setattr(filters, "DENSE", 1000)
        torch.testing.assert_close(found, filters.heat(c, time, 2 * time), rtol=1e-10, atol=1e-11)
    finally:
        torch.set_default_dtype(torch.float32)


def test_heat_of_a_union_is_that_of_its_parts():
    whole = path_and_triangle()
    apart = torch.cat([filters.heat(part, 1.0) for part in whole.components()])
    torch.testing.assert_close(filters.heat(whole, 1.0), apart)


def test_coordinates_and_messages():
    c = path_and_triangle().with_cochain(0, "pos", torch.arange(14.0).reshape(7, 2))
    assert filters.coordinate(c).tolist() == [1, 3, 5, 7, 9, 11, 13]
    assert filters.coordinate(c, 0).tolist() == [0, 2, 4, 6, 8, 10, 12]
    with pytest.raises(ShapeError, match="one of the 2 coordinates"):
        filters.coordinate(c, 2)
    with pytest.raises(ShapeError, match=r"c\[0\].pos is missing"):
        filters.coordinate(path_and_triangle())
    with pytest.raises(ShapeError, match="times should be positive"):
        filters.heat(c, 0.0)
    with pytest.raises(ShapeError, match="vertices alone"):
        filters.degree(cc.Complex.points(torch.zeros(3, 2)))
