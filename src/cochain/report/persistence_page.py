"""The page of `cochain persist`: bars, diagram, curves, and the longest bars drawn on the data."""

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cochain.persistence import betti_curve, landscape
from cochain.report import barcode, words
from cochain.report.frame import command_line, document, header, section
from cochain.report.markup import Html, fill, join
from cochain.report.representatives import Bar, of_bar
from cochain.report.tables import behind

if TYPE_CHECKING:
    from cochain.experiments.persisting import Persisted

Float = npt.NDArray[np.float64]
GRID, LONGEST, DRAWN, LEVELS = 160, 12, 4, 3
"""Values at which curves are drawn, bars of the table, bars drawn on the data per dimension, landscape levels."""
TELLING = 1.2
"""How many times as long as the next a bar must be to be spoken of."""
UNITS = {
    "alpha": "squared radius", "degree": "degree", "dtm": "distance", "heat": "heat", "height": "height",
    "pixels": "grey value", "rips": "distance",
}  # fmt: skip


def render(persisted: "Persisted", command: str = "") -> str:
    """Give the page as text.

    Args:
        persisted: what `cochain.experiments.persisting.persist` gave.
        command: what makes the page again.
    """
    bars = _all_bars(persisted)
    shown = _most_telling(bars)
    sections = [
        section("bars", "Bars", _bars(persisted, shown)),
        section("curves", "Over the filtration", _curves(persisted)),
        section("where", "Where the longest bars lie", _where(persisted, bars)),
        section("longest", "The longest bars", _table(persisted, bars)),
        section("again", "To do this again", command_line(command) if command else Html("")),
    ]
    heading = fill("<h1>{}</h1>{}", persisted.name, fill('<p class="holds">{}</p>', persisted.title))
    banner = Html("")
    if not persisted.complete:
        template = '<p class="banner">Stopped early: {} of {} components were done.</p>'
        banner = fill(template, persisted.diagram.components, persisted.components)
    top = header("persistence", heading, _meta(persisted), banner, _sentences(persisted, bars), sections)
    return document(f"{persisted.name} · persistence · Cochain", top, join(part for _, _, part in sections))


def _meta(persisted: "Persisted") -> Html:
    d = persisted.diagram
    way = "superlevel" if persisted.superlevel else "sublevel"
    from cochain.experiments.persisting import OF_POINTS

    name = persisted.filtration.partition(":")[0]
    said = persisted.filtration.removesuffix(":inf") if name in OF_POINTS else f"{persisted.filtration}, {way} sets"
    facts = [said, words.plural(d.components, "component"), f"coefficients in Z/{d.field}"]
    facts += [f"lifted by {persisted.lift}"] if persisted.lift else []
    facts += [f"computed in {words.duration(persisted.seconds)}"]
    return join(fill("<span>{}</span>", fact) for fact in facts)


def _all_bars(persisted: "Persisted") -> list[Bar]:
    """Give every bar, finite ones longest first, those that never die at the front of their dimension."""
    found = []
    for dim in persisted.diagram.dimensions:
        for bars in (persisted.diagram.essential[dim], persisted.diagram[dim]):
            columns = (bars.component, bars.births, bars.deaths)
            rows = zip(*(column.tolist() for column in columns), bars.pairs.tolist(), strict=True)
            own = [Bar(dim, component, birth, death, tuple(pair)) for component, birth, death, pair in rows]
            # Of those that never end, the ones that came first have lived longest.
            found += sorted(own, key=lambda bar: (-bar.length, -bar.birth if persisted.superlevel else bar.birth))
    return found


def _most_telling(bars: list[Bar]) -> int:
    """Choose the component with the longest bar of the highest dimension that has one."""
    return max(bars, key=lambda bar: (bar.dim, bar.length)).component if bars else 0


def _sentences(persisted: "Persisted", bars: list[Bar]) -> list[Html]:
    parts = []
    for dim in persisted.diagram.dimensions:
        finite, endless = len(persisted.diagram[dim]), len(persisted.diagram.essential[dim])
        what = {0: ("piece", "pieces"), 1: ("loop", "loops"), 2: ("void", "voids")}.get(dim, (f"H{dim}", f"H{dim}"))
        parts.append(
            fill(
                "<b>{}</b>{}",
                words.plural(finite + endless, *what),
                fill(" ({} never end{})", f"{endless:,}", "s" if endless == 1 else "") if endless else "",
            )
        )
    sentences = [join(parts, ", ")]
    for dim in persisted.diagram.dimensions:
        own = [bar for bar in bars if bar.dim == dim and math.isfinite(bar.death)]
        if len(own) > 1 and own[1].length > 0 and persisted.diagram.components == 1:
            ratio = own[0].length / own[1].length
            if ratio < TELLING:
                continue
            template = "The longest finite bar of H{} lives from {} to {}, {} times as long as the next."
            sentences.append(fill(template, dim, f"{own[0].birth:.4g}", f"{own[0].death:.4g}", f"{ratio:.3g}"))
    return sentences


