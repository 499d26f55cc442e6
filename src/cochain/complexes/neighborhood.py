"""Neighbourhoods as symbols: which cells speak to which, resolved to a sparse operator by a complex."""

from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal, get_args

from cochain.errors import ComplexError, unknown_name

Kind = Literal["incident", "adjacent", "laplacian", "self"]
Part = Literal["hodge", "up", "down"]
Scale = Literal["sym", "row", "column", "spectral"]
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Neighborhood:
    """A frozen symbol for a sparse operator from the cells of rank `source` to those of rank `target`.

    Built by `faces`, `cofaces`, `incident`, `lower`, `upper`, `adjacent`, `hodge`, `laplacian` and `self_`, refined by
    its methods, resolved by `Complex.resolve`. Order of the refinements, whatever the order of the calls: sign or
    direction, shell, self loops, power, inverse, normalisation.
    """

    kind: Kind
    target: int
    source: int
    via: int | None = None
    part: Part = "hodge"
    sign: bool = False
    loop: float = 0.0
    exponent: int = 1
    scale: Scale | None = None
    direction: Literal["in", "out"] | None = None
    listed: bool = False
    distance: int = 1
    inverted: bool = False

    def __post_init__(self) -> None:
        if not _are_ranks(self.target, self.source):
            raise ComplexError(f"ranks should be integers >= 0, but are {self.target!r} and {self.source!r}")

    @property
    def signed(self) -> "Neighborhood":
        """The same neighbourhood with orientation: +-1 for incidences, the Laplacian's part for `lower` and `upper`."""
        if self.kind == "incident" and abs(self.target - self.source) != 1:
            raise ComplexError(
                f"a signed incidence should join neighbouring ranks, but joins {self.source} to {self.target}; "
                "compose two boundaries, or leave out .signed"
            )
        if self.direction or self.listed or self.distance > 1:
            raise ComplexError(
                f"a signed neighbourhood should be neither directed, nor a shell, nor listed as triples, but {self} is"
            )
        if self.kind == "adjacent":
            if self.via is None or abs(self.via - self.target) != 1:
                raise ComplexError(f"a signed adjacency should pass a neighbouring rank, but passes rank {self.via}")
            return replace(self, kind="laplacian", part="up" if self.via > self.target else "down", sign=True, via=None)
        return replace(self, sign=True)

    @property
    def triples(self) -> "Neighborhood":
        """One nonzero per (cell, neighbour, cell that they share), so that a message can read all three."""
        if self.kind != "adjacent":
            raise ComplexError(f"only adjacencies pass through a shared cell, but {self} is of kind '{self.kind}'")
        return replace(self, listed=True)

    @property
    def inverse(self) -> "Neighborhood":
        """The entries of the inverse of a Laplacian with self loops, between cells that share a face or a coface.

        The rest of the inverse, which is dense, is neither kept nor computed. Where all cells are near one another, as
        in a complete graph, the factor that it is computed from is dense, and one of more than 20 million nonzeros is
        refused.
        """
        if self.kind != "laplacian":
            raise ComplexError(f"only Laplacians with self loops have an inverse here, but {self} is no Laplacian")
        return replace(self, inverted=True)

    def normalized(self, scale: Scale = "sym") -> "Neighborhood":
        """Scale the nonzeros; an empty row stays empty, never NaN.

        Args:
            scale: `sym` D_r^-1/2 A D_c^-1/2 with D the absolute row and column sums (for a Laplacian: its diagonal),
                `row` D_r^-1 A, `column` A D_c^-1, `spectral` every component's block divided by its largest
                absolute row sum, which bounds its spectral radius.
        """
        if scale not in get_args(Scale):
            raise unknown_name("scaling of a neighbourhood", str(scale), get_args(Scale))
        return replace(self, scale=scale)

    def with_self(self, weight: float = 1.0) -> "Neighborhood":
        """Add `weight` times the identity, before any normalisation."""
        if self.target != self.source:
            raise ComplexError(f"self loops need a neighbourhood of one rank, but {self} joins two")
        if not isinstance(weight, int | float) or not isfinite(weight):
            raise ComplexError(f"the weight of self loops should be a finite number, but is {weight!r}")
        return replace(self, loop=weight)

    def power(self, exponent: int) -> "Neighborhood":
        """Take the matrix power: walks of `exponent` steps."""
        if self.target != self.source or not isinstance(exponent, int) or exponent < 1:
            raise ComplexError(
                f"a power should be >= 1 and of a neighbourhood of one rank, but is {exponent} of {self}"
            )
        return replace(self, exponent=exponent)

    def shell(self, distance: int) -> "Neighborhood":
        """Take the cells at exactly this distance, counted in steps along the adjacency, in place of its neighbours."""
        if self.kind != "adjacent" or self.listed or not isinstance(distance, int) or distance < 1:
            raise ComplexError(f"a shell should be >= 1 steps of an adjacency away, but is {distance} of {self}")
        return replace(self, distance=distance)

    def directed(self, direction: Literal["in", "out"]) -> "Neighborhood":
        """Keep the neighbours at the tail (`in`) or at the head (`out`) of a directed edge."""
        if self.kind != "adjacent" or (self.target, self.via) != (0, 1):
            raise ComplexError(f"only the adjacency of nodes through edges has directions, but this is {self}")
        if direction not in ("in", "out"):
            raise unknown_name("direction of edges", str(direction), ("in", "out"))
        return replace(self, direction=direction)

    @property
    def odd(self) -> bool:
        """Whether it carries odd cochains to odd cochains; otherwise it carries even ones to even ones."""
        return self.sign

    def __str__(self) -> str:
        text = _name(self).translate(_SUBSCRIPTS)
        text += {None: "", "in": "⁻", "out": "⁺"}[self.direction]
        text += f"[distance {self.distance}]" if self.distance > 1 else ""
        if self.loop:
            text = f"({text} + I)" if self.loop == 1 else f"({text} + {self.loop:g} I)"
        if self.exponent > 1:
            text += f"^{self.exponent}"
        text = f"A ⊙ {text}⁻¹" if self.inverted else text
        return f"{self.scale}[{text}]" if self.scale else text


