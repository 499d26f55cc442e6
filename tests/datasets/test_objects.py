"""Files of numpy with pickled objects: what they hold, and what they may not do."""

import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from cochain.datasets.objects import read_npy, read_npz
from cochain.errors import DataError

MATRIX = scipy.sparse.csr_matrix(np.array([[0.0, 2.0], [3.0, 0.0]]))


def npz(**arrays: object) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def objects(values: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array(values, dtype=object), allow_pickle=True)
    return stream.getvalue()


def holding(value: object) -> np.ndarray:
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def test_arrays_and_matrices() -> None:
    found = read_npz(
        npz(a=np.arange(3), matrix=holding(MATRIX), words=np.array(["x"])), "f.npz", ("a", "matrix", "none")
    )
    assert sorted(found) == ["a", "matrix"]
    np.testing.assert_array_equal(found["a"], [0, 1, 2])
    np.testing.assert_array_equal(found["matrix"].toarray(), MATRIX.toarray())


def test_dictionaries_of_sets_come_as_a_list_of_ranks() -> None:
    ranks = [{frozenset({4}): 1, frozenset({7}): np.float64(2.5)}, {frozenset({4, 7}): 3}]
    assert read_npy(objects(ranks), "f.npy") == [{frozenset({4}): 1, frozenset({7}): 2.5}, {frozenset({4, 7}): 3}]


class Program:
    """Calls a function of the system when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_nothing_is_called(tmp_path: Path) -> None:
    bad = holding(Program(tmp_path / "made"))
    stream = io.BytesIO()
    np.save(stream, bad, allow_pickle=True)
    with pytest.raises(DataError, match=r"f.npz:a should hold arrays only, but names '(posix|nt).mkdir'"):
        read_npz(npz(a=bad), "f.npz", ("a",))
    with pytest.raises(DataError, match=r"f.npy should hold arrays only, but names '(posix|nt).mkdir'"):
        read_npy(stream.getvalue(), "f.npy")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("cut", [0, 3, 9, 40, 100])
def test_damaged_files_are_named(cut: int) -> None:
    with pytest.raises(DataError, match=r"f.npy should (hold|be)"):
        read_npy(objects([{1: 2}])[:cut], "f.npy")
    with pytest.raises(DataError, match=r"f.npz should hold arrays, but cannot be read"):
        read_npz(npz(a=np.arange(3))[:cut], "f.npz", ("a",))


def test_sets_of_numbers_are_understood_whatever_the_protocol() -> None:
    from cochain.datasets.unpickle import read_pickle

    value = {402: {538, 163}, 7: {1}}
    for protocol in range(2, 5):
        assert read_pickle(pickle.dumps(value, protocol=protocol), "f") == value
