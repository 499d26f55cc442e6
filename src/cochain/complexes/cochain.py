"""The type of a tensor of features on the cells of one rank."""

from dataclasses import dataclass

from torch import Tensor

from cochain.errors import ShapeError


@dataclass(frozen=True)
class Cochain:
    """What a tensor of features is: the rank of its cells, its channels and its parity.

    Printed `3x1o`: three odd channels on rank 1. Odd numbers change sign when the orientation of their cell is
    reversed (flows, circulations); even ones (`e`) do not (labels, lengths). A node has only one orientation, so on
    rank 0 the two parities are the same and the type is even.

    Args:
        rank: the rank of the cells that carry the features.
        channels: numbers per cell.
        odd: whether the numbers change sign with the orientation of their cell.
    """

    rank: int
    channels: int
    odd: bool = False

    def __post_init__(self) -> None:
        if self.rank < 0 or self.channels < 0:
            raise ShapeError(
                f"a cochain should have rank >= 0 and channels >= 0, but has rank {self.rank} and "
                f"{self.channels} channels"
            )
        if self.rank == 0 and self.odd:
            object.__setattr__(self, "odd", False)

    def __str__(self) -> str:
        return f"{self.channels}x{self.rank}{'o' if self.odd else 'e'}"

    def check(self, x: Tensor, cells: int, name: str = "x") -> None:
        """Raise `ShapeError` unless `x` holds `channels` numbers on each of `cells` cells."""
        if x.ndim == 2 and x.shape[0] == cells and x.shape[1] == self.channels:
            return
        shape = tuple(x.shape)
        remedy = "; it looks transposed" if shape == (self.channels, cells) else ""
        raise ShapeError(
            f"{name} should be {self}: {cells} cells of rank {self.rank} by {self.channels} channels, "
            f"but has shape {shape}{remedy}"
        )
