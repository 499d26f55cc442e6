"""Readers of arrays and pickles: worked by hand, every message, and damage of any kind."""

import io
import pickle
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from cochain.datasets import heterophilous, planetoid
from cochain.datasets.tensors import distinct, one_hot, rows_to_one
from cochain.errors import DataError
from damage import damaged


def parts(**changes: Any) -> dict[str, bytes]:
    """A network of 7 nodes: 0 and 1 train, 4 and 6 test, and no file says anything of node 5."""
    content = {
        "x": sp.csr_matrix(np.eye(2, 3, dtype=np.float32)),
        "y": np.array([[1, 0], [0, 1]]),
        "allx": sp.csr_matrix(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 2], [1, 1, 0]], dtype=np.float32)),
        "ally": np.array([[1, 0], [0, 1], [0, 1], [1, 0]]),
        "tx": sp.csr_matrix(np.array([[0, 3, 0], [4, 0, 0]], dtype=np.float32)),
        "ty": np.array([[0, 1], [1, 0]]),
        "graph": defaultdict(list, {0: [1, 2, 2], 1: [0], 2: [0, 2], 3: [], 4: [6], 5: [], 6: [4]}),
    }
    files = {name: pickle.dumps(value, 2) for name, value in (content | changes).items()}
    return {"test.index": b"6\n4\n", **files}


def test_citations_by_hand() -> None:
    found = planetoid.parse(parts(), "toy")
    np.testing.assert_array_equal(found.y, [0, 1, 1, 0, 0, -1, 1])
    np.testing.assert_array_equal(found.x[[4, 5, 6]], [[4, 0, 0], [0, 0, 0], [0, 3, 0]])
    np.testing.assert_array_equal(found.split[:, 0], [0, 0, 1, 1, 2, 1, 2])
    assert {tuple(sorted(edge)) for edge in found.edges.T.tolist()} == {(0, 1), (0, 2), (4, 6)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ally": np.zeros((3, 2), int)}, r"toy should have as many rows of words as labels .* have 4, 3, 2, 2, 2"),
        ({"tx": sp.csr_matrix((2, 4), dtype=np.float32)}, "toy should have one width of words, but allx and tx differ"),
        ({"allx": np.eye(4)}, r"ind.toy.allx should have a sparse matrix of word counts, but holds ndarray of shape"),
        ({"ty": np.array([[2, 0], [1, 0]])}, "ind.toy.ty should have at most one 1 in a row, but has other rows"),
        ({"ty": [[0, 1], [1, 0]]}, "ind.toy.ty should have a one-hot array .*, but holds list"),
        ({"graph": {0: [7]}}, "ind.toy.graph should have nodes from 0 to 6, but has others"),
        ({"graph": {0: ["1"]}}, "ind.toy.graph should have nodes given by numbers, but has others"),
        ({"graph": [1, 2]}, "ind.toy.graph should have lists of neighbours by node, but holds list"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        planetoid.parse(parts(**changes), "toy")


@pytest.mark.parametrize("index", [b"6\n6\n", b"3\n4\n", b"4\n900000000\n"])
def test_test_numbers_that_do_not_fit_are_refused(index: bytes) -> None:
    with pytest.raises(DataError, match=r"toy should have (distinct test numbers from 4 on|test numbers that follow)"):
        planetoid.parse(parts() | {"test.index": index}, "toy")


def arrays(**changes: Any) -> bytes:
    content = {
        "node_features": np.array([[1, 1], [0, 0], [2, 6]], dtype=np.float32),
        "node_labels": np.array([0, 2, 1]),
        "edges": np.array([[0, 1], [2, 2], [2, 1]]),
        "train_masks": np.array([[True, False, False], [False, False, True]]),
        "val_masks": np.array([[False, True, False], [False, True, False]]),
        "test_masks": np.array([[False, False, True], [True, False, False]]),
    }
    stream = io.BytesIO()
    np.savez(stream, **(content | changes))
    return stream.getvalue()


def test_network_by_hand() -> None:
    found = heterophilous.parse(arrays(), "h")
    np.testing.assert_array_equal(found.edges, [[0, 2], [1, 1]])
    np.testing.assert_array_equal(found.split, [[0, 2], [1, 1], [2, 0]])
    np.testing.assert_array_equal(rows_to_one(found.x), [[0.5, 0.5], [0, 0], [0.25, 0.75]])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"node_labels": np.zeros(2, int)}, r"h should have node_features: numbers \(nodes, channels\), but has not"),
        ({"node_labels": np.zeros(3)}, "node_labels: whole numbers"),
        ({"node_features": np.full((3, 2), np.nan)}, "node_features: finite"),
        ({"edges": np.array([[0, 3]])}, "edges: between the nodes"),
        ({"edges": np.zeros((2, 3), int)}, r"edges: whole numbers \(edges, 2\)"),
        ({"val_masks": np.zeros((1, 3), bool)}, r"masks: booleans \(folds, nodes\)"),
        ({"val_masks": np.ones((2, 3), bool)}, "an item should be in one part, but item 0 is in 2 parts"),
        ({"edges": np.array([None])}, "but cannot be read"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        heterophilous.parse(arrays(**changes), "h")


def test_features_by_hand() -> None:
    np.testing.assert_array_equal(one_hot(np.array([5, -1, 5])), [[0, 1], [1, 0], [0, 1]])
    np.testing.assert_array_equal(distinct(np.array([3, 1, 3, 2, 1])), [1, 2, 3])
    assert len(distinct(np.zeros(0, int))) == 0


CASES = {name: (data, name) for name, data in parts().items()}


@pytest.mark.parametrize("case", [*CASES, "npz"])
@given(data=st.data())
def test_damage_never_escapes(case: str, data: st.DataObject) -> None:
    try:
        if case == "npz":
            heterophilous.parse(data.draw(damaged(arrays())), "f")
        else:
            planetoid.parse(parts() | {case: data.draw(damaged(parts()[case]))}, "toy")
    except DataError:
        return
