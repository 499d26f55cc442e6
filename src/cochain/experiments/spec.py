"""A run as a typed value: everything that its numbers depend on, and from that its name."""

import hashlib
import json
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cochain.errors import SpecError

Kind = Literal["classification", "multilabel", "regression", "link"]
Protocol = Literal["validation", "xu"]
Precision = Literal["32-true", "64-true", "bf16-mixed", "16-mixed"]


class Training(BaseModel):
    """How a model is trained. Every field can be set from the command line, as `--option model.field=value`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    epochs: int = Field(200, ge=1)
    """Most epochs."""
    patience: int = Field(50, ge=1)
    """Epochs without a better validation score after which training stops."""
    optimizer: Literal["adam", "adamw"] = "adam"
    """Adam, or Adam with decoupled weight decay."""
    learning_rate: float = Field(0.01, gt=0)
    """Size of the first steps."""
    weight_decay: float = Field(0.0, ge=0)
    """Weight decay."""
    decays: Literal["all", "first"] = "all"
    """Which layers the weight decay holds for: all, or the first only, as in Kipf and Welling, 2017."""
    halve_every: int = Field(0, ge=0)
    """Halve the learning rate after so many epochs, again and again; 0 keeps it."""
    batch_size: int = Field(32, ge=1)
    """Components in a step; a single component is always one step."""
    steps: int = Field(0, ge=0)
    """Steps in an epoch, each on components drawn anew; 0 goes once through all of them."""
    clip: float = Field(0.0, ge=0)
    """Largest norm of the gradient; 0 leaves it."""
    select_by: Literal["score", "loss"] = "score"
    """What tells the best epoch on the validation part: its score (of equals, the lower loss), or its loss."""


class RunSpec(BaseModel):
    """One run: a model on one fold from one seed. Equal specs give equal numbers, bit for bit on one CPU.

    The order of fields is that of `spec.json`. Where the data lies, the number of processes and the folder of runs are
    no part of it: they change no number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    """Version of this format."""
    dataset: str
    """Name in the registry, path, or "complex"."""
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    """sha256 of the content of the complex, before any lift."""
    model: str
    """Name in the catalog."""
    options: dict[str, bool | int | float | str] = Field(default_factory=dict)
    """Fields of the model's config that differ from its defaults."""
    lift: str = ""
    """How the data is lifted, such as "cycles:6"; empty for not at all."""
    target: int | Literal["whole"]
    """Where the answer is."""
    kind: Kind
    """Kind of the task."""
    metric: str
    """Name of the score."""
    protocol: Protocol = "validation"
    """How the epoch is chosen whose test score counts."""
    fold: int = Field(0, ge=0)
    """Column of the split."""
    seed: int = Field(0, ge=0)
    """Seed of initial weights, dropout, order of batches and negative samples."""
    training: Training = Training()
    """How it is trained."""
    device: str = "cpu"
    """Kind of device: cpu or cuda."""
    precision: Precision = "32-true"
    """Floating type of weights and features."""
    versions: dict[str, str]
    """Versions of cochain and torch, and a digest of the code that the numbers go through."""

    def to_json(self) -> str:
        """Give the canonical text: sorted keys, no spaces, shortest decimal form of every number."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical text, in hexadecimal digits."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def folder(self) -> str:
        """Name of the folder of the run: the first 16 digits of the hash."""
        return self.hash[:16]


def make_training(changes: dict[str, Any]) -> Training:
    """Build a `Training`, with our error when a value does not fit."""
    try:
        return Training(**changes)
    except ValidationError as error:
        raise spec_error("training", error) from error


def make_spec(fields: dict[str, Any]) -> RunSpec:
    """Build a `RunSpec`, with our error when a value does not fit."""
    try:
        return RunSpec(**fields)
    except ValidationError as error:
        raise spec_error("run", error) from error


def read_spec(text: str) -> RunSpec:
    """Read the text of a spec.json.

    Raises:
        SpecError: when it is no spec, with the first place that does not fit.
    """
    try:
        return RunSpec.model_validate_json(text)
    except ValidationError as error:
        raise spec_error("run", error) from error


def spec_error(what: str, error: ValidationError) -> SpecError:
    """Say in one sentence what does not fit."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"])) or "the text"
    came = "" if first["type"] in ("missing", "json_invalid") else f", but is {first['input']!r}"
    return SpecError(f"{place} of the {what}: {first['msg'].lower()}{came}")
