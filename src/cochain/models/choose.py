"""Which models to try on a complex, and why: by its domain, where it asks, what it carries, and its size."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from cochain.complexes import Complex
from cochain.complexes.agreement import agreement
from cochain.models.build import default_target

LARGE = 500_000
"""Cells of a single component above which models that write a row for each pair of cells are left out."""
AGREE = 0.2
"""A graph whose neighbours agree less than this share more often than by chance (of what is left) is heterophilous."""

FLOOR = "looks at every {cells} by itself: what there is to gain from structure is measured from here"
SETS = "pools the {cells} as a set: what there is to gain from structure is measured from here"
EDGES = {
    "gcn": "averages over neighbours: the simplest use of edges",
    "gat": "weighs neighbours by attention",
    "gin": "sums over neighbours, as telling as message passing along edges can be",
    "sgc": "averages over several steps with one linear map: fast, hard to overfit",
}
HYPERGRAPH = {
    "hgnn": "averages within hyperedges and over them",
    "unigin": "sums over hyperedges, as telling as two steps through them can be",
    "allset_transformer": "learns by attention what a hyperedge makes of its nodes",
    "ed_hnn": "lets a hyperedge answer each of its nodes differently",
}
CELLS = {
    "cin": "lets rings speak, as 2-cells",
    "mpsn": "lets triangles speak",
    "can": "attends between edges through nodes and 2-cells",
    "hmc": "attends within and between all ranks",
    "gccn": "runs an isomorphism network on every neighbourhood of the complex",
    "sccnn": "filters flows on edges and 2-cells along signed boundaries, and sees orientation",
}
REASONS = {**EDGES, **HYPERGRAPH, **CELLS}
USUAL: dict[tuple[str, str], tuple[str, ...]] = {
    ("points", "cells"): ("gcn", "gat"),
    ("points", "components"): ("gin", "cin"),
    ("graph", "cells"): ("gcn", "gat", "sgc", "can"),
    ("graph", "links"): ("gcn", "gat", "sgc"),
    ("graph", "components"): ("gin", "gcn", "cin", "mpsn"),
    ("digraph", "cells"): ("gcn", "gat", "sgc"),
    ("digraph", "components"): ("gin", "gcn"),
    ("hypergraph", "cells"): ("hgnn", "unigin", "allset_transformer", "ed_hnn", "gcn"),
    ("hypergraph", "components"): ("hgnn", "unigin", "allset_transformer"),
    ("simplicial", "cells"): ("gcn", "gat", "sccnn", "hmc"),
    ("simplicial", "components"): ("gin", "sccnn", "gccn"),
    ("cell", "cells"): ("gcn", "gat", "can", "sccnn"),
    ("cell", "components"): ("gin", "cin", "can"),
    ("combinatorial", "cells"): ("gcn", "hgnn", "gccn"),
    ("combinatorial", "components"): ("gin", "hmc", "gccn"),
}
"""For (domain, where it asks), beside a floor without structure: with edges, and with more."""
HEAVY = ("can", "cin", "mpsn", "hmc", "gccn", "sccnn", "nsd", "etnn", "sat", "allset_transformer", "ed_hnn")
"""Models that are left out where a component is large."""
SLOW = {"etnn": 50_000}
"""Cells in all above which an epoch of the model takes seconds."""


@dataclass(frozen=True)
class Pick:
    """A model and why."""

    model: str
    """Name in the catalog."""
    reason: str
    """In one clause."""

    def __str__(self) -> str:
        return f"{self.model}: {self.reason}"


@dataclass(frozen=True)
class Choice:
    """Which models to try on a complex."""

    picks: tuple[Pick, ...]
    """Those to try, without structure first."""
    left_out: tuple[Pick, ...]
    """Those that suit the domain, but not this data."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those to try."""
        return tuple(pick.model for pick in self.picks)

    def __str__(self) -> str:
        lines = [str(pick) for pick in self.picks]
        return "\n".join([*lines, *(f"not {pick}" for pick in self.left_out)])


def choose(complex: Complex, target: int | str | None = None, links: bool = False) -> Choice:
    """Choose models to try on a complex: without structure, with edges, and with more, as far as the data has it.

    Which of them is best nobody knows before they are compared; that is what `cochain compare` is for. The choice makes
    the comparison tell something: each model on the list differs from another in one use of structure.

    Args:
        complex: the data.
        target: the rank of the answer, or "whole"; by default where the labels are.
        links: whether pairs of nodes are asked for.

    Example:
        >>> import cochain as cc
        >>> cc.models.choose(cc.datasets.load("karate")).names
        ('mlp', 'gcn', 'gat', 'sgc', 'can')
    """
    target = default_target(complex) if target is None else target
    place = "links" if links else "components" if target == "whole" else "cells"
    usual = USUAL.get((complex.domain, place), ("gcn", "gat"))
    told = [_floor(place, target), *(Pick(name, REASONS[name]) for name in usual)]
    # What speaks for a model on this very data stands in place of what speaks for it in general.
    picks = list({pick.model: pick for pick in (*told, *_particular(complex, target, place))}.values())
    refused = {pick.model: why for pick in picks if (why := _too_large(pick.model, complex))}
    kept = tuple(pick for pick in picks if pick.model not in refused)
    return Choice(kept, tuple(Pick(model, why) for model, why in refused.items()))


def _too_large(model: str, complex_: Complex) -> str:
    """Say why a model is not tried unasked on data of this size; nothing where it is."""
    total = sum(complex_.sizes)
    if model in HEAVY and total > LARGE * max(len(complex_), 1):
        return f"a component has {total // max(len(complex_), 1):,} cells, too many to try it unasked"
    if total > SLOW.get(model, total):
        return f"the data has {total:,} cells, at which an epoch takes seconds: too long to try it unasked"
    return ""


def _floor(place: str, target: int | str) -> Pick:
    if place == "components":
        return Pick("deep_sets", SETS.format(cells="nodes"))
    return Pick("mlp", FLOOR.format(cells="node" if target in (0, "whole") or place == "links" else "cell"))


def _particular(complex_: Complex, target: int | str, place: str) -> Iterator[Pick]:
    """Give what this data asks for beyond its domain."""
    if complex_.domain == "graph" and place == "cells" and target == 0:
        yield from _heterophilous(complex_)
    if "pos" in complex_[0] and complex_.rank >= 2:
        yield Pick("etnn", "hears how far cells are from each other and how large they are: the nodes have positions")
    if complex_.oriented and complex_.rank >= 1 and "x" in complex_[1] and complex_.is_odd(1):
        yield Pick("sccnn", f"{CELLS['sccnn']}: the edges carry flows")
        yield Pick("scone", "filters flows on edges, and nodes read their divergence")
    if complex_.domain == "simplicial" and complex_.rank >= 2 and place == "components":
        yield Pick("cin", "lets triangles speak, and edges through them")


def _heterophilous(complex_: Complex) -> Iterator[Pick]:
    y = complex_[0].y if "y" in complex_[0] else None
    if y is None or y.is_floating_point() or y.ndim != 1 or y.dtype == torch.bool:
        return
    share, chance, _ = agreement(complex_, y)
    if share is not None and chance is not None and share < chance + AGREE * (1 - chance):
        yield Pick(
            "nsd",
            f"learns maps along edges: neighbours agree in {share:.0%} of the edges ({chance:.0%} by chance), so what "
            "they say should not simply be averaged",
        )
