"""The tables of recipes name models, data sets and fields that there are."""

from dataclasses import fields

import pytest

from cochain import catalog, datasets
from cochain.errors import SpecError, UnknownNameError
from cochain.experiments.lifting import canonical_lift
from cochain.experiments.plan import parse_options, split_options
from cochain.experiments.recipes import BY_KIND, BY_MODEL, Recipe, recipe_for
from cochain.experiments.spec import make_training
from cochain.models.build import model_class


@pytest.mark.parametrize(("key", "recipe"), BY_MODEL.items(), ids=lambda value: str(value)[:30])
def test_recipes_fit(key: tuple[str, str], recipe: Recipe) -> None:
    place, model = key
    assert place in datasets.registry or place in BY_KIND
    known = {each.name for each in fields(model_class(catalog.entry(model)).Config)}
    assert recipe.options.keys() <= known
    assert recipe.source
    make_training(dict(recipe.training))
    canonical_lift(recipe.lift)


def test_the_nearest_recipe_counts() -> None:
    assert recipe_for("cora", "gcn", "cells").training["decays"] == "first"
    assert recipe_for("digits", "gcn", "cells") == BY_KIND["cells"]
    assert recipe_for("mutag", "gin", "xu").training["epochs"] == 350
    assert recipe_for("cora", "gcn", "links") == BY_KIND["links"]
    assert recipe_for("digits", "can", "cells").lift == "clique:2"


def test_options_are_told_apart() -> None:
    options = {"gcn": {"hidden": 3}, "*": {"epochs": 4, "heads": 2}}
    assert split_options("gcn", options) == ({"epochs": 4}, {"hidden": 3})
    assert split_options("gat", options) == ({"epochs": 4}, {"heads": 2})
    with pytest.raises(UnknownNameError, match="no option of gcn is called 'head'"):
        split_options("gcn", {"gcn": {"head": 3}})


def test_options_of_the_command_line() -> None:
    texts = ["gcn.hidden=32", "gin.epsilon=true", "learning_rate=0.5", "cin.reduce=max"]
    assert parse_options(texts) == {
        "gcn": {"hidden": 32}, "gin": {"epsilon": True}, "*": {"learning_rate": 0.5}, "cin": {"reduce": "max"},
    }  # fmt: skip
    with pytest.raises(SpecError, match=r"an option should be written model\.field=value, but is 'gcn'"):
        parse_options(["gcn"])
