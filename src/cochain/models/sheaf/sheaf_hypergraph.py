"""Sheaf hypergraph network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import elu

from cochain.complexes import Cochain, Complex
from cochain.complexes.blocks import inverse_root, inverse_root_of_numbers
from cochain.errors import SpecError
from cochain.kernels import Pattern, SparseMatrix, aggregate, segment
from cochain.nn import Embed, Features, Network, incident, read_out

SHIFT = 1e-3  # on D_v: where a node's maps close, its inverse root stays finite


@dataclass(frozen=True)
class SheafHypergraphConfig:
    """Hyperparameters of `SheafHypergraph`."""

    hidden: int = 32
    """Channels of every dimension of a stalk."""
    layers: int = 2
    """Number of layers, each with maps of its own."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""
    stalk: int = 4
    """Dimension d of the stalks."""
    maps: str = "diagonal"
    """diagonal or general restriction maps."""


class SheafHypergraph(Network):
    r"""Average within hyperedges after each node's features were carried there by a learned map.

    $$X' = \mathrm{elu}\big((I - \Delta_F) (I \otimes W_1) X W_2\big), \qquad
      I - \Delta_F = D_v^{-1/2} F^T D_e^{-1} F D_v^{-1/2}, \qquad
      F_{v \triangleleft e} = \sigma\big(V [x_v \Vert \mathrm{mean}_{u \in e} x_u]\big)$$

    F is the sparse matrix of the maps, hyperedges by nodes; $D_v = \sum_{e \ni v} F_{v \triangleleft e}^T F_{v
    \triangleleft e}$ and $D_e = |e|$. With identity maps it is HGNN's operator in every dimension of the stalk. A
    hyperedge is a set, so neither its order nor labels matter. $D_v$ couples all hyperedges of a node, so a layer is no
    sum of routes.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two block products, $O(nnz \, d^2 C)$ time ($O(nnz \, d \, C)$ diagonal), and nnz maps.
    Differs from the paper:
        the linear form, SheafHyperGNN; maps read the mean of the hyperedge's nodes, one of the paper's choices.
        General maps pass no sigmoid; D_v is shifted by 0.001.
    Source:
        Duta, Cassara, Silvestri, Lio, 2023, "Sheaf Hypergraph Networks".
    """

    Config = SheafHypergraphConfig
    ranks = (0,)

    def __init__(
        self,
        widths: Mapping[int, int],
        out: int,
        target: int | str = 0,
        config: SheafHypergraphConfig = SheafHypergraphConfig(),
    ) -> None:
        if config.maps not in ("diagonal", "general"):
            raise SpecError(f"maps should be diagonal or general, but are {config.maps!r}")
        carried = {0: config.stalk * config.hidden}
        layers = [Embed({0: widths[0]}, carried[0]), *(_Diffusion(config) for _ in range(config.layers))]
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out), config.dropout)


class _Diffusion(nn.Module):
    def __init__(self, config: SheafHypergraphConfig) -> None:
        super().__init__()
        d, f = config.stalk, config.hidden
        self.shape, self.diagonal = (d, f), config.maps == "diagonal"
        self.node, self.edge = nn.Linear(d * f, d if self.diagonal else d * d), nn.Linear(d * f, self._numbers)
        self.left, self.right = nn.Parameter(torch.eye(d)), nn.Parameter(nn.init.orthogonal_(torch.empty(f, f)))

    @property
    def _numbers(self) -> int:
        return self.shape[0] if self.diagonal else self.shape[0] ** 2

    def learn_maps(self, pattern: Pattern, x: Tensor) -> Tensor:
        """Give the maps, one for each node of each hyperedge: (nonzeros, d), or (nonzeros, d, d)."""
        edges = self.edge(aggregate(pattern, x, "mean"))
        maps = self.node(x).index_select(0, pattern.indices) + edges.index_select(0, pattern.rows)
        return torch.sigmoid(maps) if self.diagonal else maps.view(len(maps), self.shape[0], self.shape[0])

    def forward(self, complex_: Complex, features: Features) -> Features:
        pattern = complex_.resolve(incident(1, 0)).matrix.pattern
        maps = self.learn_maps(pattern, features[0])
        sheaf = SparseMatrix(pattern, maps)
        scale = _inverse_root_of_degrees(pattern, maps)
        x = scale(self.left @ features[0].view(-1, *self.shape) @ self.right)
        size = pattern.indptr.diff().clamp(min=1).to(x.dtype)
        return {**features, 0: elu(scale(sheaf.T @ ((sheaf @ x) / size[:, None, None]))).flatten(1)}

    def equations(self) -> list[str]:
        map_ = "σ(V [h_v ‖ mean h_u])" if self.diagonal else "V [h_v ‖ mean h_u]"  # noqa: RUF001
        return [f"h₀' = elu(D_v^-½ Fᵀ D_e⁻¹ F D_v^-½ (I ⊗ W₁) h₀ W₂), F = {map_}"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "Fᵀ D_e⁻¹ F")]


def _inverse_root_of_degrees(pattern: Pattern, maps: Tensor) -> Callable[[Tensor], Tensor]:
    transposed, order = pattern.transposed
    if maps.ndim == 2:
        numbers = inverse_root_of_numbers(segment(transposed, maps.square().index_select(0, order), "sum") + SHIFT)
        return lambda x: numbers[..., None] * x
    degrees = segment(transposed, (maps.mT @ maps).index_select(0, order), "sum")
    blocks = inverse_root(degrees + SHIFT * torch.eye(maps.shape[1], dtype=maps.dtype, device=maps.device))
    return lambda x: blocks @ x
