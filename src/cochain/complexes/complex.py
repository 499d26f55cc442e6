"""The `Complex`: cells graded by rank, sparse incidences between ranks, tensors on cells."""

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn

import torch
from jaxtyping import Int
from torch import Tensor

from cochain.complexes import neighborhood as symbols
from cochain.complexes.arrays import as_component_ids, as_values, as_whole_number
from cochain.complexes.builders import Builders
from cochain.complexes.cells import Cells, Key, Place, is_tensor_name
from cochain.complexes.cochain import Cochain
from cochain.complexes.lasting import lasting
from cochain.complexes.neighborhood import Neighborhood
from cochain.complexes.operator import Operator
from cochain.complexes.schema import Schema
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError, ShapeError
from cochain.kernels import Pattern, SparseMatrix, gather_ranges

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class Complex(Builders):
    """A disjoint union of one or more components, each with cells graded by rank and tensors on them.

    One sample, a batch and a whole dataset are the same type. The cells of a component are contiguous within each
    rank, in the order of the components; builders say how cells are sorted within a component. The structure is
    immutable; `with_cochain` gives a new complex that shares it.

    Build one with `Complex.graph`, `.digraph`, `.hypergraph`, `.simplicial`, `.cell`, `.combinatorial`, `.points`,
    `.mesh`, or `Complex.union`; read tensors as `c[rank].name` and `c.whole.name`.
    """

    __slots__ = ("__weakref__", "_names", "_odd", "_schema", "_source", "_structure", "_taken", "_values")

    def __init__(
        self,
        structure: Structure,
        values: Mapping[Key, Tensor] | None = None,
        odd: Iterable[Key] = (),
        source: "Complex | None" = None,
        schema: Schema | None = None,
    ) -> None:
        self._structure = structure
        self._values: dict[Key, Tensor] = dict(values or {})
        self._odd = frozenset(odd)
        self._source = source
        self._schema = schema
        self._taken: dict[Key, Tensor] = {}
        self._names: frozenset[Key] = frozenset(self._values) | (source._names if source is not None else frozenset())

    @staticmethod
    def union(complexes: "Sequence[Complex]") -> "Complex":
        """Join complexes of one domain into one; their components keep their order."""
        from cochain.complexes.assemble import union

        return union(complexes)

    # Structure ---------------------------------------------------------------------------------------------------

    @property
    def domain(self) -> str:
        """What kind of complex it is: points, graph, digraph, hypergraph, simplicial, cell or combinatorial."""
        return self._structure.domain

    @property
    def oriented(self) -> bool:
        """Whether incidences carry signs."""
        return self._structure.oriented

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of cells of each rank."""
        return self._structure.sizes

    @property
    def rank(self) -> int:
        """The highest rank, whether or not it has cells."""
        return self._structure.rank

    @property
    def device(self) -> torch.device:
        """Where it is stored."""
        return self._structure.device

    def __len__(self) -> int:
        return len(self._structure)

    def offsets(self, rank: int) -> Int[Tensor, "components_and_one"]:
        """Give where each component's cells of a rank begin (and, last, end)."""
        return self._structure.offsets[self._checked_rank(rank)]

    def component_of(self, rank: int) -> Int[Tensor, "cells"]:
        """Give the component of every cell of a rank."""
        return self._structure.component_of(self._checked_rank(rank))

    def members(self, rank: int) -> Pattern:
        """Give the pattern (components, cells of a rank): which cells each component holds."""
        return self._structure.members(self._checked_rank(rank))

    def faces(self, high: int, low: int) -> SparseMatrix:
        """Give the stored matrix whose rows list the cells of rank `low` in each cell of rank `high`."""
        return self._structure.faces(high, low)

    def resolve(self, symbol: Neighborhood, dtype: torch.dtype | None = None) -> Operator:
        """Give the sparse operator of a neighbourhood: derived once, cached, selected along with the complex.

        Args:
            symbol: for example `cochain.nn.upper(0).normalized("sym")`.
            dtype: type of the values; by default torch's default type.
        """
        return self._structure.resolve(symbol, dtype)

    def incidence(self, low: int, high: int) -> Operator:
        """Give the incidence between ranks low < high, (n_low x n_high): signed where oriented and high = low + 1."""
        if not low < high:
            raise ComplexError(f"incidence(r, s) should have r < s, but has {low} and {high}; its transpose is .T")
        symbol = symbols.incident(low, high)
        return self.resolve(symbol.signed if self.oriented and high == low + 1 else symbol)

    def boundary(self, rank: int) -> Operator:
        """Give the boundary B_rank, (n_{rank-1} x n_rank)."""
        if as_whole_number(rank, "a rank") < 1:
            raise ComplexError(f"a boundary should have rank >= 1, but has {rank}")
        return self.incidence(rank - 1, rank)

    def coboundary(self, rank: int) -> Operator:
        """Give the coboundary d_rank = B_{rank+1}^T, from cochains on `rank` to those on `rank + 1`."""
        symbol = symbols.incident(as_whole_number(rank, "a rank") + 1, rank)
        return self.resolve(symbol.signed if self.oriented else symbol)

    def adjacency(self, rank: int, via: int) -> Operator:
        """Give the 0/1 adjacency of the cells of `rank` that share a cell of rank `via`, zero on the diagonal."""
        return self.resolve(symbols.adjacent(rank, via))

    def laplacian(self, rank: int, part: symbols.Part = "hodge", normalized: bool = False) -> Operator:
        """Give L_r = B_r^T B_r + B_{r+1} B_{r+1}^T, or its `down` (first) or `up` (second) part.

        Args:
            rank: r.
            part: "hodge", "up" or "down".
            normalized: scale to D^-1/2 L D^-1/2 with D the diagonal of L; empty rows stay empty.
        """
        symbol = symbols.laplacian(rank, part)
        return self.resolve(symbol.normalized("sym") if normalized else symbol)

    def dirac(self) -> SparseMatrix:
        """Give the Dirac operator: all boundaries and coboundaries at once; its square is all Laplacians."""
        from cochain.complexes.assemble import dirac

        return dirac(self._structure)

    def betti(self, p: int = 2, per_component: bool = False) -> Any:
        """Count the holes of each rank over the field of p elements.

        beta_k = n_k - rank B_k - rank B_{k+1}, ranks over Z/p, by sparse elimination.

        Args:
            p: a prime. Torsion shows in the difference between primes: the projective plane has (1, 1, 1) over Z/2
                and (1, 0, 0) over Z/3.
            per_component: give an integer tensor (components, ranks) in place of one tuple.
        """
        from cochain.complexes.homology import betti

        return betti(self._structure, p, per_component)

    def euler_characteristic(self, per_component: bool = False) -> Any:
        """Give the alternating sum of the numbers of cells, as int, or as (components,) integers."""
        signs = [1 - 2 * (k % 2) for k in range(self.rank + 1)]
        if per_component:
            counts = torch.stack([self.offsets(k).diff() for k in range(self.rank + 1)])
            return (counts * torch.tensor(signs, device=self.device)[:, None]).sum(dim=0)
        return sum(s * n for s, n in zip(signs, self.sizes, strict=True))

    def simplices(self, rank: int) -> Int[Tensor, "cells nodes"]:
        """Give the nodes of every simplex of a rank (of a graph too), increasing, (n_rank, rank + 1)."""
        from cochain.complexes.lookup import simplices

        return simplices(self._structure, self._checked_rank(rank))

    def cells(self, rank: int) -> SparseMatrix:
        """Give the 0/1 matrix whose rows list the nodes of every cell of a rank."""
        if rank == 0:
            return self.resolve(symbols.self_(0)).matrix
        return self.resolve(symbols.incident(rank, 0)).matrix

    def find(self, rank: int, cells: Any) -> Int[Tensor, "queries"]:
        """Give the positions of simplices (or edges) given by their nodes, in any order; -1 where there is none.

        Args:
            rank: rank of the cells.
            cells: (queries, rank + 1) integers; an array of edges also (2, queries) as in `graph`, unless it is (2, 2),
                which is read as two rows.
        """
        from cochain.complexes.lookup import find

        return find(self._structure, self._checked_rank(rank), cells)

    # Tensors -----------------------------------------------------------------------------------------------------

    def __getitem__(self, rank: int) -> Cells:
        return Cells(self, self._checked_rank(rank))

    def __iter__(self) -> NoReturn:
        raise ComplexError("a complex should be asked for c.components() or c[rank], but was iterated over")

    @property
    def whole(self) -> Cells:
        """The tensors with one row for each component."""
        return Cells(self, "whole")

    def with_cochain(self, place: Place, name: str, tensor: Any, odd: bool = False) -> "Complex":
        """Give the same complex with a tensor added or replaced.

        Args:
            place: a rank, or "whole" for one row per component.
            name: name of the tensor: x features, y labels, pos positions, weight, split, or any other.
            tensor: rows in the order of the cells; moved to the device of the complex, otherwise shared, not copied.
            odd: the numbers change sign when a cell's orientation is reversed (flows).

        Raises:
            ShapeError: when the number of rows is not the number of cells.
        """
        if place != "whole":
            place = self._checked_rank(place)
        if not is_tensor_name(name):
            raise ComplexError(f"a tensor's name should be a Python name without leading underscore, but is {name!r}")
        rows = self._rows(place)
        value = as_values(tensor, name, self.device)
        if value.ndim == 0 or value.shape[0] != rows:
            where = "components" if place == "whole" else f"cells of rank {place}"
            remedy = "; it looks transposed" if value.ndim == 2 and value.shape[1] == rows else ""
            raise ShapeError(
                f"'{name}' should have {rows} rows, one for each of the {where}, but has shape "
                f"{tuple(value.shape)}{remedy}"
            )
        if odd and not self.oriented:
            raise ComplexError(
                f"an odd cochain needs orientations, but a {self.domain} has none; add it with odd=False"
            )
        changed = Complex(
            self._structure, {**self._values, (place, name): value}, self._odd - {(place, name)}, self._source,
            None if self._schema is None else self._schema.after(place, name, value),
        )  # fmt: skip
        changed._names = self._names | {(place, name)}
        if odd and place not in (0, "whole"):
            changed._odd |= {(place, name)}
        return changed

    def without_cochain(self, place: Place, name: str) -> "Complex":
        """Give the same complex with one tensor removed."""
        if (place, name) not in self._names:
            Cells(self, place)._refuse(name)
        schema = None if self._schema is None else self._schema.after(place, name, None)
        changed = Complex(self._structure, self._values, self._odd - {(place, name)}, self._source, schema)
        changed._values.pop((place, name), None)
        changed._names = self._names - {(place, name)}
        return changed

    @property
    def schema(self) -> Schema | None:
        """Names of the channels of features and of the classes, where a reader knew them."""
        return self._schema

    def with_schema(self, schema: Schema | None) -> "Complex":
        """Give the same complex with names for its channels and classes, or without any.

        Raises:
            ComplexError: when the names are more or fewer than the channels.
        """
        if schema is not None:
            schema.check(self)
        changed = Complex(self._structure, self._values, self._odd, self._source, schema)
        changed._names, changed._taken = self._names, self._taken
        return changed

    def is_odd(self, rank: Place, name: str = "x") -> bool:
        """Whether the tensor was declared odd: its numbers change sign with the orientation of their cell."""
        return (rank, name) in self._odd

    def type_of(self, rank: int, name: str = "x") -> Cochain:
        """Give the type of a two-dimensional tensor, such as 3x1o."""
        value = self[rank][name]
        if value.ndim != 2:
            raise ShapeError(f"'{name}' on rank {rank} should be (cells, channels), but has shape {tuple(value.shape)}")
        return Cochain(rank, value.shape[1], self.is_odd(rank, name))

    def _find(self, key: Key) -> Tensor | None:
        if key not in self._names:
            return None
        found = self._values.get(key)
        if found is None:
            found = self._taken.get(key)
        if found is None:
            assert self._source is not None
            assert self._structure.source is not None
            whole = self._source._find(key)
            assert whole is not None
            if whole.requires_grad:  # its graph serves one backward pass, so it is taken anew each time
                return self._taken_from(whole, key[0])
            found = self._taken[key] = self._kept(whole, key[0])
        return found

    @lasting
    def _kept(self, whole: Tensor, place: Place) -> Tensor:
        return self._taken_from(whole, place)

    def _taken_from(self, whole: Tensor, place: Place) -> Tensor:
        structure = self._structure
        assert structure.source is not None
        return whole.index_select(0, structure.source[1]) if place == "whole" else structure.taken(whole, place)

    def _rows(self, place: Place) -> int:
        return len(self) if place == "whole" else self.sizes[place]

    def _checked_rank(self, rank: Any) -> int:
        checked = as_whole_number(rank, "a rank")
        if not 0 <= checked <= self.rank:
            raise ComplexError(
                f"a rank should be from 0 to {self.rank}, the top rank of this {self.domain}, but is {rank}"
            )
        return checked

    # Components, copies, files -------------------------------------------------------------------------------------

    def select(self, components: Any) -> "Complex":
        """Give the union of some components, in the order given; repetitions are allowed.

        Takes microseconds: tensors and operators are selected from this complex when they are first asked for.

        Args:
            components: integers, a boolean mask over the components, a slice, or one integer.
        """
        ids = as_component_ids(components, len(self), self.device)
        structure = self._structure.select(ids)
        if self._source is None:
            return Complex(structure, {}, self._odd, self, self._schema)
        own = {key: value.index_select(0, self._rows_of(key[0], ids)) for key, value in self._values.items()}
        chosen = Complex(structure, own, self._odd, self._source, self._schema)
        chosen._names = self._names
        return chosen

    def _rows_of(self, place: Place, ids: Tensor) -> Tensor:
        return ids if place == "whole" else gather_ranges(self.offsets(place), ids)[0]

    def components(self) -> "list[Complex]":
        """Give every component as a complex of its own."""
        return [self.select(k) for k in range(len(self))]

    def independent(self) -> "Complex":
        """Give the same complex without a link to the one it was selected from, so that the latter can be freed."""
        if self._structure.source is None:
            return self
        return Complex(self._structure.detached(), self._all_values(), self._odd, None, self._schema)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy sent to another process carries its own components, not the complex that it was selected from.
        own = self.independent()
        return Complex, (own._structure, own._values, own._odd, None, own._schema)

    def __copy__(self) -> "Complex":
        return self

    def _all_values(self) -> dict[Key, Tensor]:
        values = {}
        for key in sorted(self._names, key=str):
            value = self._find(key)
            assert value is not None
            values[key] = value
        return values

    def to(self, device: torch.device | str) -> "Complex":
        """Copy to a device, with the operators derived so far."""
        if self.device == torch.device(device):
            return self
        values = {key: value.to(device) for key, value in self._all_values().items()}
        return Complex(self._structure.to(device), values, self._odd, None, self._schema)

    def relabel(self, permutations: Mapping[int, Any]) -> "Complex":
        """Renumber cells within their components: new cell i of a rank is the old cell `permutation[i]`."""
        from cochain.complexes.assemble import relabel

        return relabel(self, permutations)

    def reorient(self, signs: Mapping[int, Any]) -> "Complex":
        """Reverse the orientation of the cells whose sign is -1; odd cochains change with them."""
        from cochain.complexes.assemble import reorient

        return reorient(self, signs)

    def validate(self) -> "Complex":
        """Check everything: indices, order, components, B B = 0, finite tensors. Gives the complex itself.

        Raises:
            ComplexError: with the first thing that does not hold, and where.
        """
        from cochain.complexes.validate import validate

        validate(self)
        return self

    def save(self, path: str | PathLike[str]) -> None:
        """Write to one safetensors file with a JSON header: no pickle, no code, written atomically."""
        from cochain.complexes.storage import save

        save(self, path)

    @staticmethod
    def load(path: str | PathLike[str]) -> "Complex":
        """Read a file written by `save`, memory-mapped, and validate it.

        Raises:
            ComplexError: when the file is truncated, altered or lies about its sizes.
        """
        from cochain.complexes.storage import load

        return load(path)

    def __repr__(self) -> str:
        from cochain.complexes.show import describe

        return describe(self)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from cochain.complexes.show import table

        yield table(self)
