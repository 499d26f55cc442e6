"""RipsNet: a network that guesses the vectorised diagrams of a point cloud without computing persistence."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import ShapeError
from cochain.kernels import Pattern, segment


class RipsNet(nn.Module):
    r"""Send a cloud of points to an estimate of a vectorisation of its Rips diagrams.

    $$RN(X) = \phi_2 \Big( \frac{1}{|X|} \sum_{x \in X} \phi_1(x) \Big)$$

    A mean knows no order and no number of points, so that the estimate bears noise and outliers that move a Rips
    filtration. Train it by a regression to what `persistence_image` or another vectorisation gives.

    Args:
        coordinates: of the points.
        out_channels: features of the vectorisation.
        point_widths: channels of the hidden layers of $\phi_1$; the last is what is averaged.
        cloud_widths: channels of the hidden layers of $\phi_2$.
        positive: end in a sigmoid, for vectorisations with values between 0 and 1.
    Shape:
        a complex whose cells of rank 0 have positions `pos` -> `(components, out_channels)`.

    Raises:
        ShapeError: when the complex has no positions, or other coordinates.
    Source:
        de Surrel, Hensel, Carrière, Lacombe, Ike, Kurihara, Glisse, Chazal, 2022, "RipsNet: A General Architecture for
        Fast and Robust Estimation of the Persistent Homology of Point Clouds".
    """

    def __init__(
        self,
        coordinates: int,
        out_channels: int,
        point_widths: Sequence[int] = (30, 20, 10),
        cloud_widths: Sequence[int] = (50, 100),
        positive: bool = False,
    ) -> None:
        super().__init__()
        if not point_widths:
            raise ShapeError("point_widths should have at least one width, but has none")
        self.coordinates, self.out_channels = coordinates, out_channels
        self.points = nn.Sequential(*_layers([coordinates, *point_widths]))
        last: list[nn.Module] = [nn.Linear([*point_widths, *cloud_widths][-1], out_channels)]
        if positive:
            last.append(nn.Sigmoid())
        self.clouds = nn.Sequential(*_layers([point_widths[-1], *cloud_widths]), *last)

    def forward(self, clouds: Complex) -> Float[Tensor, "components features"]:
        """Give an estimate for every component."""
        if "pos" not in clouds[0] or clouds[0].pos.shape[1] != self.coordinates:
            found = f"{clouds[0].pos.shape[1]} coordinates" if "pos" in clouds[0] else "no positions"
            raise ShapeError(
                f"clouds should have {self.coordinates} coordinates per point, but have {found}; "
                "Complex.points makes a cloud"
            )
        x = self.points(clouds[0].pos)
        members = torch.arange(len(x), device=x.device)
        mean = segment(Pattern(clouds.offsets(0), members, (len(clouds), len(x))), x, "mean")
        estimate: Tensor = self.clouds(mean)
        return estimate


def _layers(widths: Sequence[int]) -> list[nn.Module]:
    return [layer for pair in pairwise(widths) for layer in (nn.Linear(*pair), nn.ReLU())]
