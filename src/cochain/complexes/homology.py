"""Betti numbers over a prime field."""

from typing import Any

import numpy as np
import torch

from cochain.complexes.structure import Structure
from cochain.errors import ComplexError


def betti(structure: Structure, p: int, per_component: bool) -> Any:
    """Give beta_k = n_k - rank B_k - rank B_{k+1} over Z/p; see `Complex.betti`."""
    from cochain.kernels.elimination import ranks_mod_p

    if not structure.oriented:
        raise ComplexError(
            f"Betti numbers need boundary matrices, but a {structure.domain} has no orientation; "
            "build its clique or nerve complex first"
        )
    counts = np.stack([offsets.diff().cpu().numpy() for offsets in structure.offsets], axis=1)
    found = counts.copy()
    for rank in range(1, structure.rank + 1):
        faces = structure.faces(rank, rank - 1).to("cpu")
        assert faces.values is not None
        ranks = ranks_mod_p(
            faces.pattern.indptr.numpy(),
            faces.pattern.indices.numpy(),
            faces.values.numpy(),
            faces.shape,
            p,
            structure.offsets[rank].cpu().numpy(),
            structure.offsets[rank - 1].cpu().numpy(),
        )
        found[:, rank] -= ranks
        found[:, rank - 1] -= ranks
    if per_component:
        return torch.from_numpy(found).to(structure.device)
    return tuple(int(b) for b in found.sum(axis=0))
