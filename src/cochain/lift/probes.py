"""Random odd cochains: inputs that let a network feel orientation without being told one."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError
from cochain.lift.attributes import check_complex

Words = npt.NDArray[np.uint64]
Index = npt.NDArray[np.integer[Any]]


def probes(c: Complex, rank: int, channels: int = 16, seed: int = 0, name: str = "x") -> Complex:
    r"""Put independent standard normal numbers on the cells of a rank, as an odd cochain.

    $$z_{ij} \sim N(0, 1), \qquad E[z z^\top] = I, \qquad E[z^\top f(L) z] = \mathrm{tr}\, f(L)$$

    These are stochastic probes as in Hutchinson's trace estimator: what a network measures on them (energies, squares
    of what is left after filtering) estimates traces, and so Betti numbers, of the complex. A normal distribution is
    symmetric, so reversing a cell's orientation, which changes the sign of its numbers, leaves their distribution as
    it is; so does relabelling. A network that keeps the laws therefore gives outputs whose distribution does not
    depend on any choice, although a single draw does.

    Each number is a hash of (seed, rank, index of the component, place of the cell within it, channel), so it does not
    change when components are added behind, when channels are added, or on another device.

    Args:
        c: an oriented complex; components get independent numbers, by their index in `c`, and keep them in `select`.
        rank: the rank of the cells.
        channels: probes per cell.
        seed: another seed gives other numbers.
        name: name of the tensor; one of this name is replaced.

    Returns:
        The complex with the probes, of torch's default type.

    Raises:
        ComplexError: when the complex has no orientations, or `channels` is below 1.

    Source:
        Hutchinson, 1989, "A stochastic estimator of the trace of the influence matrix"; Steele, Lea, Flood, 2014,
        "Fast splittable pseudorandom number generators" (the hash); Box, Muller, 1958 (from uniform to normal).
    """
    check_complex(c, "probes")
    if not c.oriented:
        raise ComplexError(
            f"probes change sign with orientations, but a {c.domain} has none; lift it to a complex that does"
        )
    if as_whole_number(channels, "channels") < 1:
        raise ComplexError(f"channels should be at least 1, but are {channels}")
    offsets = c.offsets(rank).cpu().numpy()
    component = c.component_of(rank).cpu().numpy()
    place = np.arange(len(component)) - offsets[component]
    values = torch.from_numpy(_normal(seed, rank, component, place, channels))
    return c.with_cochain(rank, name, values.to(torch.get_default_dtype()), odd=True)


def _normal(seed: int, rank: int, component: Index, place: Index, channels: int) -> npt.NDArray[np.float64]:
    """Draw (cells, channels): channels 2k and 2k + 1 are the two coordinates of one Box-Muller draw."""
    key = np.full(1, as_whole_number(seed, "seed") % 2**64, np.uint64)
    for number in (np.array([rank]), component, place):
        key = _mix(key ^ _mix(number.astype(np.uint64)))
    pairs = np.arange((channels + 1) // 2, dtype=np.uint64)
    words = [_mix(key[:, None] ^ _mix(2 * pairs + half)) for half in (np.uint64(0), np.uint64(1))]
    one, two = ((word >> np.uint64(11)).astype(np.float64) * 2.0**-53 for word in words)
    radius, angle = np.sqrt(-2.0 * np.log1p(-one)), 2.0 * np.pi * two
    normal = np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=2)
    return normal.reshape(len(key), 2 * len(pairs))[:, :channels]


def _mix(words: Words) -> Words:
    """Scramble 64-bit words: one step of SplitMix64, wrapping around as unsigned numbers do."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
