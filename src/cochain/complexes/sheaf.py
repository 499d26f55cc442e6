"""The `Sheaf`: a vector space on every cell of a complex, and linear maps from each cell to its cofaces."""

from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cochain.complexes.arrays import as_component_ids
from cochain.complexes.blocks import inverse_root, inverse_root_of_numbers
from cochain.complexes.complex import Complex
from cochain.complexes.frames import align_frames
from cochain.complexes.sheaf_laplacian import SheafLaplacian
from cochain.errors import ComplexError, ShapeError, SpecError
from cochain.kernels import SparseMatrix, gather_ranges, gram, segment


class Sheaf:
    r"""A cellular sheaf: stalks of dimension d on the cells of two ranks, and restriction maps between them.

    $$(\delta x)_e = \sum_{v \triangleleft e} [e : v] \, F_{v \triangleleft e} \, x_v, \qquad
      L_F = \delta^T \delta, \qquad D_v = \sum_{e \triangleright v} F_{v \triangleleft e}^T F_{v \triangleleft e}$$

    Signs of the coboundary appear twice in the Laplacian, so it does not depend on orientations; orthogonal changes of
    basis in the stalks move through it (gauge equivariance), because every map is changed on both of its sides.

    Args:
        complex: a complex with orientations.
        maps: one restriction map for each nonzero of `complex.faces(rank + 1, rank)`, whose rows are cofaces and
            columns faces: `(nonzeros, d, d)`, or `(nonzeros, d)` for diagonal maps. Gradients flow to them.
        rank: of the faces; 0 gives a sheaf on a graph.
    Shape:
        x `(cells of rank, d, channels)`; `sheaf.delta @ x` is `(cells of rank + 1, d, channels)`.

    Raises:
        ComplexError: when the complex has no orientations, or no cells of rank + 1.
        ShapeError: when the maps do not fit the nonzeros.
    Source:
        Hansen, Ghrist, 2019, "Toward a Spectral Theory of Cellular Sheaves".
    """

    def __init__(self, complex: Complex, maps: Float[Tensor, "nonzeros d ..."], rank: int = 0) -> None:
        signs = _signed_faces(complex, rank)
        if maps.ndim not in (2, 3) or maps.shape[0] != signs.nnz or (maps.ndim == 3 and maps.shape[1] != maps.shape[2]):
            raise ShapeError(
                f"maps should be ({signs.nnz}, d, d), or ({signs.nnz}, d) for diagonal ones: one for each nonzero of "
                f"faces({rank + 1}, {rank}), but have shape {tuple(maps.shape)}"
            )
        self.complex = complex
        self.rank = rank
        self.maps = maps
        sign = signs.filled_values().to(maps.dtype)
        self.delta = signs.with_values(maps * sign.view(-1, *[1] * (maps.ndim - 1)))

    @classmethod
    def constant(cls, complex: Complex, d: int, rank: int = 0, dtype: torch.dtype | None = None) -> "Sheaf":
        """Build the constant sheaf: every map is the identity of R^d. Its Laplacian is that of the complex, d times."""
        return cls(complex, torch.ones(_signed_faces(complex, rank).nnz, d, dtype=dtype, device=complex.device), rank)

    @classmethod
    def from_frames(cls, complex: Complex, frames: Float[Tensor, "nodes ambient d"]) -> "Sheaf":
        """Build the connection that aligns local frames along edges by orthogonal maps (Procrustes).

        Args:
            complex: a complex with oriented edges.
            frames: orthonormal columns for each node, for example from `cochain.complexes.frames.local_frames`.
        """
        _signed_faces(complex, 0)
        return cls(complex, align_frames(complex, frames))

    @property
    def d(self) -> int:
        """Dimension of the stalks."""
        return self.maps.shape[1]

    @property
    def diagonal(self) -> bool:
        """Whether the maps are diagonal, stored as their diagonals."""
        return self.maps.ndim == 2

    def laplacian(self, normalized: bool | Literal["scalar"] = False, shift: float = 0.0) -> SheafLaplacian:
        r"""Give $L_F$, or $(D + s I)^{-1/2} L_F (D + s I)^{-1/2}$, as an operator that never assembles itself.

        Args:
            normalized: with D the block diagonal of $L_F$ (True), or its trace over d ("scalar"): the same, without
                eigendecompositions, where every map is a multiple of an orthogonal one. A cell without cofaces has
                $D = 0$, of which the pseudo-inverse is taken: it stays where it is.
            shift: s, at least 0; above it the eigenvalues of $D + s I$ keep a distance from 0.
        """
        if shift < 0 or normalized not in (True, False, "scalar"):
            raise SpecError(
                f"normalized should be True, False or 'scalar' and shift >= 0, but they are {normalized!r} and {shift}"
            )
        return SheafLaplacian(self.delta, self._scale(normalized, shift) if normalized else None)

    def degrees(self) -> Float[Tensor, "cells d ..."]:
        """Give D, the block diagonal of the Laplacian: (cells, d, d), or (cells, d) for diagonal maps."""
        if not self.diagonal:
            return gram(self.delta.pattern, self.maps)
        pattern, order = self.delta.pattern.transposed
        return segment(pattern, self.maps.square().index_select(0, order), "sum")

    def _scale(self, normalized: bool | Literal["scalar"], shift: float) -> Tensor:
        degrees = self.degrees()
        if normalized == "scalar":
            entries = degrees if self.diagonal else degrees.diagonal(dim1=1, dim2=2)
            return inverse_root_of_numbers(entries.mean(dim=1, keepdim=True) + shift)
        if self.diagonal:
            return inverse_root_of_numbers(degrees + shift)
        return inverse_root(degrees + shift * torch.eye(self.d, dtype=degrees.dtype, device=degrees.device))

    def global_sections(self) -> tuple[Int[Tensor, "components"], Float[Tensor, "cells d sections"]]:
        """Give the kernel of the coboundary: assignments that all restriction maps agree on.

        Connected parts are treated one by one, in float64 on the CPU: by a dense singular value decomposition up to
        1000 numbers, above that by sparse inverse iteration on the Laplacian, asked for twice as many eigenvectors
        until one is outside of the kernel. No gradient flows through it.

        Returns:
            Dimension for each component of the complex, and an orthonormal basis, in the order of the components; each
            section lives on one connected part.
        """
        from cochain.complexes.sections import global_sections

        return global_sections(self)

    def select(self, components: Any) -> "Sheaf":
        """Give the sheaf on the union of some components, as `Complex.select` does."""
        chosen = self.complex.select(components)
        bounds = self.delta.pattern.indptr.long()[self.complex.offsets(self.rank + 1)]
        ids = as_component_ids(components, len(self.complex), self.complex.device)
        return Sheaf(chosen, self.maps.index_select(0, gather_ranges(bounds, ids)[0]), self.rank)

    def to(self, device: torch.device | str) -> "Sheaf":
        """Copy to a device."""
        return Sheaf(self.complex.to(device), self.maps.to(device), self.rank)

    def __repr__(self) -> str:
        kind = "diagonal maps" if self.diagonal else "maps"
        ranks = f"ranks {self.rank} and {self.rank + 1}"
        return f"Sheaf(stalks R^{self.d} on {ranks}, {self.delta.nnz} {kind}, on {self.complex!r})"


def _signed_faces(complex_: Complex, rank: int) -> SparseMatrix:
    if not complex_.oriented:
        raise ComplexError(
            f"a sheaf needs orientations, but a {complex_.domain} has none; make it a graph, simplicial or cell complex"
        )
    if not 0 <= rank < complex_.rank:
        raise ComplexError(
            f"a sheaf on rank {rank} should map into rank {rank + 1}, but the top rank of this {complex_.domain} is "
            f"{complex_.rank}"
        )
    return complex_.faces(rank + 1, rank)
