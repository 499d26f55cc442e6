"""Union, relabelling, reorientation and the Dirac operator: complexes made from complexes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from cochain.complexes.arrays import as_indices, as_values, sparse
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, ShapeError
from cochain.kernels import SparseMatrix

if TYPE_CHECKING:
    from cochain.complexes.complex import Complex


def union(complexes: "Sequence[Complex]") -> "Complex":
    """Join complexes of one domain; see `Complex.union`."""
    from cochain.complexes.complex import Complex

    members = _members(complexes)
    if len(members) == 1:
        return members[0]
    structure = _union_structure([member._structure for member in members], members[0].domain)
    names = sorted(set().union(*(member._names for member in members)), key=str)
    values = {key: _union_values(members, key) for key in names}
    odd = set().union(*(member._odd for member in members))
    for key in odd:
        if not all(key in member._odd or key not in member._names for member in members):
            raise ComplexError(f"'{key[1]}' on rank {key[0]} should be odd in all complexes of a union, or in none")
    schema = members[0].schema if all(member.schema == members[0].schema for member in members) else None
    return Complex(structure, values, odd, None, schema)


def _members(complexes: Any) -> "list[Complex]":
    from cochain.complexes.complex import Complex

    if not isinstance(complexes, Iterable) or isinstance(complexes, Complex):
        raise ComplexError(f"a union should join a list of complexes, but is given one {type(complexes).__name__}")
    members = list(complexes)
    if not members:
        raise ComplexError("a union should have at least one complex, but the list is empty")
    for place, member in enumerate(members):
        if not isinstance(member, Complex):
            raise ComplexError(f"a union should join complexes, but number {place} is a {type(member).__name__}")
        domain, device = members[0].domain, members[0].device
        if member.domain != domain or member.device != device:
            raise ComplexError(
                f"a union should join complexes of one domain on one device, but number 0 is a {domain} on {device} "
                f"and number {place} a {member.domain} on {member.device}; lift or move them first"
            )
    return members


def _union_structure(parts: list[Structure], domain: str) -> Structure:
    top = max(part.rank for part in parts)
    counts = np.zeros((len(parts), top + 1), dtype=np.int64)
    for place, part in enumerate(parts):
        counts[place, : part.rank + 1] = part.sizes
    starts = np.concatenate([np.zeros((1, top + 1), dtype=np.int64), np.cumsum(counts, axis=0)])
    offsets = []
    for rank in range(top + 1):
        pieces = [part.offsets[rank] if rank <= part.rank else torch.zeros_like(part.offsets[0]) for part in parts]
        lengths = torch.cat([piece.diff() for piece in pieces])
        offsets.append(torch.cat([torch.zeros(1, dtype=torch.int64, device=lengths.device), lengths.cumsum(0)]))
    keys = sorted(set().union(*(part.stored for part in parts)))
    faces = {key: _stack(parts, key, starts) for key in keys}
    return Structure(domain, [int(n) for n in starts[-1]], offsets, faces)


def _stack(parts: list[Structure], key: tuple[int, int], starts: np.ndarray) -> SparseMatrix:
    """Put the face matrices of one pair of ranks on the diagonal."""
    high, low = key
    rows, columns = int(starts[-1, high]), int(starts[-1, low])
    holders = [(place, part.faces(high, low)) for place, part in enumerate(parts) if key in part.stored]
    degrees = np.concatenate(
        [m.pattern.indptr[1:].cpu().numpy() - m.pattern.indptr[:-1].cpu().numpy() for _, m in holders]
    )
    indices = np.concatenate([m.pattern.indices.cpu().numpy() for _, m in holders]).astype(np.int64)
    indices += np.repeat(starts[[place for place, _ in holders], low], [m.nnz for _, m in holders])
    values = torch.cat([m.values for _, m in holders]) if holders[0][1].values is not None else None  # type: ignore[misc]
    device = holders[0][1].device
    values = None if values is None else values.cpu()
    return sparse(offsets_of(degrees).numpy(), indices, values, (rows, columns)).to(device)


def _union_values(members: "list[Complex]", key: Any) -> Tensor:
    place, name = key
    parts = []
    for number, member in enumerate(members):
        value = member._find(key)
        if value is not None:
            parts.append(value)
        elif place == "whole" or (place <= member.rank and member.sizes[place]):
            raise ComplexError(
                f"a union should join complexes with the same tensors, but '{name}' on {place} is missing in number "
                f"{number}; add it there or remove it from the others"
            )
    shapes = {tuple(part.shape[1:]) for part in parts}
    if len(shapes) > 1:
        raise ShapeError(f"'{name}' on {place} should have one number of channels in a union, but has {sorted(shapes)}")
    return torch.cat(parts)


def dirac(structure: Structure) -> SparseMatrix:
    """Give [[0, B_1, 0], [B_1^T, 0, B_2], [0, B_2^T, 0]]; see `Complex.dirac`."""
    if not structure.oriented:
        raise ComplexError(f"the Dirac operator needs orientations, but a {structure.domain} has none")
    top = structure.rank
    blocks: list[list[Any]] = [[None] * (top + 1) for _ in range(top + 1)]
    for rank in range(top + 1):
        blocks[rank][rank] = sp.csr_array((structure.sizes[rank],) * 2)
    for rank in range(1, top + 1):
        up = structure.faces(rank, rank - 1).to("cpu").astype(torch.float64).to_scipy()
        blocks[rank][rank - 1], blocks[rank - 1][rank] = up, up.T
    whole = sp.csr_array(sp.block_array(blocks, format="csr"))
    whole.sort_indices()
    values = torch.from_numpy(whole.data).to(torch.get_default_dtype())
    return sparse(whole.indptr, whole.indices, values, whole.shape).to(structure.device)


def relabel(complex_: "Complex", permutations: Mapping[int, Any]) -> "Complex":
    """Renumber cells within components; see `Complex.relabel`."""
    from cochain.complexes.complex import Complex

    structure = complex_._structure
    order = {rank: _permutation(complex_, rank, given) for rank, given in permutations.items()}
    faces = {}
    for high, low in structure.stored:
        matrix = structure.faces(high, low)
        rows, columns = matrix.pattern.rows.long(), matrix.pattern.indices.long()
        if high in order:
            rows = torch.argsort(order[high])[rows]
        if low in order:
            columns = torch.argsort(order[low])[columns]
        faces[(high, low)] = SparseMatrix.from_coo(rows, columns, matrix.values, matrix.shape)
    values = {
        key: value[order[key[0]]] if key[0] != "whole" and key[0] in order else value
        for key, value in complex_._all_values().items()
    }
    renumbered = Structure(structure.domain, structure.sizes, structure.offsets, faces)
    return Complex(renumbered, values, complex_._odd, None, complex_.schema)


def _permutation(complex_: "Complex", rank: int, given: Any) -> Tensor:
    order = torch.from_numpy(as_indices(given, f"a permutation of rank {rank}")).to(complex_.device)
    size = complex_.sizes[complex_._checked_rank(rank)]
    if order.shape != (size,) or not torch.equal(order.sort().values, torch.arange(size, device=order.device)):
        raise ShapeError(f"a permutation of rank {rank} should hold each of 0..{size - 1} once, but does not")
    component = complex_.component_of(rank)
    if not torch.equal(component[order], component):
        raise ComplexError(
            f"a permutation of rank {rank} should keep cells in their component, but moves some to another"
        )
    return order


def reorient(complex_: "Complex", signs: Mapping[int, Any]) -> "Complex":
    """Reverse orientations; see `Complex.reorient`."""
    from cochain.complexes.complex import Complex

    structure = complex_._structure
    if not structure.oriented:
        raise ComplexError(f"reorienting needs orientations, but a {structure.domain} has none")
    flips = {rank: _signs(complex_, rank, given) for rank, given in signs.items()}
    faces = {}
    for high, low in structure.stored:
        matrix = structure.faces(high, low)
        values = matrix.values
        assert values is not None
        if high in flips:
            values = values * flips[high][matrix.pattern.rows.long()].to(values.dtype)
        if low in flips:
            values = values * flips[low][matrix.pattern.indices.long()].to(values.dtype)
        faces[(high, low)] = matrix.with_values(values)
    values_ = complex_._all_values()
    for key in complex_._odd:
        if key[0] in flips:
            flip = flips[key[0]].to(values_[key].dtype)
            values_[key] = values_[key] * flip.reshape(-1, *[1] * (values_[key].ndim - 1))
    reversed_ = Structure(structure.domain, structure.sizes, structure.offsets, faces)
    return Complex(reversed_, values_, complex_._odd, None, complex_.schema)


def _signs(complex_: "Complex", rank: int, given: Any) -> Tensor:
    signs = as_values(given, "signs", complex_.device)
    size = complex_.sizes[complex_._checked_rank(rank)]
    if rank == 0:
        raise ComplexError("a node has only one orientation; reorient ranks from 1 up")
    if signs.shape != (size,) or signs.dtype == torch.bool or not bool((signs.abs() == 1).all()):
        raise ShapeError(f"the signs of rank {rank} should be {size} numbers +1 or -1, but are not")
    return signs
