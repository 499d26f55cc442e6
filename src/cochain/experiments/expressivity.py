"""Which graphs a network tells apart: from random weights, on families whose structure is known exactly."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from cochain import datasets, models
from cochain.catalog import entry
from cochain.catalog import names as catalog_names
from cochain.complexes import Complex
from cochain.errors import CochainError
from cochain.experiments.lifting import apply_lift
from cochain.experiments.prepare import lift_for

DRAWS, WIDTH = 10, 16
QUICK_DRAWS, QUICK_FAMILIES = 3, ("hexagons", "sr16622")
FACTOR = 100.0
"""How many times the noise floor two answers must lie apart to count as different."""
FAMILIES = ("hexagons", "sr16622", "sr251256", "sr261034", "sr281264", "sr291467", "csl", "exp", "brec")
"""Usual families: hexagons are C6 and two C3; the rest are data sets."""


@dataclass(frozen=True)
class Separation:
    """What one network tells apart in one family."""

    model: str
    """Model."""
    lift: str
    """How graphs were lifted for it."""
    family: str
    """Family."""
    pairs: int
    """Pairs of graphs that are not isomorphic."""
    separated: int
    """Of those, pairs that some draw of the weights tells apart."""
    false: int
    """Graphs that are told apart from a relabelled copy of themselves; it must be 0."""
    noise: float
    """Largest relative difference between graphs and relabelled copies."""
    seconds: float
    """Time."""
    failure: str = ""
    """Why there is no number."""

    @property
    def failure_rate(self) -> float:
        """Share of the pairs that are not told apart."""
        return 1 - self.separated / self.pairs if self.pairs else 0.0


def family(name: str) -> Complex:
    """Load a family of graphs without features, one component each.

    Raises:
        UnknownNameError: when there is no such data set.
    """
    if name == "hexagons":
        six = [(k, (k + 1) % 6) for k in range(6)]
        threes = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]
        edges = torch.tensor([*six, *((u + 6, v + 6) for u, v in threes)]).T
        return Complex.graph(edges, [6, 6])
    return datasets.load(name)


def pairs_of(c: Complex) -> Int[Tensor, "pairs 2"]:
    """Give the pairs that are to be told apart: those of `whole.pair`, of different classes, or else all."""
    if "pair" in c.whole:
        order = torch.argsort(c.whole.pair, stable=True)
        return order.reshape(-1, 2)
    pairs = torch.combinations(torch.arange(len(c)), 2)
    if "y" in c.whole:  # graphs of one class are copies of one graph
        y = c.whole.y
        pairs = pairs[y[pairs[:, 0]] != y[pairs[:, 1]]]
    return pairs


def relabelled(c: Complex, seed: int) -> Complex:
    """Number the nodes of every component anew, at random; features go along."""
    generator = torch.Generator().manual_seed(seed)
    component = c.component_of(0)
    order = torch.randperm(c.sizes[0], generator=generator)
    order = order[torch.argsort(component[order], stable=True)]  # shuffled, but within the components
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order))
    edges = place[c.cells(1).pattern.indices.long().reshape(-1, 2)].T
    copy = Complex.graph(edges, torch.bincount(component, minlength=len(c)).tolist())
    return copy.with_cochain(0, "x", c[0].x[order]) if "x" in c[0] else copy


def separation(model: str, name: str, draws: int = DRAWS, layers: int | None = None) -> Separation:
    """Count the pairs of a family that a model tells apart from random weights.

    Two graphs are apart when in some draw of the weights their answers, in float64, differ by more than `FACTOR` times
    the largest difference between any graph of the family and a relabelled copy of it: the noise floor. A second set of
    copies, which the floor has not seen, is the control.

    Args:
        model: name in the catalog.
        name: a family: "hexagons" or a data set of graphs.
        draws: draws of the weights.
        layers: of the network; None for the model's own number.
    """
    start = time.perf_counter()
    c = family(name)
    pairs = pairs_of(c)
    try:
        lift = lift_for(model, c, None)
        answers = _answers(
            model, [apply_lift(each, lift) for each in (c, relabelled(c, 1), relabelled(c, 2))], draws, layers
        )
    except (CochainError, RuntimeError, MemoryError) as error:
        said = " ".join(str(error).split())[:160]
        return Separation(model, "", name, len(pairs), 0, 0, 0.0, time.perf_counter() - start, said)
    apart = torch.zeros(len(pairs), dtype=torch.bool)
    false = torch.zeros(len(c), dtype=torch.bool)
    noise = 0.0
    for own, copy, control in answers:
        scale = own.abs().max().clamp_min(1e-300)
        floor = ((own - copy).abs().max() / scale).clamp_min(1e-15)
        noise = max(noise, float(floor))
        apart |= told_apart(own, pairs, float(floor * scale) * FACTOR)
        false |= (own - control).abs().amax(1) > float(floor * scale) * FACTOR
    return Separation(
        model, lift, name, len(pairs), int(apart.sum()), int(false.sum()), noise, time.perf_counter() - start
    )


def told_apart(
    answers: Float[Tensor, "graphs channels"], pairs: Int[Tensor, "pairs 2"], tolerance: float
) -> Bool[Tensor, "pairs"]:
    """Say which pairs differ in some channel by more than a tolerance."""
    return (answers[pairs[:, 0]] - answers[pairs[:, 1]]).abs().amax(1) > tolerance


@torch.no_grad()
def _answers(model: str, lifted: Sequence[Complex], draws: int, layers: int | None) -> list[list[Tensor]]:
    """Run networks of random weights on all graphs and on their copies."""
    found = []
    lifted = [_double(each) for each in lifted]
    for draw in range(draws):
        network = models.build(model, lifted[0], hidden=WIDTH, out=WIDTH, layers=layers, target="whole", seed=draw)
        network = network.double().eval()
        found.append([network(each) for each in lifted])
    return found


def _double(c: Complex) -> Complex:
    for rank in range(c.rank + 1):
        if "x" in c[rank]:
            c = c.with_cochain(rank, "x", c[rank].x.double(), odd=c.is_odd(rank, "x"))
        elif rank == 0:
            c = c.with_cochain(0, "x", torch.ones(c.sizes[0], 1, dtype=torch.float64))
    return c


def survey(
    families: Sequence[str] = FAMILIES,
    chosen: Sequence[str] | None = None,
    draws: int = DRAWS,
    found: Callable[[Separation], None] | None = None,
) -> list[Separation]:
    """Count separations for all models, or for some, on each family.

    Raises:
        UnknownNameError: when there is no such model or family.
    """
    names = [entry(name).name for name in chosen] if chosen else catalog_names()
    results = []
    for name in families:
        for model in names:
            results.append(separation(model, name, draws))
            if found is not None:
                found(results[-1])
    return results
