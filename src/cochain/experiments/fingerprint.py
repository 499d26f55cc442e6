"""The content of a complex as one number."""

import hashlib

import numpy as np
from torch import Tensor

from cochain.complexes import Complex


def fingerprint(complex_: Complex) -> str:
    """Give the sha256 of cells, incidences, components and tensors, in hexadecimal digits.

    Two complexes have the same fingerprint when every number in them is the same, in the same order; where they were
    loaded from and what was derived from them plays no part.
    """
    digest = hashlib.sha256()
    structure = complex_._structure
    digest.update(f"{complex_.domain} {complex_.sizes} {len(complex_)}".encode())
    for rank in range(complex_.rank + 1):
        _add(digest, f"offsets {rank}", complex_.offsets(rank))
    for high, low in sorted(structure.stored):
        faces = complex_.faces(high, low)
        _add(digest, f"rows {high} {low}", faces.pattern.indptr)
        _add(digest, f"columns {high} {low}", faces.pattern.indices)
        if faces.values is not None:
            _add(digest, f"values {high} {low}", faces.values)
    places = [(str(rank), complex_[rank], complex_.is_odd) for rank in range(complex_.rank + 1)]
    for place, cells, is_odd in places:
        for name in cells.keys():  # noqa: SIM118 - cells are not iterable
            _add(digest, f"{place}.{name} {is_odd(int(place), name)}", cells[name])
    for name in complex_.whole.keys():  # noqa: SIM118
        _add(digest, f"whole.{name}", complex_.whole[name])
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", name: str, tensor: Tensor) -> None:
    array = np.ascontiguousarray(tensor.detach().cpu().numpy())
    if array.dtype.kind == "i" and array.dtype.itemsize in (4, 8):
        array = array.astype(np.int64)  # 32 or 64 bits is a matter of storage
    digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
    digest.update(array.data)
