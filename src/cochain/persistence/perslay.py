"""PersLay: a network on diagrams as sets of points."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.errors import ShapeError, unknown_name
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import Flat, flat
from cochain.persistence.vectorise.segments import largest_bars, reduce_bars


class PersLay(nn.Module):
    r"""Send every point of a diagram to a vector, weigh it, and reduce the vectors of all points.

    $$PersLay(D) = \operatorname{op}\big(\{ w(p) \, \phi(p) : p \in D \}\big)$$

    with the point transformations, for learned $t_k$, $c_k$, $\sigma_k$, $e_k$ and $o_k$,

    * triangle: $\phi_k(b, d) = \max\big(0, \tfrac12 (d - b) - |t_k - \tfrac12 (b + d)|\big)$, as of landscapes and
      silhouettes;
    * gaussian: $\phi_k(p) = \exp\big(-\sum_i (p_i - c_{ki})^2 / 2\sigma_{ki}^2\big)$, as of persistence images;
    * line: $\phi_k(p) = \langle p, e_k \rangle + o_k$.

    The reductions know no order, so neither does the answer.

    Args:
        dim: the dimension to read.
        channels: how many $\phi_k$.
        transformation: triangle, gaussian or line.
        reduce: sum, mean, max, or "top" for the largest few of every channel.
        weight: constant 1; power $|d - b|^\alpha$ with a learned $\alpha$; grid, a learned value per cell of a grid
            over `span`.
        span: the range of births and deaths in which the learned places begin.
        top: how many, where `reduce` is "top".
        cells: cells of the grid along each axis, where `weight` is "grid".
    Shape:
        a diagram of `components` -> `(components, out_channels)`, `out_channels` = channels, or top * channels.
    Differs from the paper:
        the Gaussian's widths are learned as logarithms, so that they stay positive.

    Raises:
        ShapeError: for an empty span, or channels, top or cells below 1.
        UnknownNameError: for a word that is not among these.
    Source:
        Carrière, Chazal, Ike, Lacombe, Royer, Umeda, 2020, "PersLay: A Neural Network Layer for Persistence Diagrams
        and New Graph Topological Signatures".
    """

    def __init__(
        self,
        dim: int,
        channels: int,
        transformation: str = "gaussian",
        reduce: str = "sum",
        weight: str = "power",
        span: tuple[float, float] = (0.0, 1.0),
        top: int = 3,
        cells: int = 10,
    ) -> None:
        super().__init__()
        if not span[0] < span[1] or min(channels, top, cells) < 1:
            raise ShapeError(
                f"span should be a range and channels, top and cells at least 1, but are {span}, {channels}, {top} and "
                f"{cells}"
            )
        if reduce not in ("sum", "mean", "max", "top"):
            raise unknown_name("reduction of PersLay", reduce, ["sum", "mean", "max", "top"])
        self.dim, self.reduce, self.weight, self.top, self.span = dim, reduce, weight, top, span
        self.transformation = _transformation(transformation, channels, span)
        self.out_channels = channels * (top if reduce == "top" else 1)
        if weight == "power":
            self.exponent = nn.Parameter(torch.ones(()))
        elif weight == "grid":
            self.cells = nn.Parameter(torch.ones(cells, cells))
        elif weight != "constant":
            raise unknown_name("weight of PersLay", weight, ["constant", "power", "grid"])

    def forward(self, diagram: Diagram) -> Float[Tensor, "components features"]:
        """Give one row per component."""
        bars = flat(diagram, self.dim)
        x = self.transformation(bars.points) * self._weights(bars.points)[:, None]
        if self.reduce != "top":
            return reduce_bars(x, bars, self.reduce)
        # The largest of each channel: every channel is a set of bars of its own.
        channels = x.shape[1]
        shift = torch.arange(channels, device=x.device)[:, None]
        own = (bars.component + shift * len(bars)).reshape(-1)
        bounds = (bars.bounds[1:] + shift * len(x)).reshape(-1)
        apart = Flat(x.new_zeros(len(own), 2), own, torch.cat([bounds.new_zeros(1), bounds]))
        found = largest_bars(x.T.reshape(-1), apart, self.top)
        return found.reshape(channels, len(bars), self.top).permute(1, 0, 2).flatten(1)

    def _weights(self, points: Float[Tensor, "bars 2"]) -> Float[Tensor, "bars"]:
        if self.weight == "power":
            length = (points[:, 1] - points[:, 0]).abs()
            return length.clamp(min=torch.finfo(length.dtype).tiny) ** self.exponent
        if self.weight == "grid":
            count = self.cells.shape[0]
            place = (points.detach() - self.span[0]) / (self.span[1] - self.span[0]) * count
            row, column = place.long().clamp(0, count - 1).unbind(dim=1)
            return self.cells[row, column]
        return torch.ones_like(points[:, 0])


def _transformation(kind: str, channels: int, span: tuple[float, float]) -> nn.Module:
    kinds = {"triangle": Triangle, "gaussian": Gaussian, "line": Line}
    if kind not in kinds:
        raise unknown_name("point transformation", kind, kinds)
    made: nn.Module = kinds[kind](channels, span)
    return made


class Triangle(nn.Module):
    """Tents over the bars at learned filtration values."""

    def __init__(self, channels: int, span: tuple[float, float]) -> None:
        super().__init__()
        self.values = nn.Parameter(torch.linspace(span[0], span[1], channels))

    def forward(self, points: Float[Tensor, "bars 2"]) -> Float[Tensor, "bars channels"]:
        """Give the height of every tent at every value."""
        half = 0.5 * (points[:, 1:] - points[:, :1]).abs()
        return (half - (self.values - points.mean(dim=1, keepdim=True)).abs()).clamp(min=0.0)


class Gaussian(nn.Module):
    """Gaussian bumps at learned places, with learned widths."""

    def __init__(self, channels: int, span: tuple[float, float]) -> None:
        super().__init__()
        width = span[1] - span[0]
        self.centres = nn.Parameter(span[0] + width * torch.rand(channels, 2))
        self.log_widths = nn.Parameter(torch.full((channels, 2), width / 3).log())

    def forward(self, points: Float[Tensor, "bars 2"]) -> Float[Tensor, "bars channels"]:
        """Give every bump at every point."""
        scaled = (points[:, None] - self.centres) / self.log_widths.exp()
        return (-0.5 * scaled.square().sum(dim=2)).exp()


class Line(nn.Module):
    """Learned linear functions of birth and death."""

    def __init__(self, channels: int, span: tuple[float, float]) -> None:
        super().__init__()
        self.linear = nn.Linear(2, channels)

    def forward(self, points: Float[Tensor, "bars 2"]) -> Float[Tensor, "bars channels"]:
        """Give every function at every point."""
        values: Tensor = self.linear(points)
        return values
