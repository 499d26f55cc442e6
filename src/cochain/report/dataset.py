"""The data's portrait: counts, classes, degrees, parts, and drawings of a few of its complexes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cochain.errors import CochainError, DataError
from cochain.experiments.comparison import Comparison, Portrait, Task
from cochain.report import words
from cochain.report.bars import histogram, horizontal, shares
from cochain.report.draw import TONES, draw_complex
from cochain.report.markup import Html, fill, join

if TYPE_CHECKING:
    from cochain.complexes import Complex

CLASSES = 20
"""Bars at most; the classes beyond share one."""
DRAWN = 6
"""Pictures at most."""
LARGE = 5000
"""A component of more nodes is drawn as it is only, without its lift."""


@dataclass(frozen=True)
class Picture:
    """A drawn complex."""

    svg: Html
    """The drawing."""
    caption: str
    """What it shows."""


def facts(comparison: Comparison) -> Html:
    """Give the numbers that need no chart."""
    portrait = comparison.portrait
    pairs = [
        ("domain", portrait.domain),
        ("components", f"{portrait.components:,}"),
        ("task", _task(comparison.task)),
    ]
    if portrait.homophily is not None:
        pairs.append(("homophily", f"{portrait.homophily:.3f}"))
    if portrait.labels:
        pairs.append(("classes" if comparison.task.kind == "classification" else "labels", f"{len(portrait.labels):,}"))
    if portrait.unlabelled:
        pairs.append(("unlabelled", f"{portrait.unlabelled:,}"))
    if portrait.parts:
        pairs.append(("splits", f"{len(portrait.parts):,}"))
    return fill('<dl class="facts">{}</dl>', join(fill("<div><dt>{}</dt><dd>{}</dd></div>", *pair) for pair in pairs))


def _task(task: Task) -> str:
    return "link prediction" if task.kind == "link" else f"{task.kind} of {_target(task.target)}"


def _target(target: int | str) -> str:
    if isinstance(target, int):
        return {0: "nodes", 1: "edges", 2: "faces"}.get(target, f"cells of rank {target}")
    return {"whole": "whole complexes"}.get(target, target)


def ranks(portrait: Portrait) -> Html:
    """Give cells and channels by rank."""
    each = max(portrait.components, 1)
    rows = [
        fill(
            "<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            rank, f"{cells:,}", words.compact(cells / each) if each > 1 else "",
            f"{channels:,}{' odd' if odd else ''}" if channels else words.NOTHING,
        )
        for rank, (cells, channels, odd) in enumerate(zip(portrait.cells, portrait.channels, portrait.odd, strict=True))
    ]  # fmt: skip
    head = "each" if each > 1 else ""
    return fill(
        '<table class="plain"><thead><tr><th>rank</th><th>cells</th><th>{}</th><th>channels</th></tr></thead>'
        "<tbody>{}</tbody></table>",
        head, join(rows),
    )  # fmt: skip


def charts(comparison: Comparison) -> list[tuple[str, Html]]:
    """Give the portrait's charts with their captions."""
    portrait = comparison.portrait
    found: list[tuple[str, Html]] = []
    if portrait.labels:
        kind = "class" if comparison.task.kind == "classification" else "label"
        names = [f"{kind} {i}" for i in range(len(portrait.labels))]
        counts, tones = list(portrait.labels), list(TONES)
        if len(counts) > CLASSES:
            rest = len(counts) - CLASSES + 1
            names = [*names[: CLASSES - 1], f"{rest} more"]
            counts = [*counts[: CLASSES - 1], sum(counts[CLASSES - 1 :])]
        title = "Classes" if kind == "class" else "Positive labels"
        found.append((title, horizontal(names, counts, f"targets of each {kind}", tones)))
    if portrait.label_histogram is not None and any(portrait.label_histogram.counts):
        chart = histogram(portrait.label_histogram, "label", "histogram of the label")
        found.append(("Distribution of the label", chart))
    if portrait.parts:
        found.append((_parts_caption(portrait), _parts(portrait)))
    if portrait.degrees is not None and any(portrait.degrees.counts):
        what = "hyperedges" if portrait.domain == "hypergraph" else "edges"
        chart = histogram(portrait.degrees, what, f"histogram of {what} at a node")
        found.append((f"{what.capitalize()} at a node", chart))
    for rank, sizes in enumerate(portrait.component_sizes):
        name = {0: "nodes", 1: "edges"}.get(rank, f"cells of rank {rank}")
        found.append((f"Sizes of components: {name}", histogram(sizes, name, f"histogram of {name} per component")))
    return found


