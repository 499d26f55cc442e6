"""Files of numpy that hold pickled objects (npy and npz), read without running anything of theirs."""

import ast
import io
import zipfile
import zlib
from typing import Any

import numpy as np

from cochain.complexes.io.limits import NUMPY_DAMAGE
from cochain.datasets.unpickle import read_pickle
from cochain.errors import DataError

LARGEST_MEMBER = 1 << 29
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, TypeError, NotImplementedError, RuntimeError)


def read_npz(data: bytes, name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Read those of the named arrays of an npz file that it holds; arrays of objects are read by `read_pickle`.

    Raises:
        DataError: for a file that is damaged, unpacks to more than any network needs, or names functions.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.removesuffix(".npy") in keys]
            if sum(entry.file_size for entry in entries) > LARGEST_MEMBER:
                raise DataError(f"{name} should unpack to less than {LARGEST_MEMBER:,} bytes, but claims more")
            members = {entry.filename.removesuffix(".npy"): archive.read(entry) for entry in entries}
    except _DAMAGE as error:
        raise _damaged(name, error) from error
    return {key: read_npy(content, f"{name}:{key}") for key, content in members.items()}


def read_npy(data: bytes, name: str) -> Any:
    """Read one array; an array of objects comes as a list, and one without dimensions as its object.

    Raises:
        DataError: as `read_npz`.
    """
    try:
        start = _object_start(data)
        if start is None:
            return np.load(io.BytesIO(data), allow_pickle=False)
    except (*_DAMAGE, *NUMPY_DAMAGE) as error:
        raise _damaged(name, error) from error
    return read_pickle(data[start:], name)


def _object_start(data: bytes) -> int | None:
    """Give where the pickle of an array of objects begins; None for an array of numbers."""
    stream = io.BytesIO(data)
    major, _ = np.lib.format.read_magic(stream)
    width = 2 if major == 1 else 4
    length = int.from_bytes(stream.read(width), "little")
    header = ast.literal_eval(stream.read(min(length, 1 << 16)).decode("latin1"))
    return stream.tell() if header["descr"] == "|O" else None


def _damaged(name: str, error: BaseException) -> DataError:
    return DataError(
        f"{name} should hold arrays, but cannot be read ({type(error).__name__}: {error}); "
        "the file is damaged, remove it and load again"
    )
