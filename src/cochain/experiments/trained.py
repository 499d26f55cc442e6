"""A trained network: its answers on new data, and the folder that it is kept in."""

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor, nn

from cochain.catalog import entry
from cochain.complexes import Complex
from cochain.errors import DataError, SpecError
from cochain.experiments.execute import DTYPES, threads, threads_for
from cochain.experiments.files import write_atomically
from cochain.experiments.prepare import Prepared, Workshop
from cochain.experiments.problems import SCORING_BATCHES, Problem
from cochain.experiments.reads import Reads, read_reads, reads_of
from cochain.experiments.spec import RunSpec, read_spec
from cochain.experiments.store import SPEC, WEIGHTS
from cochain.models.build import model_class, widths_of

SCHEMA = "schema.json"


@dataclass(frozen=True)
class Trained:
    """A network with its weights, what it reads, and how it was trained."""

    spec: RunSpec
    """The run that it comes from."""
    reads: Reads
    """What it reads and answers."""
    model: nn.Module
    """The network, on the CPU, ready to answer."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Weights and what describes them travel to another process; the network is built there.
        return _rebuild, (self.spec, self.reads, dict(self.model.state_dict()))

    def prepare(self, complex_: Complex) -> Complex:
        """Bring new data to what the network reads: checked by name, lifted, with the floating type of the weights.

        Raises:
            DataError: when the data differs from that of the training, with the first difference by name.
            ComplexError: when it cannot be lifted.
        """
        bare = self.reads.bring(_without_labels(complex_))
        dtype = DTYPES.get(self.spec.precision, torch.float32)
        workshop = Workshop(bare, dtype, self.reads.probes, self.reads.scales)
        prepared = workshop.prepare(self.spec.model, self.reads.lift, self.reads.target).complex_
        row = entry(self.spec.model)
        widths = widths_of(prepared, model_class(row), row)
        if widths != self.reads.widths:
            raise DataError(
                f"the lifted data should have the channels {self.reads.widths} per rank, as in training, but has "
                f"{widths}; some rank has no cells that features could come from"
            )
        return prepared

    def answer(self, complex_: Complex) -> Float[Tensor, "rows outputs"]:
        """Answer on new data: logits of classes and of labels, numbers on the scale of the training's labels.

        Args:
            complex_: raw data, as the network was trained on: it is lifted here.

        Raises:
            DataError: when the data differs from that of the training, by name.
            SpecError: for a network that was trained to predict links.
        """
        if self.spec.kind == "link":
            raise SpecError(
                "a network should answer on cells or components, but this one was trained to tell links; its channels "
                "give a link's score as the dot product of its two nodes"
            )
        ready = self.prepare(complex_)
        size = SCORING_BATCHES * self.spec.training.batch_size
        chunks = torch.split(torch.arange(len(ready)), size) if len(ready) > 1 else ()
        batches = (ready.select(ids) for ids in chunks) if chunks else (ready,)
        self.model.eval()
        with torch.no_grad(), threads(threads_for(complex_, self.spec)):
            answers = torch.cat([self.model(batch) for batch in batches]).float()
        if self.spec.kind == "regression":
            return answers * torch.tensor(self.reads.scale) + torch.tensor(self.reads.shift)
        return answers

    def probabilities(self, complex_: Complex) -> Float[Tensor, "rows outputs"]:
        """Give the probability of each class, or of each label that holds or does not.

        Raises:
            SpecError: for a regression.
        """
        answers = self.answer(complex_)
        if self.spec.kind == "classification":
            return answers.softmax(dim=1)
        if self.spec.kind != "multilabel":
            raise SpecError(f"probabilities should be asked of classes or labels, but this is a {self.spec.kind}")
        return answers.sigmoid()

    def write(self, folder: str | PathLike[str]) -> None:
        """Write spec.json, schema.json and weights.safetensors into a folder that is there, each at once.

        Raises:
            DataError: when the folder cannot be written.
        """
        place = Path(folder)
        weights = {name: value.contiguous() for name, value in self.model.state_dict().items()}
        try:
            write_atomically(place / SPEC, json.dumps(self.spec.model_dump(mode="json"), indent=1).encode())
            write_atomically(place / SCHEMA, self.reads.model_dump_json(indent=1).encode())
            write_atomically(place / WEIGHTS, save(weights))
        except OSError as error:
            raise DataError(f"{place} should be a folder that can be written, but is not ({error.strerror})") from error


def make_trained(
    complex_: Complex, spec: RunSpec, prepared: Prepared, problem: Problem, weights: dict[str, Tensor]
) -> Trained:
    """Put a trained network together.

    Args:
        complex_: the data of the training, before the lift.
        spec: the run.
        prepared: the data as the network read it.
        problem: what it was trained on.
        weights: the kept weights.
    """
    row = entry(spec.model)
    reads = reads_of(complex_, spec, prepared, problem, widths_of(prepared.complex_, model_class(row), row))
    return _rebuild(spec, reads, weights)


def read_trained(folder: str | PathLike[str]) -> Trained:
    """Read the folder of a trained network, or the one file that `export_weights` wrote.

    They hold data and no code; nothing in them is executed.

    Raises:
        DataError: when it is no such folder, or a file in it is missing or damaged.
        SpecError: when its spec or schema does not fit.
    """
    place = Path(folder)
    if place.is_file():
        return _read_file(place)
    try:
        spec = read_spec((place / SPEC).read_text("utf-8"))
        reads = read_reads((place / SCHEMA).read_text("utf-8"))
        weights = load((place / WEIGHTS).read_bytes())
    except (OSError, UnicodeDecodeError, SafetensorError) as error:
        raise DataError(
            f"{place} should be the folder of a trained network, but {_reason(error)}; make one with cochain train"
        ) from error
    return Trained(spec, reads, _model(spec, reads, weights, str(place / WEIGHTS)))


def _read_file(path: Path) -> Trained:
    """Read what `export_weights` wrote: one safetensors file with spec and schema in its header."""
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path} should be an exported network, but cannot be read ({error})") from error
    if not {"spec", "schema"} <= header.keys():
        raise DataError(f"{path} should be an exported network, but its header has no spec and schema")
    spec, reads = read_spec(header["spec"]), read_reads(header["schema"])
    return Trained(spec, reads, _model(spec, reads, weights, str(path)))


def _rebuild(spec: RunSpec, reads: Reads, weights: dict[str, Tensor]) -> Trained:
    return Trained(spec, reads, _model(spec, reads, weights, "the weights"))


def _model(spec: RunSpec, reads: Reads, weights: dict[str, Tensor], origin: str) -> nn.Module:
    """Build the network of a spec for its widths, with the weights."""
    row = entry(spec.model)
    kind = model_class(row)
    try:
        config = kind.Config(**(dict(row.options) | spec.options))
    except TypeError as error:
        raise SpecError(f"the options of {spec.model} should fit {kind.Config.__name__}, but {error}") from error
    with torch.device("meta"):  # a folder may claim any widths: nothing is allocated for them
        model: nn.Module = kind(reads.widths, reads.outputs, reads.target, config)
    try:
        model.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        first = " ".join(str(error).split())
        raise DataError(
            f"{origin} should fit {spec.model} as spec.json and schema.json describe it, but: {first:.300}"
        ) from error
    return model.eval()


def _without_labels(complex_: Complex) -> Complex:
    """Leave out what a network does not read, and what tells nothing about new data: labels and splits."""
    for place in (*range(complex_.rank + 1), "whole"):
        cells = complex_.whole if place == "whole" else complex_[int(place)]
        for name in ("y", "split"):
            if name in cells:
                complex_ = complex_.without_cochain("whole" if place == "whole" else int(place), name)
    return complex_


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name} cannot be read ({error.strerror})"
    return f"a file in it is damaged ({error})"
