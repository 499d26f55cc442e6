"""Data sets: a literal table of records, and `load`, which turns one into a complex with x, y and split.

Importing this package needs no torch, so listing is fast; `load` imports what it needs.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

from cochain.datasets.fetch import cache_folder, read_files
from cochain.datasets.fetch import whereabouts as _whereabouts
from cochain.datasets.kept import load_or_read
from cochain.datasets.records import Dataset, File
from cochain.datasets.tables import left_out, registry
from cochain.errors import DataError, unknown_name

if TYPE_CHECKING:
    import cochain.complexes

__all__ = ["Dataset", "File", "cache_folder", "info", "load", "names", "registry", "whereabouts"]


def names() -> tuple[str, ...]:
    """Give the names of all data sets, in the order of the table."""
    return tuple(registry)


def info(name: str) -> Dataset:
    """Give the record of a data set: task, sizes, protocol, licence, citation, files.

    Raises:
        DataError: for a well-known data set that is left out, with the reason.
        UnknownNameError: for any other name, with the nearest one.
    """
    if name in left_out:
        raise DataError(f"'{name}' should be complete to be offered, but {left_out[name]}")
    if name not in registry:
        raise unknown_name("data set", name, registry)
    return registry[name]


def whereabouts(name: str, root: str | os.PathLike[str] | None = None) -> str:
    """Say where `load` would find a data set: "embedded", "root", "COCHAIN_DATA", "cache" or "download"."""
    return _whereabouts(info(name), root)


def load(name: str, root: str | os.PathLike[str] | None = None) -> "cochain.complexes.Complex":
    """Load a data set with x, y and split.

    Files are looked up in `root`, in `$COCHAIN_DATA`, in the cache (`$COCHAIN_CACHE`, or the system's place for
    caches), and are downloaded to the cache otherwise. Each is checked against its sha256.

    Args:
        name: a name of `names()`.
        root: folder that holds the files, laid out as `info(name).files` says.
    Shape:
        with target rank t: `c[0].x` (n_0, channels), `c[t].y` (n_t,), `c[t].split` (n_t, folds): 0 training,
        1 validation, 2 test, -1 in no part. With target "whole" y and split have one row per component.

    Raises:
        UnknownNameError: for an unknown name.
        DataError: for a missing, incomplete or altered file.

    Example:
        >>> club = load("karate")
        >>> club.sizes, club[0].y.tolist()[:3], club[0].split.shape
        ((34, 78), [0, 0, 0], torch.Size([34, 10]))
    """
    dataset = info(name)
    module, function = dataset.reader.split(":")
    reader = getattr(import_module(f"cochain.datasets.{module}"), function)
    if dataset.kept:
        return load_or_read(dataset, lambda: reader(dataset, read_files(dataset, root)))
    complex_: cochain.complexes.Complex = reader(dataset, read_files(dataset, root))
    return complex_
