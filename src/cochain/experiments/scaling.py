"""Numbers of tables brought to one scale: an age, an income and a share of one are of one size to a network."""

from collections.abc import Sequence

import torch
from jaxtyping import Shaped
from torch import Tensor

from cochain.complexes import Complex

Scales = dict[int, tuple[tuple[float, ...], tuple[float, ...]]]
"""For each rank, what is taken from every channel of x, and what it is divided by then."""


def measure_scales(complex_: Complex) -> Scales:
    """Measure mean and deviation of every channel that a table calls a number, over the rows where it is known.

    Categories and marks of missing numbers stay 0 and 1, odd features keep their sign, and features that no table has
    named, as those of published data sets, stay as they are. No label and no split is read.
    """
    found: Scales = {}
    features = complex_.schema.features if complex_.schema is not None else {}
    for rank in range(complex_.rank + 1):
        names = features.get(rank, ())
        if not names or complex_.is_odd(rank) or not complex_.sizes[rank]:
            continue
        x = complex_[rank].x.double()
        missing = _missing(x, names)
        shift, scale = x.new_zeros(len(names)), x.new_ones(len(names))
        for channel, name in enumerate(names):
            known = x[~missing[:, channel], channel]
            if "=" not in name and not name.endswith("?") and len(known):
                deviation = float(known.std(correction=0))
                shift[channel] = float(known.mean())
                scale[channel] = deviation if deviation > 0 else 1.0
        found[rank] = tuple(shift.tolist()), tuple(scale.tolist())
    return found


def apply_scales(complex_: Complex, scales: Scales) -> Complex:
    """Bring the channels to mean 0 and deviation 1 of what was measured; a missing number becomes 0, the mean."""
    for rank, (shift, scale) in scales.items():
        if rank > complex_.rank or "x" not in complex_[rank]:
            continue
        x = complex_[rank].x
        features = complex_.schema.features if complex_.schema is not None else {}
        # In double precision: a year or a time in seconds has more digits than float32.
        y = (x.double() - x.new_tensor(shift, dtype=torch.float64)) / x.new_tensor(scale, dtype=torch.float64)
        y = y.masked_fill(_missing(x, features.get(rank, ())), 0.0)
        complex_ = complex_.with_cochain(rank, "x", y.to(x.dtype if x.is_floating_point() else torch.float32))
    return complex_


def _missing(x: Shaped[Tensor, "cells channels"], names: Sequence[str]) -> Tensor:
    """Mark the numbers that are missing: those whose channel `name?` is 1."""
    out = torch.zeros(x.shape, dtype=torch.bool, device=x.device)
    place = {name: channel for channel, name in enumerate(names)}
    for name, channel in place.items():
        if f"{name}?" in place:
            out[:, channel] = x[:, place[f"{name}?"]] > 0
    return out
