"""Answered numbers against true ones, and how far they are off."""

from collections.abc import Sequence

from cochain.experiments.answers import Numbers
from cochain.report import words
from cochain.report.axes import bottom_axis, left_axis, scale
from cochain.report.charts import plot, shorten
from cochain.report.markup import Html, fill, join
from cochain.report.tables import behind

_WIDTH, _HEIGHT, _LEFT, _TOP = 370.0, 330.0, 52.0, 30.0


def against_truth(found: Numbers, name: str) -> Html:
    """Draw a dot for each pair on equal scales; right answers lie on the line."""
    both = [*found.truth, *found.answer]
    x = scale(both, _LEFT, _WIDTH - 16, pad=0.04)
    y = scale(both, _HEIGHT - 46, _TOP, pad=0.04)
    line = fill('<line class="reference" x1="{}" y1="{}" x2="{}" y2="{}"/>', x.start, y.start, x.end, y.end)
    dots = (
        fill(
            '<circle class="mark dot small" cx="{}" cy="{}" r="2.6"><title>{}</title></circle>',
            x(true), y(said), f"true {words.significant(true)}, answered {words.significant(said)}",
        )
        for true, said in zip(found.truth, found.answer, strict=True)
    )  # fmt: skip
    axes = [
        left_axis(y, _LEFT, _WIDTH - 16, "answered", count=5),
        bottom_axis(x, _TOP, _HEIGHT - 46, "true", count=5),
    ]
    return plot(_WIDTH, _HEIGHT, f"answers against truth of {name}", join([*axes, line, *dots]), 1.1)


def boxes(models: Sequence[tuple[str, str, Numbers]]) -> Html:
    """Draw the residuals of each model (name, kind, numbers): middle half as a box, nine tenths as a line."""
    left, width, step, top = 150.0, 980.0, 34.0, 14.0
    bottom = top + step * len(models)
    x = scale([q for *_, each in models for q in each.quantiles[1:6]] + [0.0], left, width - 40)
    parts = [bottom_axis(x, top, bottom, "answer minus truth")]
    zero = fill('<line class="reference" x1="{}" x2="{}" y1="{}" y2="{}"/>', x(0.0), x(0.0), top, bottom)
    for i, (name, kind, each) in enumerate(models):
        y = top + step * (i + 0.5)
        _, low, quarter, middle, three, high, _ = each.quantiles
        half = f"{words.significant(quarter)} to {words.significant(three)}"
        title = f"{name}: median {words.significant(middle)}, half of the answers within {half}"
        parts.append(
            fill(
                '<g class="k-{}" data-model="{}"><text class="name end" x="{}" y="{}">{}</text>'
                '<line class="whisker thin" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                '<rect class="mark box" x="{}" y="{}" width="{}" height="14" rx="2"><title>{}</title></rect>'
                '<line class="mean" x1="{}" x2="{}" y1="{}" y2="{}"/></g>',
                kind, name, left - 14, y + 4, shorten(name, 19), x(low), x(high), y, y,
                x(quarter), y - 7, max(x(three) - x(quarter), 1.5), title, x(middle), x(middle), y - 9, y + 9,
            )
        )  # fmt: skip
    return plot(width, bottom + 44, f"residuals of {len(models)} models", join([*parts, zero]))


def boxes_table(models: Sequence[tuple[str, str, Numbers]]) -> Html:
    """Give the quantiles as a table."""
    head = ["model", "least", "5%", "25%", "median", "75%", "95%", "greatest", "answers"]
    rows = ([name, *map(words.significant, each.quantiles), f"{each.count:,}"] for name, _, each in models)
    return behind("quantiles of answer minus truth", head, rows)


def truth_table(found: Numbers, name: str) -> Html:
    """Give twenty of the pairs as a table."""
    pairs = list(zip(found.truth, found.answer, strict=True))
    step = max(1, len(pairs) // 20)
    rows = ([words.significant(true), words.significant(said)] for true, said in pairs[::step])
    return behind(f"some answers of {name}", ["true", "answered"], rows)
