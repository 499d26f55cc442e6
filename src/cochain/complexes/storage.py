"""Complexes in files: safetensors with a JSON header, memory-mapped, never pickle."""

import json
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from cochain.complexes.arrays import as_whole_number
from cochain.complexes.cells import is_tensor_name
from cochain.complexes.files import replacing
from cochain.complexes.schema import Schema
from cochain.complexes.structure import DOMAINS, Structure
from cochain.complexes.validate import validate
from cochain.errors import ComplexError
from cochain.kernels import Pattern, SparseMatrix

if TYPE_CHECKING:
    from cochain.complexes.cells import Key
    from cochain.complexes.complex import Complex

FORMAT = "cochain-complex-1"


def save(complex_: "Complex", path: str | PathLike[str]) -> None:
    """Write atomically: into a temporary file beside the target, synced, then renamed over it."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {}
    structure = complex_._structure
    for rank, offsets in enumerate(structure.offsets):
        tensors[f"offsets/{rank}"] = offsets
    for high, low in structure.stored:
        matrix = structure.faces(high, low)
        tensors[f"faces/{high}/{low}/indptr"] = matrix.pattern.indptr
        tensors[f"faces/{high}/{low}/indices"] = matrix.pattern.indices
        if matrix.values is not None:
            tensors[f"faces/{high}/{low}/values"] = matrix.values
    for (place, name), value in complex_._all_values().items():
        tensors[f"data/{place}/{name}"] = value.detach()
    header: dict[str, Any] = {
        "format": FORMAT,
        "domain": structure.domain,
        "sizes": list(structure.sizes),
        "odd": sorted(f"data/{place}/{name}" for place, name in complex_._odd),
    }
    if complex_.schema is not None:
        header["schema"] = complex_.schema.to_json()
    with replacing(path) as temporary:
        save_file(_apart(tensors), temporary, metadata={"cochain": json.dumps(header)})


def _apart(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give the tensors on the CPU, each with memory of its own: one tensor may have two names, which files refuse."""
    out, seen = {}, set()
    for name, value in tensors.items():
        own = value.cpu().contiguous()
        place = own.untyped_storage().data_ptr()
        out[name] = own.clone() if place in seen else own
        seen.add(place)
    return out


def load(path: str | PathLike[str]) -> "Complex":
    """Read and validate; see `Complex.load`."""
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        raise ComplexError(f"{path} should be a file written by Complex.save, but there is no such file")
    try:
        with safe_open(str(path), framework="pt") as file:
            header = _header(file.metadata(), path)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise ComplexError(
            f"{path} should be a file written by Complex.save, but cannot be read: {error}; it may be truncated"
        ) from error
    try:
        found = _assemble(header, tensors)
        validate(found)
    except (ComplexError, KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
        raise ComplexError(
            f"{path} should hold a valid complex, but {_reason(error)}; it was altered or written by something else"
        ) from error
    return found


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _header(metadata: dict[str, str] | None, path: str | PathLike[str]) -> dict[str, Any]:
    header = json.loads((metadata or {}).get("cochain", "{}"))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        found = header.get("format") if isinstance(header, dict) else header
        raise ComplexError(
            f"{path} should be of format {FORMAT}, but its header says {found!r}; write it with Complex.save"
        )
    if header.get("domain") not in DOMAINS:
        raise ComplexError(f"{path} should name a domain of {', '.join(DOMAINS)}, but names {header.get('domain')!r}")
    return header


def _assemble(header: dict[str, Any], tensors: dict[str, Tensor]) -> "Complex":
    from cochain.complexes.complex import Complex

    sizes = [as_whole_number(n, "a size") for n in header["sizes"]]
    offsets = [_indices(tensors, f"offsets/{rank}", torch.int64) for rank in range(len(sizes))]
    _check_offsets(sizes, offsets)
    faces = {}
    for name in sorted(tensors):
        parts = name.split("/")
        if parts[0] == "faces" and parts[-1] == "indptr":
            high, low = int(parts[1]), int(parts[2])
            faces[(high, low)] = _matrix(tensors, f"faces/{high}/{low}", (sizes[high], sizes[low]))
    values = {_key(name): value for name, value in tensors.items() if name.startswith("data/")}
    odd = [_key(name) for name in header["odd"]]
    if not set(odd) <= set(values):
        raise ComplexError("the header marks a tensor as odd that the file does not hold")
    for place, _ in values:
        if place != "whole" and not 0 <= place < len(sizes):
            raise ComplexError(f"a tensor lies on rank {place}, but the top rank is {len(sizes) - 1}")
    found = Complex(Structure(header["domain"], sizes, offsets, faces), values, odd)
    return found.with_schema(Schema.from_json(header["schema"])) if "schema" in header else found


def _key(name: str) -> "Key":
    parts = name.split("/")
    if len(parts) != 3 or not (parts[1] == "whole" or parts[1].isdecimal()) or not is_tensor_name(parts[2]):
        raise ComplexError(f"tensors should be called data/<rank>/<name>, but one is called '{name:.60}'")
    return ("whole" if parts[1] == "whole" else int(parts[1])), parts[2]


def _check_offsets(sizes: list[int], offsets: list[Tensor]) -> None:
    if not sizes or any(n < 0 for n in sizes):
        raise ComplexError(f"the sizes should be numbers >= 0, one for each rank, but are {sizes}")
    for rank, (size, own) in enumerate(zip(sizes, offsets, strict=True)):
        if own.ndim != 1 or len(own) < 1 or len(own) != len(offsets[0]) or int(own[-1]) != size:
            raise ComplexError(
                f"the header claims {size} cells of rank {rank}, but the component offsets say otherwise"
            )


def _indices(tensors: dict[str, Tensor], name: str, *kinds: torch.dtype) -> Tensor:
    found = tensors[name]
    if found.dtype not in kinds or found.ndim != 1:
        raise ComplexError(
            f"{name} should be one-dimensional integers, but has shape {tuple(found.shape)}, type {found.dtype}"
        )
    return found


def _matrix(tensors: dict[str, Tensor], prefix: str, shape: tuple[int, int]) -> SparseMatrix:
    indptr = _indices(tensors, f"{prefix}/indptr", torch.int32, torch.int64)
    indices = _indices(tensors, f"{prefix}/indices", torch.int32, torch.int64)
    if indptr.dtype != indices.dtype or len(indptr) != shape[0] + 1:
        raise ComplexError(f"{prefix} should have {shape[0]} rows, but has {len(indptr) - 1}")
    values = tensors.get(f"{prefix}/values")
    if values is not None and values.dtype != torch.int8:
        raise ComplexError(f"{prefix}/values should be signs of type torch.int8, but has type {values.dtype}")
    return SparseMatrix(Pattern(indptr, indices, shape), values)
