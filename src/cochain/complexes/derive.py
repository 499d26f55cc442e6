"""From a neighbourhood's symbol to its sparse operator."""

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
import torch

from cochain.complexes.arrays import sparse
from cochain.complexes.factors import factors_of
from cochain.complexes.neighborhood import Neighborhood
from cochain.complexes.operator import Operator
from cochain.errors import ComplexError, ShapeError
from cochain.kernels import SparseMatrix
from cochain.kernels.limits import LimitError
from cochain.kernels.product import product

if TYPE_CHECKING:
    from cochain.complexes.structure import Structure

LARGEST_FACTOR = 20_000_000
"""Nonzeros of a factor from which entries of an inverse are taken: half a gigabyte, and minutes if it is dense."""


def derive(structure: "Structure", symbol: Neighborhood, dtype: torch.dtype) -> Operator:
    """Build the operator of `symbol`. Runs once per symbol and structure, in float64, on the CPU."""
    _check(structure, symbol, dtype)
    if symbol.listed:
        return _triples(structure, symbol, dtype)
    plain = not (symbol.loop or symbol.exponent > 1 or symbol.scale or symbol.distance > 1)
    if plain and not symbol.direction and symbol.kind != "self":
        found = _plain(structure, symbol, dtype).to(structure.device)
        return Operator(found, symbol.target, symbol.source, factors=factors_of(structure, symbol, found))
    matrix = _matrix(structure, symbol)
    if symbol.loop:
        matrix = matrix + symbol.loop * sp.eye_array(matrix.shape[0], format="csr")
    if symbol.exponent > 1:
        matrix = sp.csr_array(sp.linalg.matrix_power(matrix, symbol.exponent))
    if symbol.inverted:
        matrix = _inverse_between_neighbors(structure, matrix, symbol)
    if symbol.scale:
        matrix = _scaled(structure, matrix, symbol)
    sparse_ = _from_scipy(matrix, not plain or symbol.sign, dtype, structure.device)
    factors = factors_of(structure, symbol, sparse_)
    return Operator(sparse_, symbol.target, symbol.source, identity=symbol.kind == "self" and plain, factors=factors)


def _check(structure: "Structure", symbol: Neighborhood, dtype: torch.dtype) -> None:
    if symbol.sign and not structure.oriented:
        raise ComplexError(
            f"{symbol} needs orientations, but a {structure.domain} has none; use an unsigned neighbourhood"
        )
    if not isinstance(dtype, torch.dtype):
        raise ShapeError(f"dtype should be a torch.dtype, but is {dtype!r}")
    if (symbol.scale or symbol.inverted) and not dtype.is_floating_point:
        how = "scaled" if symbol.scale else "an inverse"
        raise ShapeError(f"{symbol} should have values of a floating type, since it is {how}, but is asked for {dtype}")
    if symbol.inverted and (symbol.loop <= 0 or symbol.exponent > 1):
        raise ComplexError(
            f"{symbol} should be the inverse of a Laplacian with self loops, which make it definite, and no power; "
            "take for example hodge(1).with_self(1.0).inverse"
        )


def _plain(structure: "Structure", symbol: Neighborhood, dtype: torch.dtype) -> SparseMatrix:
    """Build an incidence, a Laplacian or an adjacency without refinements, of values of `dtype` where it has any."""
    if symbol.kind == "incident":
        return _incidence(structure, symbol, dtype)
    if symbol.kind == "laplacian":
        return _laplacian(structure, symbol, dtype)
    return SparseMatrix(_adjacency(structure, symbol).pattern, None, dtype)


def _matrix(structure: "Structure", symbol: Neighborhood) -> sp.csr_array:
    """Build the operator before self loops, powers and scaling, as float64 scipy CSR."""
    if symbol.kind == "self":
        return sp.eye_array(structure.sizes[symbol.target], format="csr")
    if symbol.direction:
        found = _directed(structure, symbol)
    else:
        found = sp.csr_array(_plain(structure, symbol, torch.float64).to("cpu").to_scipy())
    return _shell(found, symbol.distance) if symbol.distance > 1 else found


def _incidence(structure: "Structure", symbol: Neighborhood, dtype: torch.dtype) -> SparseMatrix:
    low, high = sorted((symbol.target, symbol.source))
    if (high, low) in structure.stored:
        stored = structure.faces(high, low)
        matrix = stored.astype(dtype) if symbol.sign else SparseMatrix(stored.pattern, None, dtype)
    else:
        matrix = SparseMatrix(_containment(structure, high, low).pattern, None, dtype)
    return matrix if symbol.target > symbol.source else matrix.T


def _unsigned(structure: "Structure", high: int, low: int) -> SparseMatrix:
    """Give the 0/1 matrix (cells of rank high, cells of rank low) on the CPU: rows list faces."""
    if (high, low) not in structure.stored:
        return _containment(structure, high, low)
    return SparseMatrix(structure.faces(high, low).pattern.to("cpu"))


