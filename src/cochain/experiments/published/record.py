"""What a paper's table says, and how its runs were made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One number of a published table."""

    dataset: str
    """Name in the registry."""
    model: str
    """Name in the catalog."""
    mean: float
    """Published mean, in the table's unit."""
    deviation: float | None = None
    """Published standard deviation over the runs; None where the paper gives none."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters of this figure, over those of the table: fields of the model's config and of `Training`."""
    lift: str | None = None
    """How the data is lifted; None for the model's own way."""
    note: str = ""
    """What differs from the paper's run of this figure, if anything is known to."""


@dataclass(frozen=True)
class Table:
    """A published table with its protocol."""

    name: str
    """What `cochain reproduce` calls it."""
    title: str
    """One line."""
    reference: str
    """Key of the paper in `references.bib`."""
    where: str
    """Where in the paper the numbers stand."""
    runs: int
    """Runs behind each published mean: folds times seeds."""
    figures: tuple[Figure, ...]
    """The numbers."""
    protocol: str = "validation"
    """How the epoch is chosen: validation, or xu."""
    metric: str | None = None
    """The score; None for the usual one of the data. Shares are in per cent."""
    splits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Shares of training and validation per data set, "*" for all, where splits are drawn anew and not the data's."""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Hyperparameters per model, "*" for all."""
    quick: tuple[str, ...] = ()
    """Data sets of the quick version."""
    quick_runs: int = 3
    """Folds of the quick version."""
    notes: tuple[str, ...] = ()
    """What a reader of the comparison must know."""

    def options_of(self, figure: Figure) -> dict[str, Any]:
        """Give the hyperparameters of a figure: those of all models, of its model, its own."""
        return {**self.options.get("*", {}), **self.options.get(figure.model, {}), **figure.options}

    def split_of(self, dataset: str) -> tuple[float, float] | None:
        """Give the shares that are drawn for a data set; None for its own splits."""
        return self.splits.get(dataset, self.splits.get("*"))


def grid(rows: Mapping[str, str], datasets: str, skip: str = "-") -> tuple[Figure, ...]:
    """Read figures as a paper prints them: for each model a line of `mean` or `mean±deviation`, a column per data set.

    >>> grid({"gcn": "81.5 70.3±0.5"}, "cora citeseer")[1]
    Figure(dataset='citeseer', model='gcn', mean=70.3, deviation=0.5, options={}, lift=None, note='')
    """
    found = []
    for model, line in rows.items():
        for dataset, text in zip(datasets.split(), line.split(), strict=True):
            if text != skip:
                mean, _, deviation = text.partition("±")
                found.append(Figure(dataset, model, float(mean), float(deviation) if deviation else None))
    return tuple(found)
