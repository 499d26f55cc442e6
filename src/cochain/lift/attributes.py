"""What happens to tensors in a lift: those of cells that stay are kept, new cells are described by their nodes."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError, ParityError, unknown_name
from cochain.kernels import SparseMatrix

FEATURES = ("mean", "sum", "concat")


def check_complex(c: object, lift: str) -> None:
    """Refuse what is no complex."""
    if not isinstance(c, Complex):
        raise ComplexError(f"{lift} should read a Complex, but is given a {type(c).__name__}; build one first")


def check_features(features: str | None) -> None:
    """Refuse a name that is none of `FEATURES`."""
    if features is not None and features not in FEATURES:
        raise unknown_name("rule for the features of new cells", str(features), FEATURES)


def carry(c: Complex, structure: Structure, ranks: Mapping[int, int]) -> Complex:
    """Put the tensors of `c` on another structure.

    Args:
        c: the complex that was lifted.
        structure: what it was lifted to, with as many components.
        ranks: for each rank of `c` whose cells stay, the rank that they have now. Tensors of other ranks are left.

    Raises:
        ParityError: when an odd tensor would come to cells that have no orientation.
    """
    names = c.whole.keys()
    values: dict[Any, Tensor] = {("whole", name): c.whole[name] for name in names}
    odd = []
    for old, new in ranks.items():
        names = c[old].keys() if old <= c.rank else []
        for name in names:
            values[(new, name)] = c[old][name]
            if c.is_odd(old, name):
                odd.append((new, name))
                _check_parity(structure, name, old, new)
    return Complex(structure.to(c.device), values, odd)


def _check_parity(structure: Structure, name: str, old: int, new: int) -> None:
    if structure.oriented and new > 0:
        return
    raise ParityError(
        f"'{name}' on rank {old} should be even, because its cells have no orientation in the {structure.domain} that "
        "is made, but it is odd; take its absolute value, or take it off with without_cochain"
    )


def with_features(c: Complex, features: str | None, members: Mapping[int, SparseMatrix]) -> Complex:
    """Give `x` to the cells of each rank that have none, from the `x` of their nodes.

    Args:
        c: the lifted complex; without `x` on rank 0 it stays as it is.
        features: "mean" or "sum" over the nodes of a cell; "concat" writes them one after another in increasing order,
            which needs cells of one size; None adds nothing.
        members: for each rank, the 0/1 matrix of the nodes in its cells.
    """
    if features is None or "x" not in c[0]:
        return c
    x = c[0].x[:, None].flatten(1)
    for rank, matrix in members.items():
        if "x" not in c[rank]:
            c = c.with_cochain(rank, "x", _from_nodes(matrix.to(c.device), x, features, rank))
    return c


def _from_nodes(
    members: SparseMatrix, x: Shaped[Tensor, "nodes channels"], features: str, rank: int
) -> Shaped[Tensor, "cells out"]:
    if features == "concat":
        return _concatenate(members, x, rank)
    if not x.is_floating_point():
        x = x.to(torch.get_default_dtype())
    total = members @ x
    if features == "sum":
        return total
    return total / members.pattern.degrees.clamp(min=1)[:, None].to(x.dtype)


def _concatenate(members: SparseMatrix, x: Shaped[Tensor, "nodes channels"], rank: int) -> Shaped[Tensor, "cells out"]:
    sizes = members.pattern.degrees
    if not len(sizes):
        return x.new_zeros((0, x.shape[1] * (rank + 1)))
    low, high = (int(size) for size in torch.aminmax(sizes))
    if low != high:
        raise ComplexError(
            f"features='concat' needs cells of one size, but those of rank {rank} have from {low} to {high} nodes; "
            "use features='mean' or 'sum'"
        )
    return x[members.pattern.indices.long()].reshape(len(sizes), low * x.shape[1])
