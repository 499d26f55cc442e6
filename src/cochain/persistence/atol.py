"""ATOL: diagrams as measures, seen from a few centres that are learned without labels."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.errors import ShapeError, unknown_name
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import flat
from cochain.persistence.vectorise.segments import reduce_bars


class Atol(nn.Module):
    r"""Count the points of a diagram around each of a few centres, softly.

    $$v_k(D) = \sum_{p \in D} \Psi\big(\|p - c_k\| / \sigma_k\big), \qquad
      \sigma_k = \tfrac12 \min_{j \ne k} \|c_j - c_k\|$$

    The centres $c_k$ are those of a k-means quantisation of the points of all diagrams together, which `fit` finds.

    Args:
        dim: the dimension to read.
        centres: how many.
        contrast: $\Psi(r)$: gaussian $e^{-r^2}$, laplacian $e^{-r}$, or indicator $\max(0, \min(1, 2 - r))$.
        seed: of the quantisation.
    Shape:
        a diagram of `components` -> `(components, centres)`.

    Raises:
        ShapeError: when it is called before `fit`, or fitted to fewer points than centres.
        UnknownNameError: for another contrast.
    Source:
        Royer, Chazal, Levrard, Umeda, Ike, 2021, "ATOL: Measure Vectorization for Automatic Topologically-Oriented
        Learning".
    """

    centres: Tensor
    widths: Tensor

    def __init__(self, dim: int, centres: int = 10, contrast: str = "gaussian", seed: int = 0) -> None:
        super().__init__()
        if centres < 1:
            raise ShapeError(f"centres should be at least 1, but is {centres}")
        if contrast not in ("gaussian", "laplacian", "indicator"):
            raise unknown_name("contrast", contrast, ["gaussian", "laplacian", "indicator"])
        self.dim, self.contrast, self.seed, self.out_channels = dim, contrast, seed, centres
        self.register_buffer("centres", torch.full((centres, 2), torch.nan, dtype=torch.float64))
        self.register_buffer("widths", torch.full((centres,), torch.nan, dtype=torch.float64))

    @torch.no_grad()
    def fit(self, diagram: Diagram) -> "Atol":
        """Find the centres and their widths from the points of all components."""
        from sklearn.cluster import KMeans

        points = flat(diagram, self.dim).points.cpu().double().numpy()
        if len(np.unique(points, axis=0)) < self.out_channels:
            raise ShapeError(
                f"a quantisation should have at least as many distinct points as its {self.out_channels} centres, but "
                f"has {len(np.unique(points, axis=0))}; ask for fewer centres"
            )
        found = KMeans(self.out_channels, n_init=10, random_state=self.seed).fit(points).cluster_centers_
        found = torch.from_numpy(found[np.lexsort(found.T[::-1])])
        self.centres.copy_(found)
        if self.out_channels == 1:  # no other centre to keep apart from: the spread of the points
            self.widths.fill_(max(float(points.std()), np.finfo(np.float64).tiny))
        else:
            away = torch.cdist(found, found).fill_diagonal_(torch.inf)
            self.widths.copy_(0.5 * away.amin(dim=1))
        return self

    def forward(self, diagram: Diagram) -> Float[Tensor, "components centres"]:
        """Give one row per component."""
        if bool(self.centres.isnan().any()):
            raise ShapeError("Atol should be fitted before it is called, but has no centres; call fit(diagram)")
        bars = flat(diagram, self.dim)
        centres, widths = self.centres.to(bars.points), self.widths.to(bars.points)
        away = (bars.points[:, None] - centres).square().sum(dim=2) / widths.square()
        return reduce_bars(self._contrast(away), bars)

    def _contrast(self, squared: Tensor) -> Tensor:
        if self.contrast == "gaussian":
            return (-squared).exp()
        radius = torch.where(squared > 0, torch.where(squared > 0, squared, 1.0).sqrt(), 0.0)
        return (-radius).exp() if self.contrast == "laplacian" else (2.0 - radius).clamp(0.0, 1.0)