def _name(symbol: Neighborhood) -> str:
    if symbol.kind == "self":
        return "I"
    if symbol.kind == "laplacian":
        return "L" + {"hodge": "", "up": "↑", "down": "↓"}[symbol.part] + str(symbol.target)
    if symbol.kind == "adjacent":
        via = symbol.via if symbol.via is not None else -1
        arrow = {1: "↑", -1: "↓"}.get(via - symbol.target, f"({via})")
        return f"A{arrow}{symbol.target}"
    low, high = sorted((symbol.target, symbol.source))
    name = f"B{high}" if high - low == 1 else f"B{low},{high}"
    name = name if symbol.sign else f"|{name}|"
    return name if symbol.target < symbol.source else name + "ᵀ"


def incident(target: int, source: int) -> Neighborhood:
    """Cells of rank `source` that contain, or are contained in, a cell of rank `target`."""
    if target == source or not _are_ranks(target, source):
        raise ComplexError(f"incidences should join two different ranks >= 0, but join {source} to {target}")
    return Neighborhood("incident", target, source)


def _are_ranks(*ranks: int) -> bool:
    return all(isinstance(rank, int) and rank >= 0 for rank in ranks)


def _checked(rank: int) -> int:
    if not _are_ranks(rank):
        raise ComplexError(f"a rank should be an integer >= 0, but is {rank!r}")
    return rank


def faces(rank: int) -> Neighborhood:
    """Rank - 1 to rank: the faces of a cell."""
    return incident(rank, _checked(rank) - 1)


def cofaces(rank: int) -> Neighborhood:
    """Rank + 1 to rank: the cells that a cell is a face of."""
    return incident(rank, _checked(rank) + 1)


def adjacent(rank: int, via: int) -> Neighborhood:
    """Other cells of the same rank that share a cell of rank `via`; 0/1, without the diagonal."""
    if via == rank or not _are_ranks(via, rank):
        raise ComplexError(f"cells of rank {rank} should share cells of another rank >= 0, but via is {via}")
    return Neighborhood("adjacent", rank, rank, via=via)


def upper(rank: int) -> Neighborhood:
    """Other cells of the same rank that share a coface; `.signed` is L_up = B_{r+1} B_{r+1}^T."""
    return adjacent(rank, _checked(rank) + 1)


def lower(rank: int) -> Neighborhood:
    """Other cells of the same rank that share a face; `.signed` is L_down = B_r^T B_r."""
    return adjacent(rank, _checked(rank) - 1)


def laplacian(rank: int, part: Part = "hodge") -> Neighborhood:
    """The Hodge Laplacian L_r = B_r^T B_r + B_{r+1} B_{r+1}^T, or its `down` or `up` part (signed)."""
    if part not in ("hodge", "up", "down"):
        raise ComplexError(f"part should be 'hodge', 'up' or 'down', but is {part!r}")
    return Neighborhood("laplacian", rank, rank, part=part, sign=True)


def hodge(rank: int) -> Neighborhood:
    """The Hodge Laplacian of the rank."""
    return laplacian(rank)


def self_(rank: int) -> Neighborhood:
    """Each cell alone: the identity."""
    return Neighborhood("self", rank, rank)