def _containment(structure: "Structure", high: int, low: int) -> SparseMatrix:
    """Derive which cells of rank low lie in those of rank high, from the stored incidences."""
    if all((k, k - 1) in structure.stored for k in range(low + 1, high + 1)):
        found = _unsigned(structure, high, high - 1)
        for k in range(high - 1, low, -1):
            found = product([(found, _unsigned(structure, k, k - 1))], None)
        return found
    if low > 0 and (high, 0) in structure.stored and (low, 0) in structure.stored:
        inner = _unsigned(structure, low, 0)
        return product([(_unsigned(structure, high, 0), inner.T)], None, needed=inner.pattern.degrees)
    raise ComplexError(
        f"a {structure.domain} should relate ranks {low} and {high}, but stores no incidence between them"
    )


def _laplacian(structure: "Structure", symbol: Neighborhood, dtype: torch.dtype) -> SparseMatrix:
    rank = symbol.target
    terms = []
    if symbol.part in ("hodge", "down") and rank > 0:
        down = structure.faces(rank, rank - 1).to("cpu")
        terms.append((down, down.T))
    if symbol.part in ("hodge", "up") and rank < structure.rank:
        up = structure.faces(rank + 1, rank).to("cpu")
        terms.append((up.T, up))
    if not terms:
        nothing = np.zeros(structure.sizes[rank] + 1, np.int32)
        return sparse(nothing, nothing[:0], np.zeros(0), (structure.sizes[rank],) * 2).astype(dtype)
    return product(terms, dtype, counts=_counts(structure, symbol))


def _counts(structure: "Structure", symbol: Neighborhood) -> torch.Tensor | None:
    """Count the neighbours of every simplex, and itself where it has any, without looking for them; else None.

    Two simplices share one face at most and lie in one coface at most; in a Hodge Laplacian those that do both cancel.
    """
    rank = symbol.target
    if structure.domain not in ("graph", "simplicial"):
        return None
    itself = int(symbol.kind == "laplacian")
    down = symbol.part in ("hodge", "down") and rank > 0 if itself else symbol.via == rank - 1
    up = symbol.part in ("hodge", "up") and rank < structure.rank if itself else symbol.via == rank + 1
    if not itself and not (down or up):
        return None
    counts = np.full(structure.sizes[rank], itself, dtype=np.int32)
    if down:
        pattern = structure.faces(rank, rank - 1).pattern.to("cpu")
        others = np.diff(pattern.transposed[0].arrays[0]).astype(np.int32) - 1
        for place in range(rank + 1):  # face by face: no array of all faces in between
            counts += others[pattern.arrays[1][place :: rank + 1]]
    if up:
        above = np.diff(structure.faces(rank + 1, rank).pattern.to("cpu").transposed[0].arrays[0]).astype(np.int32)
        counts += above * ((rank + 1) * (-1 if down else 1))
        if not down:
            counts[above == 0] = 0
    return torch.from_numpy(counts)


def _inverse_between_neighbors(structure: "Structure", matrix: sp.csr_array, symbol: Neighborhood) -> sp.csr_array:
    """Give the entries of the inverse on the diagonal and between cells that share a face or a coface."""
    from cochain.kernels.selected_inverse import inverse_entries  # imports numba

    rank, parts = symbol.target, [sp.coo_array(matrix)]
    for via in (rank - 1, rank + 1):
        if 0 <= via <= structure.rank:
            sides = _unsigned(structure, max(via, rank), min(via, rank))
            pair = (sides.T, sides) if via > rank else (sides, sides.T)
            parts.append(sp.coo_array(product([pair], None).to_scipy()))
    rows, columns = (np.concatenate([part.coords[axis] for part in parts]) for axis in (0, 1))
    data = np.concatenate([parts[0].data, *(np.zeros(part.nnz) for part in parts[1:])])
    near = sp.csr_array(
        sp.coo_array((data, (rows, columns)), shape=matrix.shape)
    )  # zeros stay, as parts of the pattern
    try:
        return inverse_entries(near, LARGEST_FACTOR)
    except LimitError as refusal:
        raise ComplexError(
            f"{symbol} should come from a factor of at most {LARGEST_FACTOR:,} nonzeros, but it would have "
            f"{refusal.count:,}; cells have too many neighbours, so take a polynomial of the Laplacian"
        ) from None


def _sides(structure: "Structure", symbol: Neighborhood) -> SparseMatrix:
    """Give the 0/1 matrix (shared cells, cells) of an adjacency."""
    via = symbol.via
    assert via is not None
    if via > structure.rank:
        raise ComplexError(
            f"{symbol} passes cells of rank {via}, but the top rank of the complex is {structure.rank}; lift it first"
        )
    if via > symbol.target:
        return _unsigned(structure, via, symbol.target)
    return _unsigned(structure, symbol.target, via).T


def _adjacency(structure: "Structure", symbol: Neighborhood) -> SparseMatrix:
    shared = _sides(structure, symbol)
    return product([(shared.T, shared)], None, loops=False, counts=_counts(structure, symbol))


