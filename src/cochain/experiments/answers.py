"""What a run answered on its test part, condensed until it is small enough to keep for every run.

Importing this file needs no torch: the values go to JSON with a `Comparison`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Confusion:
    """Which classes were taken for which."""

    classes: tuple[int, ...]
    """The classes that are told apart, ascending."""
    counts: tuple[tuple[int, ...], ...]
    """counts[i][j]: items of class classes[i] answered with classes[j]. Where there are more classes than are told
    apart, one more row and one more column hold all the others together."""


@dataclass(frozen=True)
class Reliability:
    """How often an answer was right, by how sure it was; bins without an answer are left out."""

    confidence: tuple[float, ...]
    """Mean probability in the bin: of the answered class, or of "yes" for labels and links."""
    frequency: tuple[float, ...]
    """Share of the bin's answers that were right, or truly "yes"."""
    counts: tuple[int, ...]
    """Answers in the bin."""
    error: float
    """Expected calibration error: the mean of |frequency - confidence|, weighted by counts."""


@dataclass(frozen=True)
class Numbers:
    """One predicted column of numbers."""

    truth: tuple[float, ...]
    """A sample of the true values, ascending."""
    answer: tuple[float, ...]
    """The answers to them."""
    quantiles: tuple[float, ...]
    """Quantiles 0, 0.05, 0.25, 0.5, 0.75, 0.95 and 1 of the residuals, answer - truth, over all items."""
    count: int
    """Items."""


@dataclass(frozen=True)
class Separation:
    """How the scores of true links stand apart from those of pairs that are none."""

    edges: tuple[float, ...]
    """Edges of the bins of probability."""
    positive: tuple[int, ...]
    """True links in each bin."""
    negative: tuple[int, ...]
    """Pairs that are no links in each bin."""


@dataclass(frozen=True)
class Answers:
    """The answers of one run on its test part; what does not suit its kind of task is None."""

    count: int
    """Answers with a known truth and a finite value."""
    confusion: Confusion | None = None
    """For classification."""
    reliability: Reliability | None = None
    """For classification, labels and links."""
    labels: tuple[tuple[int, int, int, int], ...] | None = None
    """For labels that hold or do not, per label: found, missed, wrongly found, rightly not found, at 0.5."""
    numbers: tuple[Numbers, ...] | None = None
    """For regression, the first columns."""
    separation: Separation | None = None
    """For links."""
