"""The model card: what a trained network is, as a page that a person reads."""

from dataclasses import dataclass
from pathlib import Path

from cochain.catalog import entry
from cochain.experiments.comparison import place_name
from cochain.experiments.files import write_atomically
from cochain.experiments.source import Source
from cochain.experiments.store import Finished
from cochain.experiments.trained import Trained
from cochain.models.build import model_class

CARD = "README.md"


@dataclass(frozen=True)
class Provenance:
    """Where a training came from."""

    command: str
    """The shell command that makes it again."""
    recipe: str
    """Where the hyperparameters come from."""
    source: Source
    """The data."""


def write_card(folder: Path, trained: Trained, finished: Finished, provenance: Provenance) -> None:
    """Write the card of a trained network into its folder.

    Raises:
        OSError: when it cannot be written.
    """
    write_atomically(folder / CARD, render_card(trained, finished, provenance).encode())


def render_card(trained: Trained, finished: Finished, provenance: Provenance) -> str:
    """Give the card as Markdown."""
    spec, reads, result = trained.spec, trained.reads, finished.result
    row = entry(spec.model)
    doc = (model_class(row).__doc__ or "").strip()
    return "\n".join([
        f"# {spec.model} on {provenance.source.name}",
        "",
        doc.splitlines()[0],
        "",
        "```",
        *result.equations,
        "```",
        "",
        f"{_paper(doc) or row.reference}",
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in _facts(trained, finished, provenance).items()),
        "",
        *(["Of note: " + "; ".join(result.warnings) + ".", ""] if result.warnings else []),
        "## Reads",
        "",
        f"A {reads.domain} with " + _reads(trained) + ". Data that differs is refused, with what differs by name.",
        "",
        "## Made with",
        "",
        "```sh",
        provenance.command,
        "```",
        "",
        "## Use",
        "",
        "```sh",
        "cochain predict . NEWDATA --out predictions.csv",
        "```",
        "",
        "```python",
        "from cochain.experiments.trained import read_trained",
        "",
        'read_trained(".").answer(complex)',
        "```",
        "",
    ])  # fmt: skip


def _facts(trained: Trained, finished: Finished, provenance: Provenance) -> dict[str, str]:
    """Give the rows of the table: the data, the score, how it was trained, and with what."""
    spec, reads, result = trained.spec, trained.reads, finished.result
    record = provenance.source.record
    chosen = {**spec.options, **spec.training.model_dump(exclude_defaults=True)}
    versions = {**result.environment, **spec.versions}
    return {
        "data": _cell(provenance.source.title),
        "licence of the data": record.licence if record else "not known here: see where the file comes from",
        "citation of the data": _cell(record.citation) if record else "not known here",
        "sha256 of the data": spec.fingerprint,
        "answers": f"{spec.kind} on {place_name(spec.target)}: {_cell(', '.join(reads.names[:20]))}",
        "lift": spec.lift or "none",
        f"test {spec.metric}": f"{result.test_score:.4f} (fold {spec.fold}, seed {spec.seed}, scored once)",
        f"validation {spec.metric}": _number(result.validation_score),
        "epoch": f"{result.best_epoch}, the best of {len(finished.curve.epoch)}",
        "parameters": f"{result.parameters:,}",
        "hyperparameters": _cell(", ".join(f"{name} = {value}" for name, value in chosen.items())),
        "their source": _cell(provenance.recipe),
        "time": f"{result.seconds:.1f} s",
        "versions": _cell(", ".join(f"{k} {v}" for k, v in versions.items())),
        "sha256 of the run": spec.hash,
    }


def _reads(trained: Trained) -> str:
    reads = trained.reads
    parts = []
    for rank, channels in reads.channels.items():
        names = reads.features.get(str(rank), ())
        listed = f" ({', '.join(names[:20])}{', ...' if len(names) > 20 else ''})" if names else ""
        parts.append(f"{channels} channels on rank {rank}{listed}")
    if reads.positions:
        parts.append(f"positions of {reads.positions} coordinates")
    return ", ".join(parts) or "no features"


def _paper(doc: str) -> str:
    """Give the source of a model as its docstring cites it."""
    _, found, after = doc.partition("Source:\n")
    return " ".join(after.split("\n\n")[0].split()) if found else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