def _shell(step: sp.csr_array, distance: int) -> sp.csr_array:
    """Give the pairs at exactly a distance: one step from the last shell, and nowhere nearer."""
    near = sp.csr_array(step + sp.eye_array(step.shape[0]))
    shell = step
    for _ in range(distance - 1):
        reached = sp.csr_array(shell @ step)
        reached.data[:] = 1.0
        near.data[:] = 1.0
        shell = sp.csr_array(reached - reached.multiply(near))
        shell.eliminate_zeros()
        near = sp.csr_array(near + shell)
    return shell


def _directed(structure: "Structure", symbol: Neighborhood) -> sp.csr_array:
    if structure.domain != "digraph":
        raise ComplexError(
            f"{symbol} needs directed edges, but this is a {structure.domain}; build it with Complex.digraph"
        )
    ends = structure.faces(1, 0).pattern.indices.cpu().numpy().reshape(-1, 2)
    tail_first = structure.faces(1, 0).values.cpu().numpy().reshape(-1, 2)[:, 0] < 0  # type: ignore[union-attr]
    tail = np.where(tail_first, ends[:, 0], ends[:, 1])
    head = np.where(tail_first, ends[:, 1], ends[:, 0])
    n = structure.sizes[0]
    rows, columns = (head, tail) if symbol.direction == "in" else (tail, head)
    return sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))


def _triples(structure: "Structure", symbol: Neighborhood, dtype: torch.dtype) -> Operator:
    """List (cell, neighbour, shared cell): every ordered pair of different members of each shared cell."""
    if symbol.loop or symbol.exponent > 1 or symbol.scale or symbol.direction or symbol.distance > 1:
        raise ComplexError(f"triples list plain adjacencies, but {symbol} is refined further")
    shared = _sides(structure, symbol).to_scipy()
    degree = np.diff(shared.indptr)
    partners = np.repeat(degree, degree)
    first = np.repeat(np.arange(shared.nnz), partners)
    start = np.repeat(shared.indptr[:-1].astype(np.int64), degree**2)
    begin = np.repeat(np.cumsum(partners) - partners, partners)
    second = start + np.arange(len(first)) - begin
    keep = first != second
    first, second = first[keep], second[keep]
    rows, columns = shared.indices[first].astype(np.int64), shared.indices[second].astype(np.int64)
    via = np.repeat(np.arange(shared.shape[0]), degree)[first]
    order = np.lexsort((via, columns, rows))
    n = structure.sizes[symbol.target]
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=indptr[1:])
    matrix = sparse(indptr, columns[order], None, (n, n)).astype(dtype).to(structure.device)
    passed = torch.from_numpy(via[order]).to(structure.device)
    return Operator(matrix, symbol.target, symbol.source, passed, symbol.via)


def _scaled(structure: "Structure", matrix: sp.csr_array, symbol: Neighborhood) -> sp.csr_array:
    """Scale by degrees (absolute row and column sums, or a Laplacian's diagonal), leaving empty rows empty."""
    if symbol.scale == "spectral":
        return _bounded(structure, matrix, symbol)
    size = abs(matrix)
    rows, columns = size.sum(axis=1), size.sum(axis=0)
    if symbol.kind == "laplacian":
        rows = columns = matrix.diagonal()
    left = {"sym": _inverse(rows, 0.5), "row": _inverse(rows, 1.0)}.get(symbol.scale or "")
    right = {"sym": _inverse(columns, 0.5), "column": _inverse(columns, 1.0)}.get(symbol.scale or "")
    matrix = sp.csr_array(matrix, copy=True)
    if left is not None:
        matrix.data *= np.repeat(left, np.diff(matrix.indptr))
    if right is not None:
        matrix.data *= right[matrix.indices]
    return matrix


def _bounded(structure: "Structure", matrix: sp.csr_array, symbol: Neighborhood) -> sp.csr_array:
    """Divide each component's block by its largest absolute row sum (Gershgorin's bound on its spectral radius)."""
    if symbol.target != symbol.source:
        raise ComplexError(f"'spectral' scaling needs a neighbourhood of one rank, but {symbol} joins two")
    component = structure.component_of(symbol.target).cpu().numpy()
    bound = np.zeros(len(structure))
    np.maximum.at(bound, component, abs(matrix).sum(axis=1))
    matrix = sp.csr_array(matrix, copy=True)
    matrix.data *= np.repeat(_inverse(bound, 1.0)[component], np.diff(matrix.indptr))
    return matrix


def _inverse(degree: np.ndarray, exponent: float) -> np.ndarray:
    out = np.zeros(len(degree))
    np.power(degree, -exponent, out=out, where=degree > 0)
    return out


def _from_scipy(matrix: sp.csr_array, values: bool, dtype: torch.dtype, device: torch.device) -> SparseMatrix:
    matrix.sort_indices()
    data = torch.from_numpy(matrix.data).to(dtype) if values else None
    shape = (int(matrix.shape[0]), int(matrix.shape[1]))
    return sparse(matrix.indptr, matrix.indices, data, shape).astype(dtype).to(device)