def _points(persisted: "Persisted", component: int | None) -> dict[int, Float]:
    found = {}
    for dim in persisted.diagram.dimensions:
        parts = []
        for bars in (persisted.diagram[dim], persisted.diagram.essential[dim]):
            points = bars.as_array().astype(np.float64)
            parts.append(points if component is None else points[bars.component.cpu().numpy() == component])
        found[dim] = np.concatenate(parts)
    return found


def _bars(persisted: "Persisted", shown: int) -> Html:
    unit = UNITS.get(persisted.filtration.partition(":")[0], "filtration value")
    one, every = _points(persisted, shown), _points(persisted, None)
    several = persisted.diagram.components > 1
    note = (
        "A bar is a class of homology: it begins where the class comes and ends where it goes. Point at one to read it."
    )
    if several:
        note += (
            f" The barcode is that of component {shown}, whose highest class lives longest; the diagram holds all, "
            "equal bars once."
        )
    figures = [
        fill("<figure><figcaption>{}</figcaption>{}</figure>", caption, picture)
        for caption, picture in (
            (f"Barcode{f' of component {shown}' if several else ''}", barcode.barcode(one, unit)),
            (f"Diagram{' of all components' if several else ''}", barcode.diagram(every, unit)),
        )
    ]
    legend = barcode.legend(persisted.diagram.dimensions)
    return fill('<p class="note">{}</p>{}<div class="grid-of broad">{}</div>', note, legend, join(figures))


def _curves(persisted: "Persisted") -> Html:
    every = _points(persisted, None)
    low, high = barcode.span(every)
    if not high > low:
        return Html("")
    unit = UNITS.get(persisted.filtration.partition(":")[0], "filtration value")
    at = np.linspace(low, high, GRID)
    diagram, grid = persisted.diagram.to("cpu"), at.tolist()
    count = max(diagram.components, 1)
    betti = [
        barcode.Line(f"H{dim}", barcode.tone(dim), at, betti_curve(diagram, dim, grid).double().mean(dim=0).numpy())
        for dim in every
    ]
    each = " (mean over components)" if count > 1 else ""
    figures = [
        fill("<figure><figcaption>Betti numbers{}</figcaption>{}</figure>", each, barcode.curves(betti, unit, "alive"))
    ]
    for dim, points in every.items():
        finite = points[np.isfinite(points).all(axis=1)]
        if count == 1 and len(finite):
            levels = landscape(diagram, dim, grid, min(LEVELS, len(finite)))[0].double().numpy()
            lines = [
                barcode.Line(f"level {k + 1}", barcode.tone(dim), at, level, k > 0) for k, level in enumerate(levels)
            ]
            template = "<figure><figcaption>Landscape of H{}, its first {} levels</figcaption>{}</figure>"
            figures.append(fill(template, dim, len(levels), barcode.curves(lines, unit, "height")))
    step = max(1, GRID // 16)
    rows = [
        [f"{at[i]:.4g}", *(words.significant(float(line.value[i])) for line in betti)] for i in range(0, GRID, step)
    ]
    table = behind("Betti numbers over the filtration", [unit, *(f"H{dim}" for dim in every)], rows)
    return fill('<div class="grid-of">{}</div>{}', join(figures), table)


def _where(persisted: "Persisted", bars: list[Bar]) -> Html:
    figures = []
    for dim in reversed(persisted.diagram.dimensions):
        # What never dies has no end to show, but of what lives on to the top there are few: loops are worth seeing.
        own = [bar for bar in bars if bar.dim == dim and (dim > 0 or math.isfinite(bar.death))][:DRAWN]
        for bar in own:
            picture, what = of_bar(persisted, bar)
            if picture:
                caption = f"{_called(persisted, bar)}: {what}"
                figures.append(fill('<figure class="picture">{}<figcaption>{}</figcaption></figure>', picture, caption))
    if not figures:
        return Html("")
    note = (
        "A class has no unique place: shown is one that brings it. Loops follow the shortest way around that was there "
        "when they began."
    )
    return fill('<p class="note">{}</p><div class="grid-of pictures">{}</div>', note, join(figures))


def _called(persisted: "Persisted", bar: Bar) -> str:
    end = f"{bar.death:.4g}" if math.isfinite(bar.death) else "∞"
    where = f", component {bar.component}" if persisted.diagram.components > 1 else ""
    return f"H{bar.dim}, {bar.birth:.4g} to {end}{where}"


def _table(persisted: "Persisted", bars: list[Bar]) -> Html:
    rows = []
    for dim in persisted.diagram.dimensions:
        for bar in [bar for bar in bars if bar.dim == dim][:LONGEST]:
            length = f"{bar.length:.4g}" if math.isfinite(bar.death) else "∞"
            end = f"{bar.death:.4g}" if math.isfinite(bar.death) else "∞"
            where = " ".join(str(place) for place in bar.pair if place >= 0)
            rows.append([f"H{dim}", bar.component, f"{bar.birth:.4g}", end, length, where])
    head = ["dimension", "component", "birth", "death", "length", "cells"]
    return behind("the longest bars", head, rows, f"The {len(rows)} longest as a table")
