"""What `compare` found, as plain frozen values: everything that a leaderboard or a report shows, and nothing else.

Importing this file needs no torch, and every value in it is a number, a text, or a tuple or mapping of those, so a
`Comparison` goes to JSON and back without loss.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cochain.errors import SpecError
from cochain.experiments.answers import Answers

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def place_name(place: int | str) -> str:
    """Give a rank or the whole as a person reads it."""
    return {0: "nodes", 1: "edges", "whole": "components"}.get(place, f"rank {place}")


@dataclass(frozen=True)
class Task:
    """What was asked of the models."""

    target: int | str
    """Rank of the cells that carry the labels, or "whole" for one label per component."""
    kind: str
    """classification, multilabel, regression or link."""
    metric: str
    """Name of the score: accuracy, roc_auc, average_precision, f1_macro, mae or rmse."""
    higher_is_better: bool
    """Whether a higher score is a better one."""
    outputs: int
    """Channels of the answer: classes, labels or numbers to predict."""


@dataclass(frozen=True)
class Histogram:
    """Counts between edges."""

    edges: tuple[float, ...]
    """Edges of the bins, ascending; bin i holds edges[i] <= value < edges[i + 1], the last one its upper edge too."""
    counts: tuple[int, ...]
    """Values in each bin."""


@dataclass(frozen=True)
class Portrait:
    """The data in numbers, before any lift."""

    domain: str
    """points, graph, digraph, hypergraph, simplicial, cell or combinatorial."""
    components: int
    """Number of components."""
    cells: tuple[int, ...]
    """Cells per rank."""
    channels: tuple[int, ...]
    """Channels of x per rank; 0 where there is none."""
    odd: tuple[bool, ...]
    """Whether x is an odd cochain, per rank."""
    labels: tuple[int, ...]
    """Labelled targets of each class; for multi-label tasks the positive ones of each label; empty for regression."""
    label_histogram: Histogram | None
    """Distribution of the label in regression."""
    unlabelled: int
    """Targets without a label."""
    homophily: float | None
    """Share of edges whose two nodes are of one class (in a hypergraph, of pairs of nodes within hyperedges); None
    where nodes have no classes, or there are no edges."""
    degrees: Histogram | None
    """Edges (or hyperedges) at each node; None for points."""
    component_sizes: tuple[Histogram, ...]
    """Cells of each component, one histogram per rank; empty for a single component."""
    parts: tuple[tuple[int, int, int], ...]
    """Targets for training, validation and test, per fold."""
    homophily_by_chance: float | None = None
    """What the homophily would be if edges were drawn without regard to classes."""
    cell_sizes: tuple[Histogram | None, ...] = ()
    """Nodes of each cell, per rank; None where what they are decides it (an edge of a graph, a simplex)."""
    rings: Histogram | None = None
    """Nodes of each ring (a cycle without a chord) of a graph."""
    betti: tuple[Histogram, ...] = ()
    """Betti numbers over Z/2 of each component, one histogram per rank; empty where they were not counted."""
    notes: tuple[str, ...] = ()
    """What was counted in part only, or not at all."""
    names: tuple[str, ...] = ()
    """Names of the classes, or of the columns of labels, in their order; empty where the data has none."""


@dataclass(frozen=True)
class Score:
    """The test score of one run."""

    fold: int
    """Column of the split."""
    seed: int
    """Seed of the run."""
    value: float
    """The score."""


@dataclass(frozen=True)
class Row:
    """One line of the leaderboard; rows stand best first."""

    model: str
    """Name in the catalog."""
    lift: str
    """How the data was lifted for it, such as "cycles:6"; empty where it runs on the data as it is."""
    mean: float
    """Mean of the test scores."""
    std: float | None
    """Standard deviation (n - 1) of the test scores over folds and seeds; None for a single one."""
    scores: tuple[Score, ...]
    """The test scores, by fold, then seed."""
    parameters: int
    """Trained numbers."""
    seconds_per_epoch: float
    """An epoch with its validation: the median in each run, and of the runs."""
    peak_memory_mb: float
    """Largest of its runs, in MB (10^6 bytes); see `memory` of `Comparison` for what was measured."""
    seconds: float
    """Time of all of its runs together."""
    best_group: bool
    """Whether it is the best model, or not significantly worse than it (see `significance`)."""
    p_value: float | None
    """Holm-corrected p-value of the paired test against the best model; None for the best, and for too few scores."""
    warnings: tuple[str, ...] = ()
    """What a reader of the score should know, such as a class that is missing in a fold."""


@dataclass(frozen=True)
class Curve:
    """What training looked like, epoch by epoch."""

    epoch: tuple[int, ...]
    """Numbers of the epochs, from 1."""
    train_loss: tuple[float, ...]
    """Mean loss over the training part during the epoch."""
    validation_score: tuple[float | None, ...]
    """Score on the validation part after the epoch; None where it is undefined, or there is no such part."""
    test_score: tuple[float | None, ...] = ()
    """Score on the test part after the epoch; only recorded where the protocol reads it (xu)."""


@dataclass(frozen=True)
class Run:
    """One training: a model on one fold from one seed."""

    model: str
    """Name in the catalog."""
    fold: int
    """Column of the split."""
    seed: int
    """Seed of everything that is random."""
    spec: dict[str, Any]
    """The whole description of the run, as stored in spec.json."""
    hash: str
    """sha256 of the spec; its first 16 digits name the folder."""
    test_score: float
    """Score on the test part, with the weights of the best epoch."""
    validation_score: float | None
    """Score on the validation part at the best epoch."""
    best_epoch: int
    """The epoch whose weights were kept, from 1."""
    seconds: float
    """Time of the run."""
    curve: Curve
    """Learning curves."""
    answers: Answers | None = None
    """What it answered on the test part with the kept weights; None in runs from before this was kept."""


@dataclass(frozen=True)
class ModelCard:
    """A model as it was trained: what the report prints and draws."""

    model: str
    """Name in the catalog."""
    lift: str
    """How the data was lifted for it; empty for not at all."""
    reference: str
    """Key of its paper in the bibliography."""
    equations: tuple[str, ...]
    """Its equations, one a line."""
    diagram: str
    """Its tensor diagram, SVG."""
    options: dict[str, Any]
    """Hyperparameters that it was trained with, without the defaults of its config."""
    source: str
    """Where the hyperparameters come from."""


@dataclass(frozen=True)
class Failure:
    """A model, or one run of it, that could not be finished."""

    model: str
    """Name in the catalog."""
    message: str
    """Why, in one sentence."""
    fold: int | None = None
    """The fold, when the rest of the model went well."""
    seed: int | None = None
    """The seed."""


@dataclass(frozen=True)
class Comparison:
    """All that `compare` found out about some models on one data set."""

    dataset: str
    """Name in the registry, or path, or "complex" for one given from Python."""
    title: str
    """One line for people."""
    task: Task
    """What was asked."""
    protocol: str
    """How the epoch was chosen whose test score counts: validation, or xu (see `cochain.experiments.protocols`)."""
    portrait: Portrait
    """The data in numbers."""
    rows: tuple[Row, ...]
    """The leaderboard, best first."""
    runs: tuple[Run, ...]
    """Every run, by row, fold and seed."""
    models: tuple[ModelCard, ...]
    """The models, in the order of the rows."""
    failures: tuple[Failure, ...]
    """What did not work, and why."""
    command: str
    """The shell command that does this again."""
    versions: dict[str, str]
    """Versions of cochain, python, torch, numpy, and the platform."""
    memory: str
    """What the column of peak memory measures."""
    started: str
    """Time of the start, ISO 8601 with the time zone."""
    finished: str
    """Time of the end."""
    complete: bool = True
    """Whether every run was done; False after Ctrl-C."""
    chosen: tuple[str, ...] = ()
    """Where no models were named: what was chosen and what left out, and why."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain lists, mappings, numbers and texts."""
        plain: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return plain

    def to_json(self, indent: int | None = None) -> str:
        """Give JSON text."""
        return _adapter().dump_json(self, indent=indent).decode()

    @staticmethod
    def from_dict(plain: dict[str, Any]) -> "Comparison":
        """Read what `to_dict` gave.

        Raises:
            SpecError: when a part is missing or of another type, with its place.
        """
        from pydantic import ValidationError

        try:
            return _adapter().validate_python(plain)
        except ValidationError as error:
            raise _broken(error.errors()[0]) from error

    @staticmethod
    def from_json(text: str) -> "Comparison":
        """Read what `to_json` gave.

        Raises:
            SpecError: when the text is no JSON, or a part is missing or of another type.
        """
        from pydantic import ValidationError

        try:
            return _adapter().validate_json(text)
        except ValidationError as error:
            raise _broken(error.errors()[0]) from error


@cache
def _adapter() -> "TypeAdapter[Comparison]":
    from pydantic import TypeAdapter

    return TypeAdapter(Comparison)


def _broken(detail: Any) -> SpecError:
    place = ".".join(map(str, detail["loc"])) or "the text"
    return SpecError(f"a comparison should be what to_dict or to_json gave, but at {place}: {detail['msg'].lower()}")
