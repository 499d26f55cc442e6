"""Pickles of arrays from strangers, read without running anything of theirs.

A pickle is a program: it names functions and the reader calls them. Here every name leads to one of the few inert
classes below or to an error, so nothing outside this file is ever called. They only hold what the file says; arrays are
made from them afterwards, by code that checks sizes. Python 2 pickles of numpy and scipy are understood.
"""

import io
import pickle
import pickletools
import struct
import warnings
from typing import Any

import numpy as np
import scipy.sparse

from cochain.errors import DataError

_DAMAGE = (
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    MemoryError,
    RecursionError,
    ImportError,
    struct.error,
)


# Everything that arrays, lists and dictionaries are written with. The rest either runs something, or asks for memory
# before it looks at the file.
_OPCODES = frozenset(
    "MARK STOP POP POP_MARK DUP INT BININT BININT1 BININT2 LONG LONG1 NONE NEWTRUE NEWFALSE "  # noqa: SIM905 - 50 lines
    "FLOAT BINFLOAT STRING "
    "BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINBYTES SHORT_BINBYTES EMPTY_LIST APPEND APPENDS "
    "LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT DICT SETITEM SETITEMS GET BINGET LONG_BINGET PUT BINPUT "
    "LONG_BINPUT MEMOIZE EMPTY_SET ADDITEMS FROZENSET GLOBAL STACK_GLOBAL REDUCE BUILD NEWOBJ PROTO FRAME".split()
)


class _Inert:
    """An object of a pickle that takes no state unless its class says so."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError(f"{type(self).__name__.strip('_')} takes no state")


class _Dtype(_Inert):
    """A numpy type by its code, such as f4."""

    __slots__ = ("code", "order")

    def __init__(self, code: str, align: int = 0, copy: int = 1) -> None:
        if np.dtype(code).kind not in "biufO":
            raise pickle.UnpicklingError(f"an array should hold numbers, but has type {code!r}")
        self.code, self.order = np.dtype(code).str[1:], "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError(f"byte order {state[1]!r}")
        self.order = state[1]


class _Array(_Inert):
    """A numpy array: shape, type and bytes; of an array of objects, the list of them."""

    __slots__ = ("array", "items", "single")

    def __init__(self, kind: Any = None, shape: Any = None, code: Any = None) -> None:
        self.array: np.ndarray | None = None
        self.items: list[Any] | None = None
        self.single = False

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, raw = state
        if dtype.code.startswith("O"):
            if type(raw) is not list or len(shape) > 1 or not (shape or len(raw) == 1):
                raise pickle.UnpicklingError("an array of objects should be a list of them")
            self.items, self.single = raw, not shape
            return
        flat = np.frombuffer(_latin1(raw), dtype=np.dtype(dtype.order + dtype.code))
        self.array = flat.reshape(shape, order="F" if fortran else "C")


class _Rows(_Inert):
    """A scipy matrix in compressed rows or by coordinates: its attributes."""

    __slots__ = ("state",)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = dict(state)


class _Lists(dict[Any, Any], _Inert):
    """A dictionary of lists, as `collections.defaultdict(list)` is written."""

    __slots__ = ()

    def __init__(self, factory: Any = None) -> None:
        super().__init__()


class _Bytes(bytes, _Inert):
    """Bytes written as text, as Python 3 writes them in old protocols."""

    __slots__ = ()

    def __new__(cls, text: str = "", encoding: str = "latin1") -> "_Bytes":
        """Encode in latin1, the only encoding that pickles of bytes use."""
        if encoding != "latin1":
            raise pickle.UnpicklingError(f"encoding {encoding!r}")
        return super().__new__(cls, text.encode("latin1"))


def _scalar(kind: Any, raw: Any) -> Any:
    """A single number of a numpy type."""
    if not isinstance(kind, _Dtype):
        raise pickle.UnpicklingError("a number should have a numpy type")
    return np.frombuffer(_latin1(raw), dtype=np.dtype(kind.order + kind.code))[0].item()


_ADMITTED: dict[tuple[str, str], Any] = {
    **{(module, "_reconstruct"): _Array for module in ("numpy.core.multiarray", "numpy._core.multiarray")},
    ("numpy", "ndarray"): "numpy.ndarray",
    ("numpy", "dtype"): _Dtype,
    ("scipy.sparse.csr", "csr_matrix"): _Rows,
    ("scipy.sparse._csr", "csr_matrix"): _Rows,
    ("scipy.sparse._csr", "csr_array"): _Rows,
    ("scipy.sparse.coo", "coo_matrix"): _Rows,
    **{(module, "scalar"): _scalar for module in ("numpy.core.multiarray", "numpy._core.multiarray")},
    **{(module, kind.__name__): kind for module in ("builtins", "__builtin__") for kind in (set, frozenset)},
    ("collections", "defaultdict"): _Lists,
    **{(module, "dict"): _Lists for module in ("builtins", "__builtin__")},
    **{(module, "list"): list for module in ("builtins", "__builtin__")},
    ("_codecs", "encode"): _Bytes,
    **{(module, "bytes"): _Bytes for module in ("builtins", "__builtin__")},
}


class _Reader(pickle.Unpickler):
    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(io.BytesIO(data), encoding="latin1")
        self.name = name

    def find_class(self, module: str, name: str) -> Any:
        """Give the inert class for a name, or refuse it."""
        if (module, name) not in _ADMITTED:
            raise DataError(
                f"{self.name} should hold arrays only, but names '{module}.{name}'; "
                "a pickle that calls functions can run any program, do not load it"
            )
        return _ADMITTED[module, name]


def read_pickle(data: bytes, name: str) -> Any:
    """Read a pickle that holds an array, a sparse matrix, or lists, sets and dictionaries of numbers and arrays.

    Args:
        data: the pickle.
        name: how messages call the file.

    Returns:
        A numpy array, a `scipy.sparse.csr_matrix`, or lists, sets and dictionaries as they stand in the file; an array
        of objects as a list, and one without dimensions as its object.

    Raises:
        DataError: for a name that is not admitted, or a file that is cut off or altered.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd escapes in the text of a damaged file
            _check_opcodes(data)
            return _resolve(_Reader(data, name).load())
    except _DAMAGE as error:
        raise DataError(
            f"{name} should be a pickle of arrays, but cannot be read ({type(error).__name__}: {error}); "
            "the file is damaged, remove it and load again"
        ) from error


