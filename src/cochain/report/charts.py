"""Charts as inline SVG. Every drawn datum carries the class `mark`; colours come from the page's style alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cochain.report.axes import Scale, bottom_axis, left_axis, scale
from cochain.report.kinds import GRAPH, HIGHER
from cochain.report.markup import Html, fill, join


@dataclass(frozen=True)
class Dot:
    """One point of a chart."""

    value: float
    """Where it stands."""
    title: str
    """What a pointer over it shows."""
    key: str = ""
    """Dots of one key light up together."""


@dataclass(frozen=True)
class Strip:
    """One line of dots with their mean."""

    name: str
    """Name at the left."""
    kind: str
    """Kind of the model: its colour and the shape of its dots."""
    mean: float
    """Mean of the dots."""
    dots: tuple[Dot, ...]
    """The dots."""


@dataclass(frozen=True)
class Point:
    """A model in a scatter plot."""

    name: str
    """Label."""
    kind: str
    """Kind of the model: colour and shape."""
    x: float
    """Cost."""
    y: float
    """Score."""
    spread: float
    """Standard deviation of the score; 0 for none."""
    title: str
    """What a pointer over it shows."""


def plot(width: float, height: float, label: str, body: Html, grow: float = 1.25) -> Html:
    """Wrap marks into an SVG that names itself to screen readers, and is drawn at most `grow` times its size."""
    return fill(
        '<svg class="plot" role="img" aria-label="{}" viewBox="0 0 {} {}" style="max-width:{}px">{}</svg>',
        label, width, height, round(grow * width), body,
    )  # fmt: skip


def marker(kind: str, x: float, y: float, size: float, title: str = "", key: str = "") -> Html:
    """Draw a circle for graph models, a diamond for higher-order ones, a square for others."""
    inside = fill("<title>{}</title>", title) if title else Html("")
    if kind == GRAPH:
        template = '<circle class="mark dot" data-key="{}" cx="{}" cy="{}" r="{}">{}</circle>'
        return fill(template, key, x, y, size, inside)
    half = size * (1.25 if kind == HIGHER else 0.92)
    corners = [(0, -half), (half, 0), (0, half), (-half, 0)]
    if kind != HIGHER:
        corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
    points = join((fill("{},{}", x + dx, y + dy) for dx, dy in corners), " ")
    return fill('<polygon class="mark dot" data-key="{}" points="{}">{}</polygon>', key, points, inside)


def interval(x: Scale, mean: float, deviation: float, kind: str, title: str) -> Html:
    """Draw mean and deviation as one line of a table."""
    ends = x(mean - deviation), x(mean + deviation)
    ticks = join(fill('<line class="grid" x1="{}" x2="{}" y1="0" y2="26"/>', x(v), x(v)) for v in x.ticks(4))
    bar = fill('<line class="whisker" x1="{}" x2="{}" y1="13" y2="13"/>', *ends) if deviation else Html("")
    return plot(
        190, 26, title, fill('<g class="k-{}">{}{}{}</g>', kind, ticks, bar, marker(kind, x(mean), 13.0, 4.5, title))
    )


def interval_axis(x: Scale, factor: float) -> Html:
    """Draw the labels that the lines of `interval` share."""
    ticks = Scale(x.low * factor, x.high * factor, x.start, x.end).ticks(4)
    labels = (fill('<text class="tick" x="{}" y="12">{}</text>', x(v / factor), f"{v:.4g}") for v in ticks)
    template = '<svg class="key" aria-hidden="true" viewBox="0 0 190 16" style="max-width:238px">{}</svg>'
    return fill(template, join(labels))


def strips(lines: Sequence[Strip], title: str, factor: float, reference: tuple[float, str] | None) -> Html:
    """Draw one line of dots for each model over a common axis, with an optional line to compare with."""
    left, width, step, top = 150.0, 980.0, 36.0, 24.0
    bottom = top + step * len(lines)
    values = [dot.value for line in lines for dot in line.dots] + ([reference[0]] if reference else [])
    x = scale(values, left, width - 40)
    parts = [bottom_axis(x, top, bottom, title, factor)]
    if reference and math.isfinite(reference[0]):
        at = x(reference[0])
        anchor = "start" if at < (left + width) / 2 else "end"
        parts.append(fill('<line class="reference" x1="{}" x2="{}" y1="{}" y2="{}"/>', at, at, top, bottom))
        parts.append(fill('<text class="note {}" x="{}" y="{}">{}</text>', anchor, at, top - 8, reference[1]))
    parts += [_strip(line, x, top + step * (i + 0.5), left) for i, line in enumerate(lines)]
    return plot(width, bottom + 44, f"test scores of {len(lines)} models, a dot each", join(parts))


def _strip(line: Strip, x: Scale, y: float, left: float) -> Html:
    known = [dot for dot in line.dots if math.isfinite(dot.value)]
    dots = [
        marker(line.kind, x(dot.value), y + dy, 4.0, dot.title, dot.key)
        for dot, dy in zip(known, _swarm([x(dot.value) for dot in known]), strict=True)
    ]
    name = fill('<text class="name end" x="{}" y="{}">{}</text>', left - 14, y + 4, shorten(line.name, 19))
    mean = Html("")
    if math.isfinite(line.mean):
        at = x(line.mean)
        mean = fill('<line class="mean" x1="{}" x2="{}" y1="{}" y2="{}"/>', at, at, y - 12, y + 12)
    return fill('<g class="k-{}" data-model="{}">{}{}{}</g>', line.kind, line.name, name, join(dots), mean)


def _swarm(places: list[float]) -> list[float]:
    """Move dots that would cover one another up and down, the first ones the least."""
    taken: list[tuple[float, float]] = []
    for at in places:
        free = (dy for dy in (0.0, -6.0, 6.0, -11.0, 11.0) if all(abs(at - x) > 7 or dy != y for x, y in taken))
        taken.append((at, next(free, 0.0)))
    return [dy for _, dy in taken]


def scatter(points: Sequence[Point], x_title: str, y_title: str, factor: float, higher_is_better: bool) -> Html:
    """Draw score against a cost on a logarithmic axis, with the line of the best score for each cost."""
    width, height, left, top = 370.0, 290.0, 46.0, 30.0
    known = [p for p in points if math.isfinite(p.y) and math.isfinite(p.x) and p.x > 0]
    x = scale([p.x for p in known], left, width - 14, logarithmic=True, pad=0.1)
    ends = [p.y + s * p.spread for p in known for s in (-1, 1)]
    y = scale(ends, height - 46, top, pad=0.08)
    front = _front(known, x, y, higher_is_better)
    axes = join([bottom_axis(x, top, height - 46, x_title, count=5), left_axis(y, left, width - 14, y_title, factor)])
    marks = []
    for p in known:
        ends_y = y(p.y - p.spread), y(p.y + p.spread)
        bar = fill('<line class="whisker thin" x1="{}" x2="{}" y1="{}" y2="{}"/>', x(p.x), x(p.x), *ends_y)
        dot = marker(p.kind, x(p.x), y(p.y), 5.0, p.title)
        marks.append(fill('<g class="k-{}" data-model="{}">{}{}</g>', p.kind, p.name, bar, dot))
    label = f"{y_title} against {x_title} of {len(known)} models"
    return plot(width, height, label, join([axes, front, *marks, _labels(known, x, y, width)]))


def _front(points: list[Point], x: Scale, y: Scale, higher: bool) -> Html:
    """Join the models that no cheaper one equals."""
    steps: list[Point] = []
    for p in sorted(points, key=lambda p: (p.x, -p.y if higher else p.y)):
        if not steps or (p.y > steps[-1].y if higher else p.y < steps[-1].y):
            steps.append(p)
    if len(steps) < 2:
        return Html("")
    path = [fill("M{} {}", x(steps[0].x), y(steps[0].y)), *(fill("H{}V{}", x(p.x), y(p.y)) for p in steps[1:])]
    return fill('<path class="front" d="{}"/>', join(path))


def _labels(points: list[Point], x: Scale, y: Scale, width: float) -> Html:
    """Write each name where it covers neither a dot nor another name, if there is such a place."""
    boxes = [(x(p.x) - 6, y(p.y) - 6, x(p.x) + 6, y(p.y) + 6) for p in points]
    parts = []
    for p in sorted(points, key=lambda p: y(p.y)):
        long = 6.4 * min(len(p.name), 22)
        at = x(p.x), y(p.y)
        before, above = -9 - long, -long / 2
        places = [(9, 4), (before, 4), (9, -8), (9, 16), (before, -8), (before, 16), (above, -14), (above, 22)]
        around = [(at[0] + dx, at[1] + dy - 10, at[0] + dx + long, at[1] + dy + 2) for dx, dy in places]
        inside = [box for box in around if box[0] > 46 and box[2] < width]
        box = min(inside or around, key=lambda box: sum(_overlap(box, other) for other in boxes))
        boxes.append(box)
        template = '<text class="name start" data-model="{}" x="{}" y="{}">{}</text>'
        parts.append(fill(template, p.name, box[0], box[3] - 2, shorten(p.name, 22)))
    return join(parts)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def shorten(name: str, length: int) -> str:
    """Cut a name that would not fit in its middle, since names often differ at their ends.

    >>> shorten("variant_with_a_long_name_3", 12)
    'variant…me_3'
    """
    end = length // 3
    return name if len(name) <= length else f"{name[: length - 1 - end]}…{name[-end:]}"
