"""What `cochain describe` says of a model."""

import ast
import inspect
import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cochain.cli.leaderboard import PERCENT

if TYPE_CHECKING:
    from torch import nn

    from cochain.catalog import Entry
    from cochain.complexes import Complex

BEST = 5
"""Measured scores that are shown, the best places first."""


def facts_of_model(name: str, data: str | None = None) -> dict[str, Any]:
    """Give everything that is known of a model, and with data what it would cost there."""
    from dataclasses import asdict

    from cochain.catalog import entry
    from cochain.laws import LAWS
    from cochain.models.build import model_class
    from cochain.models.example import shown
    from cochain.report.reference import citation

    row = entry(name)
    cls, model = model_class(row), shown(row)
    doc = inspect.getdoc(cls) or ""
    facts = {
        "title": doc.splitlines()[0],
        "source": citation(row.reference),
        **asdict(row),
        "equations": list(model.equations()),  # type: ignore[operator]
        "reads": reads(model),
        "writes": f"an answer on {', '.join(PLACES.get(task, task) for task in row.tasks)}",
        "cost": section(doc, "Cost"),
        "differs from the paper": section(doc, "Differs from the paper"),
        "keeps": [law for law in LAWS if law not in row.breaks and (law != "gauge" or row.domain == "sheaf")],
        "options": options(row),
        "meanings": meanings(cls.Config),
        "scores": scores(name),
    }
    return facts if data is None else {**facts, f"on {data}": measure(name, data)}


PLACES = {"node": "nodes", "edge": "edges", "whole": "whole components"}


def for_people(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only programs read, and put the meaning of each option beside it."""
    hidden = ("name", "path", "reference", "meanings", "probes", "tasks", "domain")
    kept = {key: value for key, value in facts.items() if key not in hidden and value not in (None, (), [], "")}
    kept["options"] = {key: f"{value}   {facts['meanings'][key]}" for key, value in facts["options"].items()}
    kept["keeps"] = ", ".join(facts["keeps"])
    kept["domains"] = ", ".join(facts["domains"])
    if facts["breaks"]:
        kept["breaks"] = ", ".join(facts["breaks"])
    kept["scores"] = [spell(score) for score in facts["scores"][:BEST]] or "none measured yet"
    names = {"domains": "runs on", "lift": "lift for graphs", "verified": "verified by", "breaks": "breaks by design"}
    names |= {"equation": "in a line", "scores": "measured"}
    return {names.get(key, key): value for key, value in kept.items()}


def reads(model: "nn.Module") -> list[str]:
    """Say on which ranks a model reads features, and which of them are odd."""
    return [
        f"rank {cochain.rank}: {'odd' if cochain.odd else 'even'} features"
        for cochain in model.reads  # type: ignore[union-attr]
    ]


def section(doc: str, title: str) -> str:
    """Give a section of a docstring as one paragraph."""
    found = re.search(rf"^{title}:\n((?: {{4}}.*\n?)+)", doc, re.MULTILINE)
    return " ".join(line.strip() for line in found.group(1).splitlines()) if found else ""


def options(row: "Entry") -> dict[str, Any]:
    """Give the fields of a model's config with their defaults, as this entry sets them."""
    from dataclasses import fields

    from cochain.models.build import model_class

    return {each.name: each.default for each in fields(model_class(row).Config)} | dict(row.options)


def meanings(config: type) -> dict[str, str]:
    """Give the text under each field of a config.

    >>> from cochain.models.simplicial.sccnn import SCCNNConfig
    >>> meanings(SCCNNConfig)["layers"]
    'Number of layers.'
    """
    body = ast.parse(inspect.cleandoc(inspect.getsource(config))).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            assert isinstance(text.value, ast.Constant)
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def scores(name: str) -> list[dict[str, Any]]:
    """Give the measured scores of a model, the best place among the models first."""
    told = json.loads(files("cochain").joinpath("catalog", "scores.json").read_text(encoding="utf-8"))
    return sorted(told.get(name, []), key=lambda score: (score["place"] / score["of"], -score["of"]))


def spell(score: dict[str, Any]) -> str:
    """Write a score in a line."""
    scale, unit = (100, " %") if score["metric"] in PERCENT else (1, "")
    spread = "" if score["std"] is None else f" ± {scale * score['std']:.3g}"
    lift = f", {score['lift']}" if score["lift"] else ""
    return (
        f"{score['dataset']}: {scale * score['mean']:.3g}{spread}{unit} {score['metric']}, place {score['place']} of "
        f"{score['of']} ({score['protocol']}{lift})"
    )


def measure(name: str, data: str) -> dict[str, Any]:
    """Build a model for data and count what a layer of it goes through."""
    from cochain.experiments.comparing import task_of
    from cochain.experiments.prepare import Workshop, lift_for
    from cochain.experiments.source import open_source
    from cochain.experiments.tasks import parse_target
    from cochain.models import build

    source = open_source(data)
    task = task_of(source, parse_target(source.asks, source.complex_), None)
    prepared = Workshop(source.complex_).prepare(name, lift_for(name, source.complex_, None), task.target)
    model = build(name, prepared.complex_, out=task.outputs, target=task.target, seed=0)
    return {
        "lift": prepared.lift or "none",
        "parameters": sum(each.numel() for each in model.parameters()),
        "cells": ", ".join(f"{n:,} of rank {rank}" for rank, n in enumerate(prepared.complex_.sizes)),
        **{f"nonzeros of {symbol}": f"{count:,}" for symbol, count in nonzeros(model, prepared.complex_).items()},
    }


def nonzeros(model: "nn.Module", complex_: "Complex") -> dict[str, int]:
    """Count the nonzeros of every neighbourhood that a model's routes go along; of the incidences, if it has none."""
    from cochain.complexes import incident
    from cochain.nn.layer import Route

    symbols = [each.neighborhood for each in model.modules() if isinstance(each, Route)]
    if not symbols:
        symbols = [incident(rank - 1, rank) for rank in range(1, complex_.rank + 1)]
    return {str(each): len(complex_.resolve(each).matrix.pattern.indices) for each in dict.fromkeys(symbols)}
