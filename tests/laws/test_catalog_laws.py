"""Every law on every model of the catalog."""

import functools

import pytest
import torch
from torch import nn

import cochain as cc
from cochain import catalog, laws, models
from cochain.catalog import CATALOG, Entry
from cochain.models.build import model_class
from law_specimens import domain_of, specimen

# Where the answer is asked for.
TARGETS: dict[str, tuple[int | str, ...]] = {
    "relabelling": (0, 1, "whole"),
    "orientation": (0, 1, 2, "whole"),
    "gauge": (0,),
    "union": (0, 1, "whole"),
    "isolated_cells": (0, 1, "whole"),
    "gradient_flow": (0, 1, 2, "whole"),
    "parameters": (0, 1, 2, "whole"),
    "no_dense": ("whole",),
    "scale": (0, "whole"),
    "precision": (0, "whole"),
    "saving": ("whole",),
    "determinism": (0, "whole"),
    "input_unchanged": ("whole",),
}
TASKS: dict[int | str, str] = {0: "node", 1: "edge", 2: "cell", "whole": "whole"}


@functools.cache
def complex_for(name: str, domain: str) -> cc.Complex:
    row, model = catalog.entry(name), model_class(catalog.entry(name))
    c = specimen(domain, model.ranks, row.probes)
    for rank, names in getattr(model, "names", {}).items():
        if rank <= c.rank and rank not in model.ranks:  # numbers that it reads where there are some, such as weights
            c = c.with_cochain(rank, names[0], torch.rand(c.sizes[rank]) + 0.5)
    if getattr(model, "positions", False) and "pos" not in c[0]:
        c = c.with_cochain(0, "pos", torch.randn(c.sizes[0], 3))
    return c


@functools.cache
def model_for(name: str, domain: str, target: int | str) -> nn.Module:
    return models.build(name, complex_for(name, domain), hidden=8, out=3, layers=3, target=target, seed=0)


def results_of(row: Entry, domain: str, law: str) -> dict[int | str, laws.LawResult]:
    """The law's result for every target that the model answers on."""
    c = complex_for(row.name, domain)
    tasks = {*row.tasks, *(["cell"] if "edge" in row.tasks else [])}
    targets = [t for t in TARGETS[law] if (t == "whole" or int(t) <= c.rank) and TASKS[t] in tasks]
    return {t: laws.check(model_for(row.name, domain, t), c, [law])[0] for t in targets}


@pytest.mark.parametrize("law", laws.LAWS)
@pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)
def test_the_catalog_keeps_the_laws(row: Entry, law: str) -> None:
    results = results_of(row, domain_of(row), law)
    if law in row.breaks:
        assert any(result.kept is False for result in results.values()), (
            f"{row.name} is said to break {law}, but keeps it"
        )
        return
    broken = [f"{target}: {result}" for target, result in results.items() if result.kept is False]
    assert not broken, f"{row.name} on {complex_for(row.name, domain_of(row))}\n" + "\n".join(broken)


STRUCTURE = ("relabelling", "orientation", "union", "isolated_cells", "gradient_flow")
ELSEWHERE = [
    (row, domain, law)
    for row in CATALOG
    for domain in row.domains
    for law in STRUCTURE
    # A model of sets reads the mean of all points, so that one more changes the answers of all.
    if domain != domain_of(row) and not (row.domain == "points" and law == "isolated_cells")
]


@pytest.mark.parametrize(("row", "domain", "law"), ELSEWHERE, ids=lambda each: getattr(each, "name", each))
def test_the_catalog_keeps_the_laws_of_structure_on_every_domain(row: Entry, domain: str, law: str) -> None:
    results = results_of(row, domain, law)
    broken = [f"{target}: {result}" for target, result in results.items() if result.kept is False]
    assert not broken or law in row.breaks, f"{row.name} on {complex_for(row.name, domain)}\n" + "\n".join(broken)


def test_laws_of_breaks_exist() -> None:
    assert {law for row in CATALOG for law in row.breaks} <= laws.LAWS.keys()


@pytest.mark.parametrize("diagonal", [False, True])
def test_a_given_sheaf_keeps_the_gauge(diagonal: bool) -> None:
    c = specimen("graph", [0])
    c = c.with_cochain(1, "maps", torch.randn(c.sizes[1], 2, 2) if diagonal else torch.randn(c.sizes[1], 2, 2, 2))
    model = models.build("sheaf_nn", c, hidden=8, out=3, target=0, seed=0, options={"stalk": 2})
    assert laws.gauge(model, c).kept


@pytest.mark.parametrize("name", [row.name for row in CATALOG if row.path.endswith(":NSD")])
def test_a_learned_sheaf_keeps_the_gauge(name: str) -> None:
    """The law finds the maps where a model exposes them; without that it would pass by not applying."""
    assert laws.gauge(model_for(name, "graph", 0), complex_for(name, "graph")).kept
