"""A step of diffusion along a sheaf, given or learned."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import dropout, elu

from cochain.complexes import Complex
from cochain.complexes.sheaf_laplacian import SheafLaplacian
from cochain.nn.restriction import Restriction, Rows


class SheafStep(nn.Module):
    r"""Diffuse features of the stalks: $X' = (1 + \tanh \varepsilon) X - \sigma(\Delta (I \otimes W_1) X W_2)$.

    Args:
        rows: of every node: the dimension of its stalk, and what it carries beside it.
        channels: of each row.
        sheaf: learns the Laplacian from the features; without one it is given.
        drop: probability of dropping a number of X where it flows.
        drop_read: the same where maps are learned from it.
        activation: whether $\sigma$ is elu, else the identity.
        name: of the Laplacian, in the equation.
    Shape:
        x `(nodes, rows, channels)` -> the same.
    Source:
        Bodnar et al., 2022, "Neural Sheaf Diffusion".
    """

    def __init__(
        self,
        rows: int,
        channels: int,
        sheaf: Restriction | None = None,
        drop: float = 0.0,
        drop_read: float = 0.0,
        activation: bool = True,
        name: str = "Δ_F",
    ) -> None:
        super().__init__()
        self.left, self.epsilon = nn.Parameter(torch.eye(rows)), nn.Parameter(torch.zeros(rows, 1))
        self.right = nn.Parameter(nn.init.orthogonal_(torch.empty(channels, channels)))
        self.sheaf, self.drop, self.drop_read, self.activation, self.name = sheaf, drop, drop_read, activation, name

    def learn(self, complex_: Complex, x: Float[Tensor, "nodes rows channels"]) -> Rows:
        """Give the Laplacian of the sheaf that the features define."""
        assert self.sheaf is not None
        return self.sheaf.laplacian(complex_, dropout(x, self.drop_read, self.training))

    def forward(
        self, laplacian: SheafLaplacian | Rows, x: Float[Tensor, "nodes rows channels"]
    ) -> Float[Tensor, "nodes rows channels"]:
        """Give the features after the step."""
        flow = laplacian @ (self.left @ dropout(x, self.drop, self.training) @ self.right)
        return (1 + torch.tanh(self.epsilon)) * x - (elu(flow) if self.activation else flow)

    def equations(self) -> list[str]:
        """Give the step, and how its maps are learned."""
        flow = f"{self.name} (I ⊗ W₁) h₀ W₂"
        maps = "" if self.sheaf is None else f", F = {self.sheaf.formula()}, φ = tanh([h_v ‖ h_u] V)"
        return [f"h₀' = (1 + tanh ε) h₀ - {f'elu({flow})' if self.activation else flow}{maps}"]

    def arrows(self) -> list[tuple[int, int, str]]:
        """Give the route of the diagram."""
        return [(0, 0, self.name)]
