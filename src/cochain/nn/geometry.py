"""Where cells are, and how large, from the positions of their nodes."""

from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.nn.pool import pool_nodes


def place(
    complex_: Complex, rank: int, z: Float[Tensor, "nodes n"]
) -> tuple[Float[Tensor, "cells n"], Float[Tensor, "cells 1"]]:
    r"""Give the centre of every cell and the mean squared distance of its nodes from it.

    $$c_x = \frac{1}{|x|} \sum_{v \in x} z_v, \qquad \rho_x = \frac{1}{|x|} \sum_{v \in x} \lVert z_v - c_x \rVert^2$$
    """
    if rank == 0:
        return z, z.new_zeros(len(z), 1)
    centre = pool_nodes(complex_, rank, z)
    squares = pool_nodes(complex_, rank, z.square().sum(dim=1, keepdim=True))
    return centre, (squares - centre.square().sum(dim=1, keepdim=True)).clamp(min=0.0)
