"""Which classes were taken for which, as a map of shares."""

from collections.abc import Sequence

from cochain.experiments.answers import Confusion
from cochain.report.charts import plot
from cochain.report.markup import Html, fill, join
from cochain.report.tables import behind

TEXT_CLASSES = 12
"""With more classes, counts no longer fit into their squares."""
PAIRS = 15
"""Confusions that the table of many classes lists."""
WEAKEST, MID, STRONG = 0.08, 0.52, 0.75
"""Colour of the smallest share, and the shares above which numbers change theirs to stand out from it."""
_LEFT, _TOP, _SIDE = 54.0, 42.0, 306.0
_LETTER, _LEFT_MOST = 6.4, 150.0
"""Width of a letter of a tick, and the most that names may take on the left."""


def matrix(found: Confusion, name: str, called: Sequence[str] = ()) -> Html:
    """Draw rows of truth and columns of answers; the darker a square, the larger its share of the row.

    Args:
        found: the counts.
        name: the model.
        called: what the classes are called; by default their numbers.
    """
    names = _class_names(found, called)
    size = len(names)
    left = min(_LEFT + _LETTER * max(max(map(len, names)) - 4, 0), _LEFT_MOST)
    cell = min(_SIDE / size, 64.0)
    side = cell * size
    squares = []
    for i, row in enumerate(found.counts):
        total = max(sum(row), 1)
        squares += [_square(names, i, j, count, total, cell, left) for j, count in enumerate(row) if count]
    corners = ((left + i * cell, _TOP + i * cell) for i in range(size))
    outline = '<rect class="outline" x="{}" y="{}" width="{}" height="{}"/>'
    diagonal = (fill(outline, x, y, cell, cell) for x, y in corners)
    titles = fill(
        '<text class="title" x="{}" y="12">answered</text>'
        '<text class="title" transform="translate(12 {}) rotate(-90)">true class</text>',
        left + side / 2, _TOP + side / 2,
    )  # fmt: skip
    frame = fill('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>', left, _TOP, side, side)
    body = join([frame, *squares, *diagonal, _names(names, cell, left), titles])
    return plot(left + side + 10, _TOP + side + 6, f"true classes against answers of {name}", body, 1.1)


def _class_names(found: Confusion, called: Sequence[str]) -> list[str]:
    names = [called[k] if k < len(called) else str(k) for k in found.classes]
    return [*names, *["other"] * (len(found.counts) - len(found.classes))]


def _square(names: list[str], i: int, j: int, count: int, total: int, cell: float, left: float) -> Html:
    share = count / total
    title = f"true class {names[i]}, answered {names[j]}: {count:,} ({100 * share:.0f}% of the row)"
    x, y = left + j * cell, _TOP + i * cell
    square = fill(
        '<rect class="mark heat" x="{}" y="{}" width="{}" height="{}" style="fill-opacity:{}"><title>{}</title></rect>',
        x + 0.5, y + 0.5, cell - 1, cell - 1, WEAKEST + (1 - WEAKEST) * share, title,
    )  # fmt: skip
    if len(names) > TEXT_CLASSES:
        return square
    tone = "strong-one" if share > STRONG else "mid" if share > MID else "weak"
    size = min(12.0, 2.6 * cell / max(len(f"{count:,}"), 2))
    number = fill(
        '<text class="{}" x="{}" y="{}" style="font-size:{}px" aria-hidden="true">{}</text>',
        tone, x + cell / 2, y + cell / 2 + 4, size, f"{count:,}",
    )  # fmt: skip
    return join([square, number])


def _names(names: list[str], cell: float, left: float) -> Html:
    """Write names along both sides, as many as fit, and as much of them as fits."""
    step = max(1, -(-20 // round(max(cell, 1))))
    parts = []
    for k, name in enumerate(names):
        if k % step:
            continue
        at = (k + 0.5) * cell
        above, beside = _cut(name, step * cell), _cut(name, left - 24)
        parts.append(fill('<text class="tick" x="{}" y="{}">{}</text>', left + at, _TOP - 8, above))
        parts.append(fill('<text class="tick end" x="{}" y="{}">{}</text>', left - 6, _TOP + at + 4, beside))
    return join(parts)


def _cut(name: str, room: float) -> str:
    """Give as much of a name as fits; numbers stay whole."""
    letters = max(int(room / _LETTER), 1)
    return name if len(name) <= letters or name.isdecimal() else f"{name[: letters - 1]}…"


def matrix_table(found: Confusion, name: str, called: Sequence[str] = ()) -> Html:
    """Give the counts as a table; of many classes, the most frequent confusions."""
    names = _class_names(found, called)
    if len(names) <= TEXT_CLASSES:
        rows = ([f"true {name}", *row] for name, row in zip(names, found.counts, strict=True))
        return behind(f"true classes and answers of {name}", ["", *(f"answered {each}" for each in names)], rows)
    wrong = [(count, i, j) for i, row in enumerate(found.counts) for j, count in enumerate(row) if count and (i != j)]
    wrong.sort(key=lambda each: (-each[0], each[1:]))
    lines = ([f"{names[i]} taken for {names[j]}", count] for count, i, j in wrong[:PAIRS])
    return behind(f"most frequent confusions of {name}", ["confusion", "count"], lines, "The most frequent confusions")