def _check_opcodes(data: bytes) -> None:
    """Go through the program without running it."""
    for opcode, argument, place in pickletools.genops(data):
        if opcode.name not in _OPCODES:
            raise pickle.UnpicklingError(f"{opcode.name} at byte {place} is not needed for arrays")
        if opcode.name in ("PUT", "LONG_BINPUT") and int(argument or 0) > len(data):
            raise pickle.UnpicklingError(f"entry {argument} of the memory of a file of {len(data)} bytes")


def _resolve(found: Any) -> Any:
    """Turn what a pickle holds into numpy and scipy objects."""
    if isinstance(found, _Array):
        if found.array is None and found.items is None:
            raise pickle.UnpicklingError("an array without content")
        if found.items is None:
            return found.array
        return _resolve(found.items[0] if found.single else found.items)
    if isinstance(found, _Rows):
        return _matrix(found.state)
    if isinstance(found, list | tuple) and any(isinstance(each, _Inert | tuple) for each in found):
        return [_resolve(each) for each in found]
    if isinstance(found, _Dtype | str):
        raise pickle.UnpicklingError("the content is no array")
    return found


def _matrix(state: dict[str, Any]) -> scipy.sparse.csr_matrix:
    """Build a matrix in rows, every index checked before it is used."""
    shape = state["_shape"] if "_shape" in state else state["shape"]
    if "row" in state:
        data, row, column = (_resolve(state[key]) for key in ("data", "row", "col"))
        entries = scipy.sparse.coo_matrix((data, (row, column)), shape=shape)
        entries.sum_duplicates()
        return entries.tocsr()
    data, indices, indptr = (_resolve(state[key]) for key in ("data", "indices", "indptr"))
    matrix = scipy.sparse.csr_matrix((data, indices, indptr), shape=shape)
    matrix.check_format(full_check=True)
    return matrix


def _latin1(raw: Any) -> bytes:
    """Give the bytes of an array; a number here would ask for that many zeros."""
    if isinstance(raw, str):
        return raw.encode("latin1")
    if not isinstance(raw, bytes):
        raise pickle.UnpicklingError(f"an array should hold bytes, but holds {type(raw).__name__}")
    return raw
