"""Arrays are read from pickles; anything that would run is refused."""

import os
import pickle
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given

from cochain.datasets.unpickle import read_pickle
from cochain.errors import DataError
from damage import damaged

MATRIX = sp.csr_matrix(np.array([[0, 2.5, 0], [0, 0, 0], [1, 0, -3]], dtype=np.float32))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([1, 2], dtype=">i2"),
        np.zeros((0, 4), dtype=np.float32),
        np.array([True, False]),
    ],
    ids=["integers", "fortran", "big-endian", "empty", "booleans"],
)
def test_arrays_come_back(array: np.ndarray, protocol: int) -> None:
    found = read_pickle(pickle.dumps(array, protocol), "a")
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


@pytest.mark.parametrize("protocol", [2, 4])
def test_sparse_matrices_and_lists_come_back(protocol: int) -> None:
    found = read_pickle(pickle.dumps(MATRIX, protocol), "m")
    np.testing.assert_array_equal(found.toarray(), MATRIX.toarray())
    lists = defaultdict(list, {0: [1, 2], 1: [0]})
    assert read_pickle(pickle.dumps(lists, protocol), "g") == {0: [1, 2], 1: [0]}


class Attack:
    """Calls a function of the system when it is unpickled."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[object, object]:
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize(
    ("attack", "name"),
    [
        (Attack(os.system, "touch harm"), "posix.system|nt.system"),
        (Attack(eval, "open('harm', 'w')"), "builtins.eval|__builtin__.eval"),
        (Attack(getattr, [], "append"), "builtins.getattr|__builtin__.getattr"),
        (Attack(np.fromfile, "harm"), "numpy.*fromfile"),
        (Attack(np.load, "harm"), "numpy.*load"),
    ],
    ids=["system", "eval", "getattr", "fromfile", "load"],
)
def test_calls_are_refused_by_name(
    attack: Attack, name: str, protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=rf"evil.x should hold arrays only, but names '({name})'.*do not load it"):
        read_pickle(pickle.dumps({"x": [attack]}, protocol), "evil.x")
    assert list(tmp_path.iterdir()) == []


OBJECTS = [
    (b"cnumpy.core.multiarray\n_reconstruct\n.", "the class itself"),
    (b"cnumpy\nndarray\n(I1000000000000\ntR.", "a call of the array type, which would ask for memory"),
    (b"cnumpy\ndtype\n(VO\ntR.", "a type of Python objects"),
    (b"ccollections\ndefaultdict\n(cnumpy\ndtype\ntR}b.", "state for a dictionary"),
    (b"c_codecs\nencode\n(Vx\nVrot13\ntR.", "another encoding"),
    (b"cbuiltins\nlist\n(I1\ntR.", "a list of a number"),
    (b"P1\n.", "a persistent name"),
    (b"\x82\x01.", "an extension"),
    (b"", "nothing"),
    (b"not a pickle", "text"),
]


@pytest.mark.parametrize("data", [pair[0] for pair in OBJECTS[1:]], ids=[pair[1] for pair in OBJECTS[1:]])
def test_broken_pickles_are_refused(data: bytes) -> None:
    with pytest.raises(DataError, match=r"ind\.x should be a pickle of arrays, but cannot be read .*; the file"):
        read_pickle(data, "ind.x")


def test_state_that_asks_for_memory_is_refused() -> None:
    array = pickle.dumps(np.arange(3, dtype=np.int8), 2)
    assert b"K\x03\x85" in array
    with pytest.raises(DataError, match="cannot reshape"):
        read_pickle(array.replace(b"K\x03\x85", b"J\xff\xff\xff\x7f\x85", 1), "a")
    made = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR"
    inert = made + b"(I1\n(I9\ntcnumpy\ndtype\n(Vi8\ntRI00\nI72\ntb."
    with pytest.raises(DataError, match="should hold bytes, but holds int"):
        read_pickle(inert, "a")


def test_matrix_whose_indices_point_outside_is_refused() -> None:
    wrong = MATRIX.copy()
    wrong.indices[0] = 7
    with pytest.raises(DataError, match="m should be a pickle of arrays, but cannot be read"):
        read_pickle(pickle.dumps(wrong, 2), "m")


@given(damaged(pickle.dumps(MATRIX, 2)))
def test_damage_never_escapes(data: bytes) -> None:
    try:
        read_pickle(data, "m")
    except DataError:
        return
