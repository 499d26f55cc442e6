"""Local frames of data on the nodes of a graph, and the orthogonal maps that align them along edges."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.complexes.complex import Complex
from cochain.complexes.neighborhood import upper
from cochain.errors import ShapeError
from cochain.kernels import Pattern, segment


@torch.no_grad()
def local_frames(
    complex_: Complex, x: Float[Tensor, "nodes ambient"], d: int, tie: float = 0.0
) -> Float[Tensor, "nodes ambient d"]:
    r"""Estimate d directions in which the data varies around every node, by local principal components.

    The columns of v's frame are the leading d eigenvectors of $\sum_{u \in N(v)} (x_u - x_v)(x_u - x_v)^T$. Where fewer
    than d directions are seen (few or equal neighbours), arbitrary orthonormal directions complete the frame. No
    gradient flows through a frame, which is defined up to a rotation in its own plane only; with `tie` > 0 it is one
    function of the data: directions that are seen equally are told apart by a small fixed preference for the later
    axes, and each column points to where its last large coordinate is positive.

    Args:
        complex_: whose edges say who is near.
        x: positions or features of the nodes.
        d: dimension of the frames, at most that of x.
        tie: strength of the preference, as a part of the mean variance.
    Shape:
        `(nodes, ambient)` -> `(nodes, ambient, d)`, orthonormal columns.
    Cost:
        memory $O((n + m) D^2)$, time $O((n + m) D^2 + n D^3)$ for D ambient dimensions: reduce wide features first.
    Source:
        Singer, Wu, 2012, "Vector Diffusion Maps and the Connection Laplacian".
    """
    if x.shape[0] != complex_.sizes[0] or not 1 <= d <= x.shape[1]:
        raise ShapeError(
            f"x should be ({complex_.sizes[0]}, at least d = {d}), one row per node, but has shape {tuple(x.shape)}"
        )
    pattern: Pattern = complex_.resolve(upper(0)).matrix.pattern
    steps = x.index_select(0, pattern.indices) - x.index_select(0, pattern.rows)
    spread = segment(pattern, steps[:, :, None] * steps[:, None, :], "sum")
    if tie:
        ramp = torch.linspace(1, 2, x.shape[1], dtype=x.dtype, device=x.device)
        seen = spread.diagonal(dim1=1, dim2=2).mean(dim=1)
        seen = torch.where(seen > 0, seen, 1.0)  # a node that sees nothing has its frame from the preference alone
        spread = spread + tie * seen[:, None, None] * torch.diag(ramp)
    frames = torch.linalg.eigh(spread).eigenvectors[..., -d:].flip(-1)
    return _pointed(frames) if tie else frames


def _pointed(frames: Tensor) -> Tensor:
    """Turn each column so that the last of its coordinates that are not small is positive."""
    large = frames.abs() > 0.5 * frames.abs().amax(dim=1, keepdim=True)
    place = (
        torch.arange(frames.shape[1], device=frames.device)[None, :, None].where(large, -1).amax(dim=1, keepdim=True)
    )
    return frames * frames.gather(1, place).sign()


@torch.no_grad()
def align_frames(complex_: Complex, frames: Float[Tensor, "nodes ambient d"]) -> Float[Tensor, "nonzeros d d"]:
    r"""Give the restriction maps of the connection that aligns local frames along edges.

    The second node v of an edge passes its coordinates on as they are; those of the first node u are carried to the
    frame of v by $O = \arg\min_{O \in O(d)} \lVert T_v^T T_u - O \rVert = U V^T$ with $T_v^T T_u = U \Sigma V^T$
    (Procrustes). So $F_v^T F_u = O$, which is all that the Laplacian sees.

    Args:
        complex_: a graph, or any complex with oriented edges.
        frames: a basis of orthonormal columns for each node.
    Shape:
        `(nodes, ambient, d)` -> `(2 edges, d, d)`, one orthogonal matrix per nonzero of `faces(1, 0)`.
    """
    if frames.shape[0] != complex_.sizes[0]:
        raise ShapeError(
            f"frames should have {complex_.sizes[0]} rows, one for each node, but have shape {tuple(frames.shape)}"
        )
    first, second = complex_.faces(1, 0).pattern.indices.view(-1, 2).unbind(1)
    left, _, right = torch.linalg.svd(frames.index_select(0, second).mT @ frames.index_select(0, first))
    maps = torch.eye(frames.shape[2], dtype=frames.dtype, device=frames.device).repeat(2 * first.shape[0], 1, 1)
    maps[0::2] = left @ right
    return maps
