"""Cells, their faces and their components: a complex without its cochains."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.lasting import lasting
from cochain.complexes.neighborhood import Neighborhood
from cochain.complexes.operator import Operator
from cochain.errors import ComplexError
from cochain.kernels import Pattern, SparseMatrix, gather_ranges
from cochain.kernels.select import block_offsets, cut_blocks, take_ranges

DOMAINS = ("points", "graph", "digraph", "hypergraph", "simplicial", "cell", "combinatorial")
ORIENTED = ("points", "graph", "digraph", "simplicial", "cell")


class Structure:
    """The immutable part of a `Complex`: sizes, component offsets and face matrices, with derived operators cached.

    `faces[(s, r)]` is the coboundary side of an incidence: rows are cells of rank s, columns cells of rank r < s, so a
    row lists the faces of one cell. A structure made by `select` keeps its source and takes faces and operators from
    there when they are first asked for: every operator is block diagonal over the components, so selecting the blocks
    of a derived operator equals deriving it from the selected blocks, and costs only what is selected.
    """

    __slots__ = ("_cache", "_faces", "_flat", "_keys", "_members", "_stacked", "domain", "offsets", "sizes", "source")

    def __init__(
        self,
        domain: str,
        sizes: Sequence[int],
        offsets: Sequence[Tensor],
        faces: dict[tuple[int, int], SparseMatrix],
        source: "tuple[Structure, Tensor] | None" = None,
    ) -> None:
        self.domain = domain
        self.sizes = tuple(sizes)
        self.offsets = tuple(offsets)
        self.source = source
        self._faces = faces
        self._keys: tuple[tuple[int, int], ...] = tuple(faces) if source is None else source[0]._keys
        self._cache: dict[tuple[Neighborhood, torch.dtype], Operator] = {}
        self._flat: dict[int, Tensor] = {}
        self._members: dict[int, Pattern] = {}
        self._stacked: Tensor | None = None

    @property
    def oriented(self) -> bool:
        """Whether incidences carry signs."""
        return self.domain in ORIENTED

    @property
    def rank(self) -> int:
        """The highest rank, whether or not it has cells."""
        return len(self.sizes) - 1

    @property
    def device(self) -> torch.device:
        """Where the indices live."""
        return self.offsets[0].device

    @property
    def stored(self) -> tuple[tuple[int, int], ...]:
        """The pairs (s, r) of ranks whose face matrices are stored."""
        return self._keys

    def __len__(self) -> int:
        return self.offsets[0].shape[0] - 1

    def faces(self, high: int, low: int) -> SparseMatrix:
        """Give the stored matrix whose rows list the cells of rank `low` in each cell of rank `high`."""
        found = self._faces.get((high, low))
        return self._select_faces(high, low) if found is None else found

    @lasting
    def _select_faces(self, high: int, low: int) -> SparseMatrix:
        if self.source is None or (high, low) not in self._keys:
            raise ComplexError(f"faces of rank {low} are not stored for cells of rank {high} of a {self.domain}")
        found = self._faces[(high, low)] = self._cut(self.source[0].faces(high, low), high, low)[0]
        return found

    def resolve(self, symbol: Neighborhood, dtype: torch.dtype | None = None) -> Operator:
        """Give the operator of a symbol: derived once, cached, selected along."""
        dtype = dtype or torch.get_default_dtype()
        found = self._cache.get((symbol, dtype))
        return self._resolve(symbol, dtype) if found is None else found

    @lasting
    def _resolve(self, symbol: Neighborhood, dtype: torch.dtype) -> Operator:
        if not isinstance(symbol, Neighborhood):
            raise ComplexError(f"a neighbourhood should be a symbol such as cochain.nn.upper(0), but is {symbol!r}")
        found = self._select_operator(symbol, dtype) if self.source else self._derive(symbol, dtype)
        self._cache[(symbol, dtype)] = found
        return found

    def _derive(self, symbol: Neighborhood, dtype: torch.dtype) -> Operator:
        from cochain.complexes.derive import derive

        for rank in (symbol.target, symbol.source):
            if rank > self.rank:
                raise ComplexError(
                    f"{symbol} should join ranks of the complex, but rank {rank} is above its top rank {self.rank}; "
                    "lift the complex first, for example with cochain.lift.clique"
                )
        return derive(self, symbol, dtype)

    def _select_operator(self, symbol: Neighborhood, dtype: torch.dtype) -> Operator:
        assert self.source is not None
        parent = self.source[0].resolve(symbol, dtype)
        via_rank = parent.via_rank
        matrix, via = self._cut(parent.matrix, symbol.target, symbol.source, parent.via, via_rank or 0)
        identity = parent.identity and parent.via is None
        return Operator(matrix, symbol.target, symbol.source, via, via_rank, identity)

    def _cut(
        self, matrix: SparseMatrix, rows: int, columns: int, via: Tensor | None = None, via_rank: int = 0
    ) -> tuple[SparseMatrix, Tensor | None]:
        assert self.source is not None
        origin, ids = self.source
        groups = (rows, columns, via_rank)
        pattern, passed = cut_blocks(matrix.pattern, via, origin.stacked, ids, self.stacked, groups)
        values = matrix.values
        if values is not None:
            ends = matrix.pattern.indptr.index_select(0, origin.offsets[rows]).long()
            values = take_ranges(values, ends, ids, pattern.nnz)
        return SparseMatrix(pattern, values, matrix.dtype), passed

    @property
    def stacked(self) -> Tensor:
        """The offsets of all ranks as one array, (ranks, components + 1)."""
        return self._stack() if self._stacked is None else self._stacked

    @lasting
    def _stack(self) -> Tensor:
        self._stacked = torch.stack(self.offsets)
        return self._stacked

    def taken(self, x: Tensor, rank: int) -> Tensor:
        """Give the rows of a tensor of the source, on one rank, that this selection holds."""
        assert self.source is not None
        if x.requires_grad:
            return x.index_select(0, self.positions(rank))
        origin, ids = self.source
        return take_ranges(x, origin.offsets[rank], ids, self.sizes[rank])

    def positions(self, rank: int) -> Tensor:
        """Give the rows of the source's tensors that this selection holds, for one rank."""
        assert self.source is not None
        found = self._flat.get(rank)
        if found is None:
            with torch.inference_mode(mode=False):
                found = self._flat[rank] = gather_ranges(self.source[0].offsets[rank], self.source[1])[0]
        return found

    @lasting
    def select(self, ids: Tensor) -> "Structure":
        """Give the union of the components `ids`, in that order; costs a few microseconds, all else is lazy."""
        if self.source is not None:
            origin, mine = self.source
            return origin.select(mine[ids])
        stacked = block_offsets(self.stacked, ids)
        chosen = Structure(self.domain, stacked[:, -1].tolist(), stacked.unbind(0), {}, (self, ids))
        chosen._stacked = stacked
        return chosen

    def to(self, device: torch.device | str) -> "Structure":
        """Copy to a device, with the operators derived so far; a selection becomes independent of its source."""
        faces = {key: self.faces(*key).to(device) for key in self._keys}
        moved = Structure(self.domain, self.sizes, [o.to(device) for o in self.offsets], faces)
        moved._cache = {key: op.to(device) for key, op in self._cache.items()}
        return moved

    def component_of(self, rank: int) -> Tensor:
        """Give the component of every cell of a rank."""
        counts = self.offsets[rank].diff()
        ids = torch.arange(len(self), device=self.device)
        return torch.repeat_interleave(ids, counts, output_size=self.sizes[rank])

    @lasting
    def members(self, rank: int) -> Pattern:
        """Give the pattern (components, cells of a rank): which cells each component holds."""
        found = self._members.get(rank)
        if found is None:
            cells = torch.arange(self.sizes[rank], device=self.device)
            found = Pattern(self.offsets[rank], cells, (len(self), self.sizes[rank])).narrow()
            self._members[rank] = found
        return found

    def detached(self) -> "Structure":
        """Give the same structure with everything of its own, free of its source."""
        return self if self.source is None else self.to(self.device)


def offsets_of(counts: Sequence[int] | np.ndarray) -> Tensor:
    """Give the offsets (int64, one more than `counts`) of consecutive blocks of the given sizes."""
    out = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=out[1:])
    return torch.from_numpy(out)
