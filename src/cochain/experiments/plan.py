"""From what was asked to the specs of all runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from cochain.catalog import entry
from cochain.complexes import Complex
from cochain.errors import CochainError, SpecError, unknown_name
from cochain.experiments.code import code_of
from cochain.experiments.comparison import Failure, Task
from cochain.experiments.execute import versions
from cochain.experiments.lifting import canonical_lift
from cochain.experiments.prepare import lift_for
from cochain.experiments.recipes import Recipe, kind_of_recipe, recipe_for
from cochain.experiments.spec import Protocol, RunSpec, Training, make_spec, make_training
from cochain.models.build import model_class

Options = Mapping[str, Mapping[str, Any]]
"""For each model its options; under "*" those of all models that have them."""


@dataclass(frozen=True)
class Request:
    """What every run of a comparison has in common."""

    dataset: str
    """Name of the data."""
    fingerprint: str
    """Its content."""
    task: Task
    """What is asked."""
    folds: tuple[int, ...]
    """Columns of the split."""
    seeds: tuple[int, ...]
    """Seeds."""
    protocol: Protocol = "validation"
    """How the epoch is chosen."""
    epochs: int | None = None
    """Most epochs, in place of the recipe's."""
    device: str = "cpu"
    """Where."""
    precision: str = "32-true"
    """Floating type."""


@dataclass(frozen=True)
class Planned:
    """One model of a comparison and its runs."""

    model: str
    """Name in the catalog."""
    lift: str
    """How the data is lifted for it."""
    recipe: Recipe
    """Its hyperparameters."""
    options: dict[str, Any]
    """Fields of its config."""
    specs: tuple[RunSpec, ...]
    """Its runs, by fold and seed."""


def plan(
    request: Request, complex_: Complex, models: Sequence[str], lift: str | None, options: Options
) -> tuple[list[Planned], list[Failure]]:
    """Write the specs of all runs; a model that cannot run on the data is a failure, not an error.

    Raises:
        UnknownNameError: for a model, or an option of one, that is not there.
        SpecError: for a value that does not fit.
    """
    unknown = options.keys() - {"*", *models}
    if unknown:
        raise unknown_name("compared model", sorted(unknown)[0], models)
    lift = None if lift is None else canonical_lift(lift)
    found, failures = [], []
    for name in dict.fromkeys(models):
        row = entry(name)
        try:
            chosen = lift_for(name, complex_, lift)
        except CochainError as error:
            failures.append(Failure(row.name, str(error)))
            continue
        recipe = recipe_for(
            request.dataset, name, kind_of_recipe(request.task.target, request.task.kind, request.protocol)
        )
        if recipe.lift and chosen and lift is None and complex_.domain == "graph":
            chosen = canonical_lift(recipe.lift)
        found.append(_plan_model(request, name, chosen, recipe, options))
    return found, failures


def _plan_model(request: Request, name: str, lift: str, recipe: Recipe, options: Options) -> Planned:
    training, own = split_options(name, options)
    changes = {**recipe.training, **({} if request.epochs is None else {"epochs": request.epochs}), **training}
    config = {**recipe.options, **own}
    trained = make_training(changes)
    specs = [
        _spec(request, name, lift, config, trained, fold, seed) for fold in request.folds for seed in request.seeds
    ]
    source = recipe.source + ("; changed by options" if training or own else "")
    return Planned(name, lift, Recipe(source, changes, config), config, tuple(specs))


def _spec(
    request: Request, name: str, lift: str, config: dict[str, Any], training: Training, fold: int, seed: int
) -> RunSpec:
    known = versions()
    return make_spec(
        {
            "dataset": request.dataset,
            "fingerprint": request.fingerprint,
            "model": name,
            "options": config,
            "lift": lift,
            "target": request.task.target,
            "kind": request.task.kind,
            "metric": request.task.metric,
            "protocol": request.protocol,
            "fold": fold,
            "seed": seed,
            "training": training,
            "device": request.device.split(":")[0],
            "precision": request.precision,
            "versions": {"cochain": known["cochain"], "torch": known["torch"], "code": code_of(name)},
        }
    )


def split_options(name: str, options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell a model's options for its training from those for its config.

    Raises:
        UnknownNameError: for an option that neither has; under "*", only those that fit are taken.
    """
    config_fields = {each.name for each in fields(model_class(entry(name)).Config)}
    training_fields = set(Training.model_fields)
    shared = {key: value for key, value in options.get("*", {}).items() if key in config_fields | training_fields}
    training, config = {}, {}
    for key, value in {**shared, **options.get(name, {})}.items():
        if key in training_fields:
            training[key] = value
        elif key in config_fields:
            config[key] = value
        else:
            raise unknown_name(f"option of {name}", key, config_fields | training_fields)
    return training, config


def parse_options(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read options as a command line writes them: `gcn.hidden=32`, or `learning_rate=0.01` for all models.

    Values are numbers, true, false, or else texts.

    Raises:
        SpecError: for a text without "=".
    """
    import json

    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        left, equals, right = text.partition("=")
        model, _, key = left.strip().rpartition(".")
        if not equals or not key:
            raise SpecError(f"an option should be written model.field=value, but is {text!r}")
        try:
            value = json.loads(right)
        except ValueError:
            value = right
        found.setdefault(model or "*", {})[key] = value
    return found
