"""What a trained network reads: the content of schema.json, and the refusal of data that differs, by name."""

import json
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cochain.complexes import Complex
from cochain.complexes.cells import Place
from cochain.complexes.schema import Schema, align
from cochain.errors import DataError
from cochain.experiments.execute import HIDDEN
from cochain.experiments.prepare import Prepared
from cochain.experiments.problems import Problem
from cochain.experiments.scaling import Scales
from cochain.experiments.spec import RunSpec, spec_error

Ranks = dict[int, int]


class Reads(BaseModel):
    """What a trained network reads and answers. New data is held against it before any arithmetic."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    """Version of this format."""
    domain: str
    """Domain of the data, before the lift."""
    channels: Ranks
    """Channels of x on each rank that has features, before the lift."""
    odd: tuple[int, ...] = ()
    """Ranks whose x is odd."""
    positions: int = 0
    """Coordinates of the nodes where they stand in for features; 0 where they do not."""
    features: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Names of the channels of x, by rank, where the data named them."""
    labels: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Names of the columns of y, by rank or "whole"."""
    classes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Names of the classes, by rank or "whole"."""
    lift: str = ""
    """How the data is lifted."""
    widths: Ranks
    """Channels that the network reads on each rank, after the lift."""
    probes: bool = False
    """Whether random probes stand in for odd features."""
    scales: Scales = Field(default_factory=dict)
    """What the numbers of tables are shifted and divided by, by rank and channel."""
    target: int | Literal["whole"]
    """Where the answer is."""
    kind: str
    """Kind of the task."""
    outputs: int = Field(ge=1)
    """Channels of the answer."""
    shift: tuple[float, ...] = (0.0,)
    """Added to the answers of a regression, after `scale`."""
    scale: tuple[float, ...] = (1.0,)
    """Multiplies the answers of a regression."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the answer's channels: of the classes, or of the columns; numbers where the data had no names."""
        own = self.classes if self.kind == "classification" else self.labels
        known = own.get(str(self.target), ())
        return known if len(known) == self.outputs else tuple(str(k) for k in range(self.outputs))

    @property
    def named(self) -> Schema:
        """The names of channels, columns and classes."""
        return Schema(*(_by_place(part) for part in (self.features, self.labels, self.classes)))

    def bring(self, complex_: Complex) -> Complex:
        """Bring new data into the order of the training's features.

        Channels are matched by name where the training had names, else by number.

        Raises:
            DataError: for another domain; a column, category or rank that is missing or was never seen; another number
                of channels; with the first that differs, by name.
        """
        if complex_.domain != self.domain:
            raise DataError(
                f"the data should be a {self.domain}, as in training, but is a {complex_.domain}; convert it first"
            )
        complex_ = self._with_names(complex_)
        for rank in sorted({*self.channels, *range(complex_.rank + 1)}):
            self._check_channels(complex_, rank)
        if self.positions and _width(complex_, 0, "pos") != self.positions:
            raise DataError(
                f"the nodes should have {self.positions} coordinates 'pos', as in training, but have "
                f"{_width(complex_, 0, 'pos') or 'none'}"
            )
        return complex_

    def _with_names(self, complex_: Complex) -> Complex:
        if not self.features:
            return complex_
        schema = Schema(self.named.features)
        own = complex_.schema or Schema()
        return align(complex_.with_schema(Schema(own.features)), schema)

    def _check_channels(self, complex_: Complex, rank: int) -> None:
        wanted = self.channels.get(rank, 0)
        have = _width(complex_, rank, "x")
        if have != wanted and not (rank <= complex_.rank and not complex_.sizes[rank]):
            raise DataError(
                f"rank {rank} should have {_count(wanted)}, as in training, but has {_count(have)}; give the cells the "
                "features that the network was trained with"
            )
        if have and complex_.is_odd(rank) != (rank in self.odd):
            was, is_ = ("odd", "even") if rank in self.odd else ("even", "odd")
            raise DataError(f"the features of rank {rank} should be {was}, as in training, but are {is_}")


def reads_of(complex_: Complex, spec: RunSpec, prepared: Prepared, problem: Problem, widths: Ranks) -> Reads:
    """Write down what a network reads.

    Args:
        complex_: the data of the training, before the lift.
        spec: the run.
        prepared: the data as the network read it.
        problem: what was trained on, for the scale of a regression.
        widths: channels per rank that the network was built for.
    """
    schema = json.loads((complex_.schema or Schema()).to_json())
    ranks = [rank for rank in range(complex_.rank + 1) if "x" in complex_[rank]]
    criterion = getattr(problem, "criterion", None)
    scales = {} if criterion is None else {"shift": _numbers(criterion.shift), "scale": _numbers(criterion.scale)}
    return Reads(
        domain=complex_.domain,
        channels={rank: _width(complex_, rank, "x") for rank in ranks},
        odd=tuple(rank for rank in ranks if complex_.is_odd(rank)),
        positions=0 if 0 in ranks else _width(complex_, 0, "pos"),
        **schema,
        lift=spec.lift,
        widths=widths,
        probes=prepared.probes,
        scales=prepared.scales,
        target=spec.target,
        kind=spec.kind,
        outputs=problem.outputs or int(spec.options.get("hidden", HIDDEN)),
        **scales,
    )


def read_reads(text: str) -> Reads:
    """Read the text of a schema.json.

    Raises:
        SpecError: when it is none, with the first place that does not fit.
    """
    try:
        return Reads.model_validate_json(text)
    except ValidationError as error:
        raise spec_error("schema", error) from error


def _by_place(names: dict[str, tuple[str, ...]]) -> dict[Place, tuple[str, ...]]:
    return {"whole" if place == "whole" else int(place): each for place, each in names.items()}


def _numbers(tensor: torch.Tensor) -> tuple[float, ...]:
    return tuple(tensor.detach().cpu().double().tolist())


def _width(complex_: Complex, rank: int, name: str) -> int:
    if rank > complex_.rank or name not in complex_[rank]:
        return 0
    shape = complex_[rank][name].shape
    return int(shape[1:].numel()) if len(shape) > 1 else 1


def _count(channels: int) -> str:
    return f"features of {channels} channel{'s' * (channels != 1)}" if channels else "no features"
