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

# Where the answer is asked for. A layer updates every rank, its last one too, so weights of ranks that an answer on one
# rank does not read are idle by construction: only an answer on the whole reads all of them.
TARGETS: dict[str, tuple[int | str, ...]] = {
    "relabelling": (0, 1, "whole"),
    "orientation": (0, 1, 2, "whole"),
    "gauge": (0,),
    "union": (0, 1, "whole"),
    "isolated_cells": (0, 1, "whole"),
    "gradient_flow": (0, 1, 2, "whole"),
    "parameters": ("whole",),
    "no_dense": ("whole",),
    "scale": (0, "whole"),
    "precision": (0, "whole"),
    "saving": ("whole",),
    "determinism": (0, "whole"),
    "input_unchanged": ("whole",),
}
TASKS: dict[int | str, str] = {0: "node", 1: "edge", 2: "cell", "whole": "whole"}


@functools.cache
def complex_for(name: str) -> cc.Complex:
    row = catalog.entry(name)
    return specimen(domain_of(row), model_class(row).ranks, row.probes)


@functools.cache
def model_for(name: str, target: int | str) -> nn.Module:
    return models.build(name, complex_for(name), hidden=8, out=3, layers=3, target=target, seed=0)


def targets_of(row: Entry, law: str) -> list[int | str]:
    top = complex_for(row.name).rank
    return [t for t in TARGETS[law] if (t == "whole" or int(t) <= top) and (TASKS[t] in row.tasks or t == 2)]


@pytest.mark.parametrize("law", laws.LAWS)
@pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)
def test_the_catalog_keeps_the_laws(row: Entry, law: str) -> None:
    results = [laws.check(model_for(row.name, t), complex_for(row.name), [law])[0] for t in targets_of(row, law)]
    if law in row.breaks:
        assert any(result.kept is False for result in results), f"{row.name} is said to break {law}, but keeps it"
        return
    broken = [f"{target}: {r}" for target, r in zip(targets_of(row, law), results, strict=True) if r.kept is False]
    assert not broken, f"{row.name} on {complex_for(row.name)}\n" + "\n".join(broken)


def test_laws_of_breaks_exist() -> None:
    assert {law for row in CATALOG for law in row.breaks} <= laws.LAWS.keys()


@pytest.mark.parametrize("diagonal", [False, True])
def test_a_given_sheaf_keeps_the_gauge(diagonal: bool) -> None:
    c = specimen("graph", [0])
    c = c.with_cochain(1, "maps", torch.randn(c.sizes[1], 2, 2) if diagonal else torch.randn(c.sizes[1], 2, 2, 2))
    model = models.build("sheaf_nn", c, hidden=8, out=3, target=0, seed=0, options={"stalk": 2})
    assert laws.gauge(model, c).kept
