"""A sparse matrix in two halves: its pattern (where the nonzeros are) and its values (what they are)."""

import weakref
from typing import Any, Literal

import torch
from jaxtyping import Int, Shaped
from torch import Tensor

from cochain.errors import ShapeError
from cochain.kernels import convert, index


class Pattern:
    """Where the nonzeros of a matrix are: compressed rows, columns sorted within each row.

    The nonzeros of row i are the positions indptr[i] to indptr[i + 1] - 1, and their columns are `indices` there. One
    place of the matrix may hold several nonzeros (they add up). Nothing is checked on construction, which takes about a
    microsecond; `validate` checks everything. A pattern is never changed.

    Args:
        indptr: (rows + 1,) where each row begins, int32 or int64.
        indices: (nnz,) column of each nonzero, of the type of `indptr`.
        shape: (rows, columns).
    """

    __slots__ = (
        "__weakref__",
        "_arrays",
        "_membership",
        "_origin",
        "_rows",
        "_transposed",
        "indices",
        "indptr",
        "shape",
    )

    def __init__(self, indptr: Int[Tensor, "bounds"], indices: Int[Tensor, "nnz"], shape: tuple[int, int]) -> None:
        self.indptr = indptr
        self.indices = indices
        self.shape = shape
        self._arrays: tuple[Any, Any] | None = None
        self._rows: Tensor | None = None
        self._membership: Pattern | None = None
        self._transposed: tuple[Pattern, Tensor] | None = None
        # A strong link each way would be a cycle, and tensors in a cycle outlive their last use.
        self._origin: weakref.ref[Pattern] | None = None

    @classmethod
    def from_coo(
        cls, rows: Int[Tensor, "nnz"], columns: Int[Tensor, "nnz"], shape: tuple[int, int]
    ) -> tuple["Pattern", Int[Tensor, "nnz"]]:
        """Sort coordinates into a pattern, in time linear in nonzeros and cells.

        Returns:
            The pattern, and `order`: nonzero k of the pattern is entry order[k] of the input. Equal places keep their
            order.

        Raises:
            ShapeError: when rows and columns differ in length, or an index lies outside of `shape`.
        """
        indptr, indices, order = index.sort_coordinates(rows, columns, shape)
        return cls(indptr, indices, shape), order

    @property
    def nnz(self) -> int:
        """Number of nonzeros, those that share a place counted apart."""
        return self.indices.shape[0]

    @property
    def device(self) -> torch.device:
        """Where the pattern is stored."""
        return self.indices.device

    @property
    def dtype(self) -> torch.dtype:
        """The integer type of the pattern, int32 or int64."""
        return self.indices.dtype

    @property
    def arrays(self) -> tuple[Any, Any]:
        """The same memory as numpy arrays (indptr, indices), for a pattern on the CPU. Made once."""
        if self._arrays is None:
            self._arrays = self.indptr.contiguous().numpy(), self.indices.contiguous().numpy()
        return self._arrays

    @property
    def rows(self) -> Int[Tensor, "nnz"]:
        """The row of every nonzero. Computed once."""
        if self._rows is None:
            with torch.inference_mode(mode=False):  # what is cached must serve training too, here and below
                self._rows = index.expand_rows(self.indptr, self.nnz)
        return self._rows

    @property
    def membership(self) -> "Pattern":
        """Nonzeros as columns: entry (i, k) is nonzero where nonzero k of this pattern is in row i. Computed once."""
        if self._membership is None:
            with torch.inference_mode(mode=False):
                ticks = torch.arange(self.nnz + 1, dtype=self.dtype, device=self.device)
            member = Pattern(self.indptr, ticks[:-1], (self.shape[0], self.nnz))
            back = Pattern(ticks, self.rows, (self.nnz, self.shape[0]))
            member._transposed = back, ticks[:-1]
            back._origin = weakref.ref(member)
            self._membership = member
        return self._membership

    @property
    def degrees(self) -> Int[Tensor, "rows"]:
        """Number of nonzeros in each row."""
        return self.indptr[1:] - self.indptr[:-1]

    @property
    def transposed(self) -> tuple["Pattern", Int[Tensor, "nnz"]]:
        """The pattern of the transpose, and `order`: its nonzero k is nonzero order[k] of this one. Computed once."""
        if self._transposed is None:
            origin = None if self._origin is None else self._origin()
            if origin is not None:
                with torch.inference_mode(mode=False):
                    return origin, self._order_of_origin(origin)
            with torch.inference_mode(mode=False):
                indptr, indices, order = index.transpose(self.indptr, self.indices, self.shape)
            pattern = Pattern(indptr, indices, (self.shape[1], self.shape[0]))
            pattern._origin = weakref.ref(self)
            self._transposed = pattern, order
        return self._transposed

    def _order_of_origin(self, origin: "Pattern") -> Tensor:
        order = origin.transposed[1]
        inverse = torch.empty_like(order)
        inverse[order.long()] = torch.arange(len(order), dtype=order.dtype, device=order.device)
        return inverse

    def to(self, device: torch.device | str) -> "Pattern":
        """Copy to a device; the pattern itself when it is there already."""
        device = torch.device(device)
        if self.device == device:
            return self
        return Pattern(self.indptr.to(device), self.indices.to(device), self.shape)

    def narrow(self) -> "Pattern":
        """Store as int32 when rows, columns and nonzeros all fit; the pattern itself when nothing changes."""
        dtype = index.index_dtype(self.shape, self.nnz)
        if self.indptr.dtype == self.indices.dtype == dtype:
            return self
        return Pattern(self.indptr.to(dtype), self.indices.to(dtype), self.shape)

    def validate(self) -> "Pattern":
        """Check everything that the constructor takes on trust.

        Raises:
            ShapeError: with the first thing that is wrong and where it is.
        """
        index.validate(self.indptr, self.indices, self.shape)
        return self

    def __reduce__(self) -> tuple[type["Pattern"], tuple[Tensor, Tensor, tuple[int, int]]]:
        return Pattern, (self.indptr, self.indices, self.shape)

    def __repr__(self) -> str:
        return f"Pattern({self.shape[0]} x {self.shape[1]}, {self.nnz} nonzeros)"


