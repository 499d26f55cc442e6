"""Complexes that take long to read are kept in the cache, under a name that tells all that they depend on."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from importlib.resources import files as package_files
from typing import TYPE_CHECKING

from cochain.datasets.fetch import cache_folder
from cochain.datasets.records import Dataset, manifest
from cochain.errors import ComplexError

if TYPE_CHECKING:
    from cochain.complexes import Complex

SOURCES = ("cochain.datasets", "cochain.complexes.io")


def load_or_read(dataset: Dataset, read: Callable[[], "Complex"]) -> "Complex":
    """Load the complex that an earlier call kept, or read it and keep it.

    A damaged file is replaced; a cache that cannot be written is no reason to fail.
    """
    from cochain.complexes import Complex

    place = cache_folder() / "read" / f"{dataset.name}-{fingerprint(dataset)}.safetensors"
    if place.is_file():
        try:
            return Complex.load(place)
        except (ComplexError, OSError):
            pass  # cut off or altered: it is read and written anew
    complex_ = read()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        complex_.save(place)
    except OSError:
        pass
    return complex_


def fingerprint(dataset: Dataset) -> str:
    """Give a hash of the record, its files, rdkit's version, and the source of everything that reads."""
    found = hashlib.sha256(repr(dataset).encode())
    for path in dataset.files:
        found.update(manifest()[path].sha256.encode())
    with suppress(metadata.PackageNotFoundError):  # the reader says that it is missing
        found.update(metadata.version("rdkit").encode())
    for package in SOURCES:
        for source in sorted(package_files(package).iterdir(), key=lambda entry: entry.name):
            if source.name.endswith(".py"):
                found.update(source.read_bytes())
    return found.hexdigest()[:16]
