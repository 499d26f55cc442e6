"""The data's portrait: counts, classes, degrees, parts, and drawings of a few of its complexes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cochain.errors import CochainError, DataError
from cochain.experiments.comparison import Comparison, Histogram, Portrait, Task
from cochain.report import words
from cochain.report.bars import bin_names, histogram, horizontal, shares
from cochain.report.draw import TONES, draw_complex
from cochain.report.markup import Html, fill, join
from cochain.report.tables import behind

if TYPE_CHECKING:
    from cochain.complexes import Complex

CLASSES = 20
"""Bars at most; the classes beyond share one."""
LETTERS = 24
"""Letters of the name of a class at a bar."""
DRAWN = 6
"""Pictures at most."""
DRAWN_NODES = 150
"""Nodes of a picture at most."""
DRAWN_MESH = 600
"""Nodes of the picture of a mesh at most."""
LARGE = 5000
"""A component of more nodes is drawn as it is only, without its lift."""


@dataclass(frozen=True)
class Picture:
    """A drawn complex."""

    svg: Html
    """The drawing."""
    caption: str
    """What it shows."""
    filled: int = 0
    """Its 2-cells."""


def facts(comparison: Comparison) -> Html:
    """Give the numbers that need no chart."""
    portrait = comparison.portrait
    pairs: list[tuple[str, object]] = [
        ("domain", portrait.domain),
        ("components", f"{portrait.components:,}"),
        ("task", _task(comparison.task)),
    ]
    if portrait.homophily is not None:
        pairs.append(("homophily", _homophily(portrait)))
    if portrait.betti and portrait.components == 1:
        holes = ", ".join(f"{int(each.edges[0]):,}" for each in portrait.betti)
        pairs.append(("Betti numbers", holes))
    if portrait.labels:
        pairs.append(("classes" if comparison.task.kind == "classification" else "labels", f"{len(portrait.labels):,}"))
    if portrait.unlabelled:
        pairs.append(("unlabelled", f"{portrait.unlabelled:,}"))
    if portrait.parts:
        pairs.append(("splits", f"{len(portrait.parts):,}"))
    return fill('<dl class="facts">{}</dl>', join(fill("<div><dt>{}</dt><dd>{}</dd></div>", *pair) for pair in pairs))


def _homophily(portrait: Portrait) -> Html:
    chance = portrait.homophily_by_chance
    beside = "" if chance is None else fill(' <span class="aside">{} by chance</span>', f"{chance:.2f}")
    return fill("{}{}", f"{portrait.homophily:.2f}", beside)


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


def charts(comparison: Comparison) -> list[tuple[str, Html, Html]]:
    """Give the portrait's charts with their captions and their tables."""
    portrait = comparison.portrait
    found: list[tuple[str, Html, Html]] = []
    if portrait.labels:
        found.append(_classes(comparison))
    if portrait.parts:
        found.append((_parts_caption(portrait), _parts(portrait), _parts_table(portrait)))
    return found + [
        (caption, histogram(data, unit, f"histogram: {caption}"), _bins(caption, data))
        for caption, unit, data in _histograms(portrait)
        if any(data.counts)
    ]


def _histograms(portrait: Portrait) -> list[tuple[str, str, Histogram]]:
    """Give every distribution with its caption and the unit of its axis."""
    edge = "hyperedge" if portrait.domain == "hypergraph" else "edge"
    found: list[tuple[str, str, Histogram | None]] = [
        ("Distribution of the label", "label", portrait.label_histogram),
        (f"{edge.capitalize()}s at a node", f"{edge}s", portrait.degrees),
        ("Rings: cycles without a chord", "nodes of a ring", portrait.rings),
    ]
    for rank, sizes in enumerate(portrait.cell_sizes):
        what = f"{edge}s" if rank == 1 else "polygons" if portrait.domain == "cell" else f"cells of rank {rank}"
        found.append((f"Sizes of {what}", "nodes", sizes))
    for rank, sizes in enumerate(portrait.component_sizes):
        name = {0: "nodes", 1: f"{edge}s"}.get(rank, f"cells of rank {rank}")
        found.append((f"Sizes of components: {name}", name, sizes))
    if portrait.components > 1:
        for rank, holes in enumerate(portrait.betti):
            what = ("pieces", "independent cycles", "enclosed voids")[rank] if rank < 3 else f"holes of rank {rank}"
            found.append((f"Betti number {rank} of components", what, holes))
    return [(caption, unit, data) for caption, unit, data in found if data is not None]


