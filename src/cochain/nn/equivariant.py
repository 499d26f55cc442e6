"""Linear maps between numbers on the members and on the pairs of members of groups, equal for every numbering."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.kernels import segment
from cochain.nn.pairs import Pairs


class EquivariantLinear(nn.Module):
    r"""All linear maps of $u_i$ and $z_{ij}$ that commute with every permutation of a group's members.

    $$z'_{ij} = W [z_{ij}, z_{ji}] + a_i + b_j + c + \delta_{ij} (d_i + e), \qquad u'_i = f_i + g$$

    where a, b, d and f are linear in $(u_i, z_{ii}, \bar z_{i \cdot}, \bar z_{\cdot i})$, and c, e and g in $(\bar u,
    \bar z, \mathrm{mean}_i \, z_{ii})$. From pairs to pairs these are 15 maps, between pairs and members 5 each way,
    from members to members 2: a basis of all that there are. Sums are means, so that sizes do not change the scale.

    Args:
        before: channels of members and of pairs that come in.
        after: channels that go out.
        to_pairs: whether pairs are answered too; otherwise their answer is what came in.
    Shape:
        u `(members, before[0])`, z `(pairs, before[1])` -> `(members, after)`, `(pairs, after)`.
    Cost:
        $O(C^2)$ for each pair.
    Source:
        Maron, Ben-Hamu, Shamir, Lipman, 2019, "Invariant and Equivariant Graph Networks".
    """

    def __init__(self, before: tuple[int, int], after: int, to_pairs: bool = True) -> None:
        super().__init__()
        one, two = before
        self.pair = nn.Linear(2 * two, after, bias=False) if to_pairs else None
        self.member = nn.Linear(one + 3 * two, (4 if to_pairs else 1) * after, bias=False)
        self.group = nn.Linear(one + 2 * two, (3 if to_pairs else 1) * after)

    def forward(
        self, pairs: Pairs, u: Float[Tensor, "members one"], z: Float[Tensor, "pairs two"]
    ) -> tuple[Float[Tensor, "members out"], Float[Tensor, "pairs others"]]:
        """Give the numbers of members and of pairs."""
        swapped, diagonal = z.index_select(0, pairs.swapped), z.index_select(0, pairs.diagonal)
        rows = pairs.sum_rows(z, "mean")
        members = self.member(torch.cat([u, diagonal, rows, pairs.sum_rows(swapped, "mean")], dim=1))
        means = segment(pairs.groups, torch.cat([u, rows, diagonal], dim=1), "mean")
        groups = self.group(means).index_select(0, pairs.groups.rows)
        if self.pair is None:
            return members + groups, z
        a, b, d, f = members.chunk(4, dim=1)
        c, e, g = groups.chunk(3, dim=1)
        z = self.pair(torch.cat([z, swapped], dim=1)) + (a + c).index_select(0, pairs.first)
        z = z + b.index_select(0, pairs.second)
        return f + g, z.index_add(0, pairs.diagonal, d + e)
