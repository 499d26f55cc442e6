"""How each model is trained where nothing else is said: a literal table, each row with where its numbers come from.

`recipe_for` looks for the model on the data set, then the model on data of that kind, then data of that kind. Every
number in a row can be set with `--option model.field=value`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cochain.experiments.spec import Protocol


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters and their source."""

    source: str
    """A paper, or how they were found."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `Training`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the model's config."""
    lift: str = ""
    """The lift of a graph, in place of the one that the catalog names."""


CELLS = {"epochs": 200, "patience": 30, "learning_rate": 0.01, "weight_decay": 5e-4}
COMPONENTS = {"epochs": 100, "patience": 30, "learning_rate": 0.003, "batch_size": 32}
LINKS = {"epochs": 200, "patience": 50, "learning_rate": 0.01}
XU = {"epochs": 350, "learning_rate": 0.01, "halve_every": 50, "batch_size": 32}

BY_KIND: Mapping[str, Recipe] = {
    "cells": Recipe("default for labels on cells", CELLS),
    "components": Recipe("default for labels on components", COMPONENTS),
    "links": Recipe("default for links", LINKS),
    "xu": Recipe("Xu et al., 2019, with batches of 32 and one pass through the data as an epoch", XU),
}
"""For labels on cells, on whole components, for links, and for whole components under the protocol xu."""

_KIPF = "Kipf, Welling, 2017"
_VELICKOVIC = "Velickovic et al., 2018, with at most 300 epochs"
_WU = "Wu et al., 2019"
_PEI = "Pei et al., 2020, Geom-GCN"
_RINGS = "default for labels on cells; triangles, since one large graph has too many rings"
_BODNAR = "Bodnar et al., 2022, Neural Sheaf Diffusion"

_GCN = Recipe(
    _KIPF,
    {"epochs": 200, "patience": 200, "learning_rate": 0.01, "weight_decay": 5e-4, "decays": "first"},
    {"hidden": 16, "layers": 2, "dropout": 0.5},
)
_GAT = Recipe(
    _VELICKOVIC,
    {"epochs": 300, "patience": 100, "learning_rate": 0.005, "weight_decay": 5e-4},
    {"hidden": 64, "layers": 2, "heads": 8, "dropout": 0.6},
)
_SGC = Recipe(_WU, {"epochs": 100, "patience": 100, "learning_rate": 0.2, "weight_decay": 5e-6})
_GEOM_GCN = Recipe(
    _PEI,
    {"epochs": 500, "patience": 100, "learning_rate": 0.05, "weight_decay": 5e-6},
    {"hidden": 16, "layers": 2, "dropout": 0.5},
)
_GEOM_GAT = Recipe(
    _PEI,
    {"epochs": 500, "patience": 100, "learning_rate": 0.005, "weight_decay": 5e-6},
    {"hidden": 64, "layers": 2, "heads": 8, "dropout": 0.5},
)
_NSD = Recipe(
    _BODNAR,
    {"epochs": 500, "patience": 200, "learning_rate": 0.02, "weight_decay": 5e-3, "select_by": "loss"},
    {"hidden": 20, "layers": 4, "stalk": 3, "dropout": 0.7},
)

BY_MODEL: Mapping[tuple[str, str], Recipe] = {
    ("cora", "gcn"): _GCN,
    ("citeseer", "gcn"): _GCN,
    ("cora", "gat"): _GAT,
    ("citeseer", "gat"): _GAT,
    ("cora", "sgc"): _SGC,
    ("citeseer", "sgc"): _SGC,
    **{(name, "gcn"): _GEOM_GCN for name in ("texas", "wisconsin", "cornell")},
    **{(name, "gat"): _GEOM_GAT for name in ("texas", "wisconsin", "cornell")},
    **{(name, "nsd"): _NSD for name in ("texas", "wisconsin", "cornell")},
    ("cells", "can"): Recipe(_RINGS, {"epochs": 60, "patience": 15}, lift="clique:2"),
    ("cells", "cin"): Recipe(_RINGS, lift="clique:2"),
    ("cells", "hmc"): Recipe(_RINGS, lift="clique:2"),
    ("components", "gin"): Recipe(
        "Xu et al., 2019, with early stopping",
        {"epochs": 200, "patience": 50, "learning_rate": 0.01, "halve_every": 50, "batch_size": 32},
        {"hidden": 32, "dropout": 0.5},
    ),
    ("xu", "gin"): Recipe("Xu et al., 2019", XU, {"hidden": 32, "dropout": 0.5}),
}
"""For (data set or kind, model)."""


def kind_of_recipe(target: int | str, kind: str, protocol: Protocol) -> str:
    """Give the row of `BY_KIND` that a task falls under."""
    if kind == "link":
        return "links"
    if target != "whole":
        return "cells"
    return "xu" if protocol == "xu" else "components"


def recipe_for(dataset: str, model: str, kind: str) -> Recipe:
    """Give the recipe of a model; its training fields complete what the row of the kind says.

    Args:
        dataset: name in the registry, or any other text.
        model: name in the catalog.
        kind: a key of `BY_KIND`.
    """
    base = BY_KIND[kind]
    own = BY_MODEL.get((dataset, model)) if kind != "links" else None
    own = own or BY_MODEL.get((kind, model))
    if own is None:
        return base
    return Recipe(own.source, {**base.training, **own.training}, own.options, own.lift)