class SparseMatrix:
    """A pattern with values: a matrix of numbers, of numbers per head, or of small dense blocks.

    Args:
        pattern: where the nonzeros are.
        values: None (every nonzero is 1), `(nnz,)` numbers, `(nnz, heads)` numbers per head, or `(nnz, d, e)` blocks.
        dtype: type of a matrix without values; by default torch's default type. Such a matrix takes the type of the
            `x` that it multiplies in any case.
    """

    __slots__ = ("__weakref__", "_dtype", "_origin", "_transposed", "pattern", "values")

    def __init__(
        self, pattern: Pattern, values: Shaped[Tensor, "nnz ..."] | None = None, dtype: torch.dtype | None = None
    ) -> None:
        self.pattern = pattern
        self.values = values
        self._dtype = dtype
        self._transposed: SparseMatrix | None = None
        self._origin: weakref.ref[SparseMatrix] | None = None

    @classmethod
    def from_coo(
        cls,
        rows: Int[Tensor, "nnz"],
        columns: Int[Tensor, "nnz"],
        values: Shaped[Tensor, "nnz ..."] | None,
        shape: tuple[int, int],
    ) -> "SparseMatrix":
        """Build from coordinates in any order. Nonzeros that share a place stay apart, in the order given.

        Raises:
            ShapeError: when the lengths differ or an index lies outside of `shape`.
        """
        pattern, order = Pattern.from_coo(rows, columns, shape)
        if values is None:
            return cls(pattern)
        matrix = cls(pattern, values if len(values) != pattern.nnz else values.index_select(0, order))
        return matrix.validate_values()

    @classmethod
    def from_scipy(cls, matrix: Any) -> "SparseMatrix":
        """Build from any scipy sparse matrix or array. A bsr matrix keeps its blocks, any other gives numbers."""
        indptr, indices, values, shape = convert.read_scipy(matrix)
        return cls(Pattern(indptr, indices, shape).narrow(), values)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns) in cells: a block counts once."""
        return self.pattern.shape

    @property
    def nnz(self) -> int:
        """Number of nonzeros."""
        return self.pattern.nnz

    @property
    def device(self) -> torch.device:
        """Where the matrix is stored."""
        return self.pattern.device

    @property
    def dtype(self) -> torch.dtype:
        """Type of the values."""
        if self.values is not None:
            return self.values.dtype
        return self._dtype or torch.get_default_dtype()

    @property
    def kind(self) -> Literal["ones", "scalars", "heads", "blocks"]:
        """What one nonzero holds."""
        if self.values is None:
            return "ones"
        return ("scalars", "heads", "blocks")[self.values.ndim - 1]

    @property
    def T(self) -> "SparseMatrix":  # noqa: N802 - the name that numpy, scipy and torch give it
        """The transpose, blocks transposed too. The transpose of the transpose is the same object."""
        if self._transposed is not None:
            return self._transposed
        origin = None if self._origin is None else self._origin()
        if origin is not None:
            return origin
        pattern, order = self.pattern.transposed
        lasting = self.values is None or not self.values.requires_grad
        with torch.inference_mode(mode=torch.is_inference_mode_enabled() and not lasting):
            values = self.values if self.values is None else self.values.index_select(0, order)
            if values is not None and values.ndim == 3:
                values = values.transpose(1, 2).contiguous()
        transposed = SparseMatrix(pattern, values, self._dtype)
        transposed._origin = weakref.ref(self)
        # A cached gather would keep the graph of values that learn, and the second backward through it would fail.
        if lasting:
            self._transposed = transposed
        return transposed

    def filled_values(self) -> Shaped[Tensor, "nnz ..."]:
        """The values, written out as ones where there are none."""
        if self.values is None:
            return torch.ones(self.nnz, dtype=self.dtype, device=self.device)
        return self.values

    def with_values(self, values: Shaped[Tensor, "nnz ..."] | None) -> "SparseMatrix":
        """Put other values on the same pattern."""
        return SparseMatrix(self.pattern, values)

    def to(self, device: torch.device | str) -> "SparseMatrix":
        """Copy to a device; the matrix itself when it is there already."""
        if self.device == torch.device(device):
            return self
        values = None if self.values is None else self.values.to(device)
        return SparseMatrix(self.pattern.to(device), values, self._dtype)

    def astype(self, dtype: torch.dtype) -> "SparseMatrix":
        """Cast the values; the matrix itself when it has this type."""
        if self.dtype == dtype:
            return self
        return SparseMatrix(self.pattern, None if self.values is None else self.values.to(dtype), dtype)

    def validate(self) -> "SparseMatrix":
        """Check the pattern and that the values fit it.

        Raises:
            ShapeError: with the first thing that is wrong and where it is.
        """
        self.pattern.validate()
        return self.validate_values()

    def validate_values(self) -> "SparseMatrix":
        """Check the values alone, which costs nothing.

        Raises:
            ShapeError: when they are not one number, one row of heads or one block for every nonzero.
        """
        values = self.values
        if values is not None and (len(values) != self.nnz or values.ndim > 3):
            raise ShapeError(
                f"values should be ({self.nnz},), ({self.nnz}, heads) or ({self.nnz}, d, e): one for every nonzero, "
                f"but have shape {tuple(values.shape)}"
            )
        return self

    def to_scipy(self) -> Any:
        """Convert to scipy: a csr matrix, or bsr for blocks. One number per head has no form there (ShapeError)."""
        return convert.to_scipy(self)

    def to_torch(self, layout: Literal["csr", "coo"] = "csr") -> Tensor:
        """Convert to a torch sparse tensor; nonzeros that share a place are summed. Blocks are written out."""
        return convert.to_torch(self, layout)

    def to_dense(self) -> Shaped[Tensor, "rows columns ..."]:
        """Write out all entries: (rows, columns), (rows, columns, heads), or (rows * d, columns * e) for blocks."""
        return convert.to_dense(self)

    def __matmul__(self, x: Shaped[Tensor, "columns ..."]) -> Shaped[Tensor, "rows ..."]:
        from cochain.kernels.spmm import spmm

        return spmm(self, x)

    def __reduce__(self) -> tuple[type["SparseMatrix"], tuple[Pattern, Tensor | None, torch.dtype | None]]:
        return SparseMatrix, (self.pattern, self.values, self._dtype)

    def __repr__(self) -> str:
        each = "" if self.values is None or self.values.ndim == 1 else f"{tuple(self.values.shape[1:])} "
        what = f"{each}{self.kind}, {str(self.dtype).removeprefix('torch.')}"
        return f"SparseMatrix({self.shape[0]} x {self.shape[1]}, {self.nnz} nonzeros, {what})"
