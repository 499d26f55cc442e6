"""Charts of counts: horizontal bars, histograms, and shares of a whole."""

from collections.abc import Sequence

from cochain.experiments.comparison import Histogram
from cochain.report.axes import Scale, bottom_axis, left_axis, tick_label
from cochain.report.charts import plot
from cochain.report.markup import Html, fill, join


def horizontal(names: Sequence[str], counts: Sequence[int], label: str, tones: Sequence[str] = ()) -> Html:
    """Draw one bar for each name, with its count and, as it ends, its share."""
    width, left, step = 370.0, 96.0, 24.0
    total, most = max(sum(counts), 1), max([*counts, 1])
    x = Scale(0.0, float(most), left, width - 92)
    parts = []
    for i, (name, count) in enumerate(zip(names, counts, strict=True)):
        y = 6 + step * i
        tone = tones[i % len(tones)] if tones else "var(--accent)"
        short = name if len(name) <= 14 else name[:13] + "…"
        parts.append(
            fill(
                '<text class="name end" x="{}" y="{}">{}<title>{}</title></text>'
                '<rect class="mark bar" x="{}" y="{}" width="{}" height="15" rx="2" style="fill:{}">'
                "<title>{}: {}</title></rect>"
                '<text class="tick start" x="{}" y="{}">{} · {}%</text>',
                left - 8, y + 12, short, name,
                left, y, max(x(count) - left, 1.5), tone, name, f"{count:,}",
                x(count) + 6, y + 12, f"{count:,}", f"{100 * count / total:.3g}",
            )
        )  # fmt: skip
    return plot(width, 10 + step * len(names), label, join(parts))


def histogram(data: Histogram, title: str, label: str, tone: str = "var(--accent)") -> Html:
    """Draw counts between edges; bins that hold anything stay visible beside large ones."""
    width, height, left, top = 370.0, 190.0, 46.0, 26.0
    bottom = height - 42
    units = of_units(data)
    edges = [edge - 0.5 for edge in data.edges] if units else list(data.edges)
    room = 1.0 if units and len(data.counts) < 4 else 0.0  # few bars need not fill the width
    low, high = edges[0] - room, edges[-1] + room
    x = Scale(low, high if high > low else low + 1, left, width - 12)
    y = Scale(0.0, float(max([*data.counts, 1])), bottom, top)
    bars = []
    for count, start, end, name in zip(data.counts, edges, edges[1:], bin_names(data), strict=False):
        if count:
            tall = max(bottom - y(count), 1.5)
            wide = max(x(end) - x(start) - 1, 0.8)
            bars.append(
                fill(
                    '<rect class="mark bar" x="{}" y="{}" width="{}" height="{}" style="fill:{}">'
                    "<title>{}</title></rect>",
                    x(start) + 0.5, bottom - tall, wide, tall, tone, f"{name}: {count:,}",
                )
            )  # fmt: skip
    under = bottom_axis(x, top, bottom, title, grid=False, whole=units)
    return plot(width, height, label, join([left_axis(y, left, width - 12, "", count=3, whole=True), under, *bars]))


def of_units(data: Histogram) -> bool:
    """Tell whether bins are of one whole number each: they stand over their number, others between their edges."""
    return all(edge == int(edge) for edge in data.edges) and data.edges[-1] - data.edges[0] == len(data.counts)


def bin_names(data: Histogram) -> list[str]:
    """Give what each bin holds."""
    if of_units(data):
        return [f"{edge:.0f}" for edge in data.edges[:-1]]
    return [f"{tick_label(low)} to {tick_label(high)}" for low, high in zip(data.edges, data.edges[1:], strict=False)]


def shares(parts: Sequence[tuple[str, int, str]], label: str) -> Html:
    """Draw a whole as one bar cut into named parts (name, count, tone), with a legend below."""
    width = 370.0
    total = max(sum(count for _, count, _ in parts), 1)
    drawn, legend = [], []
    at, column = 0.0, width / max(len(parts), 1)
    for i, (name, count, tone) in enumerate(parts):
        wide = width * count / total
        if count:
            drawn.append(
                fill(
                    '<rect class="mark bar" x="{}" y="4" width="{}" height="20" style="fill:{}">'
                    "<title>{}: {}</title></rect>",
                    at, max(wide - 1.5, 0.5), tone, name, f"{count:,}",
                )
            )  # fmt: skip
        legend.append(
            fill(
                '<rect x="{}" y="36" width="9" height="9" rx="2" style="fill:{}"/>'
                '<text class="name start" x="{}" y="45">{}</text><text class="tick start" x="{}" y="61">{}</text>',
                i * column, tone, i * column + 14, name, i * column + 14, f"{count:,} · {100 * count / total:.3g}%",
            )
        )  # fmt: skip
        at += wide
    return plot(width, 68.0, label, join([*drawn, *legend]))