def _bins(caption: str, data: Histogram) -> Html:
    counted = ((name, f"{count:,}") for name, count in zip(bin_names(data), data.counts, strict=True) if count)
    return behind(caption, ["value", "count"], counted)


def _classes(comparison: Comparison) -> tuple[str, Html, Html]:
    labels = comparison.portrait.labels
    kind = "class" if comparison.task.kind == "classification" else "label"
    called = comparison.portrait.names or tuple(map(str, range(len(labels))))
    names = list(comparison.portrait.names) or [f"{kind} {name}" for name in called]
    counts = list(labels)
    if len(counts) > CLASSES:
        names = [*names[: CLASSES - 1], f"{len(counts) - CLASSES + 1} more"]
        counts = [*counts[: CLASSES - 1], sum(counts[CLASSES - 1 :])]
    title = "Classes" if kind == "class" else "Positive labels"
    table = behind(title, [kind, "targets"], ((each, f"{count:,}") for each, count in zip(called, labels, strict=True)))
    return title, horizontal(names, counts, f"targets of each {kind}", list(TONES)), table


def _short(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"


def _parts_table(portrait: Portrait) -> Html:
    rows = ([f"split {i}", *(f"{count:,}" for count in fold)] for i, fold in enumerate(portrait.parts))
    return behind("parts of the splits", ["", "training", "validation", "test"], rows)


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
        drawn = _one(one, name, ["", *lifts])
        found += drawn if len(chosen) == 1 else [max(drawn, key=lambda picture: picture.filled)]
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
            two = lifted.sizes[2] if lifted.rank > 1 else 0
            drawn = draw_complex(lifted, limit=_most_nodes(lifted))
            found.append(Picture(Html(drawn), _with_size(caption, lifted), two))
    return found


def _most_nodes(drawn: "Complex") -> int:
    """Give how many nodes a picture may have: a part of a mesh has another shape, and its places are known."""
    return DRAWN_MESH if "pos" in drawn[0] and drawn.rank >= 2 else DRAWN_NODES


def _with_size(caption: str, drawn: "Complex") -> str:
    """Add what a reader can count in the picture."""
    two = {"simplicial": "triangle", "cell": "polygon"}.get(drawn.domain, "2-cell")
    names = ("node", "hyperedge" if drawn.domain == "hypergraph" else "edge", two)
    counts = [words.plural(n, name) for n, name in zip(drawn.sizes, names, strict=False) if n]
    most = _most_nodes(drawn)
    part = f", {most} of the nodes drawn" if drawn.sizes[0] > most else ""
    return f"{caption}: {words.listing(counts)}{part}"


def _typical(data: "Complex") -> list[tuple[int, str]]:
    """Choose one component of each class, of middling size; without classes the first few."""
    if len(data) == 1:
        return [(0, "")]
    sizes = data.offsets(0).diff().cpu().numpy()
    y = data.whole.y.cpu().numpy() if "y" in data.whole else None
    if y is None or y.ndim != 1 or y.dtype.kind not in "iu":
        return [(i, f"component {i}") for i in range(min(4, len(data)))]
    called = data.schema.classes.get("whole", ()) if data.schema is not None else ()
    found = []
    for label in np.unique(y[y >= 0])[:DRAWN].tolist():
        members = np.flatnonzero(y == label)
        name = _short(called[label]) if label < len(called) else f"class {label}"
        found.append((int(members[np.argsort(sizes[members], kind="stable")[len(members) // 2]]), name))
    return found


def _at_hand(name: str) -> "Complex | None":
    from cochain import datasets

    if name not in datasets.registry or datasets.whereabouts(name) == "download":
        return None
    try:
        return datasets.load(name)
    except DataError:
        return None