def _parts(portrait: Portrait) -> Html:
    means = [round(float(np.mean([fold[i] for fold in portrait.parts]))) for i in range(3)]
    tones = ("var(--accent)", "var(--accent-2)", "var(--accent-3)")
    names = ("training", "validation", "test")
    return shares(list(zip(names, means, tones, strict=True)), "targets for training, validation and test")


def _parts_caption(portrait: Portrait) -> str:
    folds = len(portrait.parts)
    return "Parts of the split" if folds == 1 else f"Parts of the splits, mean of {folds}"


def pictures(comparison: Comparison, complex_: "Complex | None") -> list[Picture]:
    """Draw a few components, as they are or as the best model on a lift sees them.

    Args:
        comparison: tells the lifts.
        complex_: the data; without it, a data set of the registry is read again where its files are at hand.
    """
    data = _at_hand(comparison.dataset) if complex_ is None else complex_
    if data is None or len(data) == 0:
        return []
    lifts = list(dict.fromkeys(row.lift for row in comparison.rows if row.lift))
    found = []
    chosen = _typical(data)
    for component, name in chosen:
        one = data.select([component]) if len(data) > 1 else data
        found += _one(one, name, lifts[:1] if len(chosen) > 1 else ["", *lifts])
    return found[:DRAWN]


def _one(one: "Complex", name: str, lifts: list[str]) -> list[Picture]:
    from cochain.experiments.lifting import apply_lift

    found = []
    for lift in lifts or [""]:
        try:
            lifted = apply_lift(one, lift, features=None) if lift and one.sizes[0] <= LARGE else one
        except CochainError:  # a lift that this complex cannot have, or that is not known here
            continue
        caption = " · ".join(part for part in (name, lift if lifted is not one else "as it is") if part)
        if not lift or lifted is not one:
            found.append(Picture(Html(draw_complex(lifted)), _with_size(caption, lifted)))
    return found


def _with_size(caption: str, drawn: "Complex") -> str:
    """Add what a reader can count in the picture."""
    two = {"simplicial": "triangle", "cell": "polygon"}.get(drawn.domain, "2-cell")
    names = ("node", "hyperedge" if drawn.domain == "hypergraph" else "edge", two)
    counts = [words.plural(n, name) for n, name in zip(drawn.sizes, names, strict=False) if n]
    return f"{caption}: {words.listing(counts)}"


def _typical(data: "Complex") -> list[tuple[int, str]]:
    """Choose one component of each class, of middling size; without classes the first few."""
    if len(data) == 1:
        return [(0, "")]
    sizes = data.offsets(0).diff().cpu().numpy()
    y = data.whole.y.cpu().numpy() if "y" in data.whole else None
    if y is None or y.ndim != 1 or y.dtype.kind not in "iu":
        return [(i, f"component {i}") for i in range(min(4, len(data)))]
    found = []
    for label in np.unique(y[y >= 0])[:DRAWN].tolist():
        members = np.flatnonzero(y == label)
        found.append((int(members[np.argsort(sizes[members], kind="stable")[len(members) // 2]]), f"class {label}"))
    return found


def _at_hand(name: str) -> "Complex | None":
    from cochain import datasets

    if name not in datasets.registry or datasets.whereabouts(name) == "download":
        return None
    try:
        return datasets.load(name)
    except DataError:
        return None
