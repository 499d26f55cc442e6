"""What two complexes have in common whatever the numbers of their cells: nodes named by their features."""

from itertools import pairwise

import torch

from cochain import Complex

Named = tuple[float, ...]


def rounded(row: torch.Tensor) -> Named:
    """Numbers that two orders of summation agree on."""
    return tuple(round(v, 8) + 0.0 for v in row.double().reshape(-1).tolist())


def canonical(c: Complex) -> list[list[tuple[tuple[Named, ...], tuple[tuple[str, Named], ...]]]]:
    """For each rank its cells: the names of their nodes and their even tensors, sorted. Names are the rows of `x`."""
    names = [rounded(row) for row in c[0].x]
    out = []
    for rank in range(c.rank + 1):
        indptr, indices = c.cells(rank).pattern.arrays
        names_here = c[rank].keys()
        tensors = [name for name in names_here if not c.is_odd(rank, name) and name not in ("via", "landmark")]
        cells = []
        for k, (begin, end) in enumerate(pairwise(indptr)):
            values = tuple((name, rounded(c[rank][name][k])) for name in tensors)
            cells.append((tuple(sorted(names[v] for v in indices[begin:end])), values))
        out.append(sorted(cells))
    return out


def identical(one: Complex, two: Complex) -> None:
    """Assert the same cells in the same order with the same tensors."""
    assert (one.domain, one.sizes, len(one)) == (two.domain, two.sizes, len(two))
    assert set(one._structure.stored) == set(two._structure.stored)
    for high, low in one._structure.stored:
        mine, other = one.faces(high, low), two.faces(high, low)
        torch.testing.assert_close(mine.pattern.indptr, other.pattern.indptr)
        torch.testing.assert_close(mine.pattern.indices, other.pattern.indices)
        torch.testing.assert_close(mine.values, other.values)
    for rank in range(one.rank + 1):
        torch.testing.assert_close(one.offsets(rank), two.offsets(rank))
        assert one[rank].keys() == two[rank].keys()
        for name in one[rank].keys():  # noqa: SIM118 - tensors, not a dictionary
            assert one.is_odd(rank, name) == two.is_odd(rank, name)
            torch.testing.assert_close(one[rank][name], two[rank][name])
