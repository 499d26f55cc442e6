"""How sure answers were, against how often they were right; and how far links stand apart from other pairs."""

from collections.abc import Sequence

from cochain.experiments.answers import Reliability, Separation
from cochain.report import words
from cochain.report.axes import Scale, bottom_axis, left_axis
from cochain.report.charts import plot
from cochain.report.markup import Html, fill, join
from cochain.report.tables import behind

_WIDTH, _HEIGHT, _LEFT, _TOP = 370.0, 330.0, 52.0, 30.0


def calibration(found: Reliability, name: str, of_yes: bool) -> Html:
    """Draw frequency against confidence, a dot for each bin, larger for more answers; calibrated ones lie on the line.

    Args:
        found: the bins.
        name: of the model.
        of_yes: the confidence is that of "yes", not that of the answer.
    """
    x = Scale(0.0, 1.0, _LEFT, _WIDTH - 16)
    y = Scale(0.0, 1.0, _HEIGHT - 46, _TOP)
    most = max(found.counts)
    line = fill('<line class="reference" x1="{}" y1="{}" x2="{}" y2="{}"/>', x(0.0), y(0.0), x(1.0), y(1.0))
    points = list(zip(found.confidence, found.frequency, found.counts, strict=True))
    path = join((fill("{} {}", x(sure), y(often)) for sure, often, _ in points), "L")
    dots = []
    for sure, often, count in points:
        title = f"sure {100 * sure:.0f}%, {'true' if of_yes else 'right'} {100 * often:.0f}% of {count:,}"
        radius = 3.0 + 6.0 * (count / most) ** 0.5
        template = '<circle class="mark dot" cx="{}" cy="{}" r="{}"><title>{}</title></circle>'
        dots.append(fill(template, x(sure), y(often), radius, title))
    sides = [
        left_axis(y, _LEFT, _WIDTH - 16, f"{'truly yes' if of_yes else 'right'} (%)", 100.0, count=5),
        bottom_axis(x, _TOP, _HEIGHT - 46, f"sure of {'yes' if of_yes else 'the answer'} (%)", 100.0, count=5),
    ]
    curve = fill('<path class="line faint" d="M{}"/>', path)
    return plot(_WIDTH, _HEIGHT, f"calibration of {name}", join([*sides, line, curve, *dots]), 1.1)


def calibration_table(found: Reliability, name: str) -> Html:
    """Give the bins as a table."""
    rows = (
        [f"{100 * sure:.1f}%", f"{100 * often:.1f}%", f"{count:,}"]
        for sure, often, count in zip(found.confidence, found.frequency, found.counts, strict=True)
    )
    return behind(f"calibration of {name}", ["sure", "right", "answers"], rows)


def separation(found: Separation, name: str) -> Html:
    """Draw how many links (upwards) and how many other pairs (downwards) got each probability."""
    x = Scale(0.0, 1.0, _LEFT, _WIDTH - 16)
    most = float(max([*found.positive, *found.negative, 1]))
    y = Scale(-most, most, _HEIGHT - 46, _TOP)
    bars = []
    for low, high, yes, no in zip(found.edges, found.edges[1:], found.positive, found.negative, strict=False):
        for count, what, tone in ((yes, "links", "up"), (-no, "other pairs", "down")):
            if count:
                title = f"probability {low:.2f} to {high:.2f}: {abs(count):,} {what}"
                ends = sorted((y(0.0), y(float(count))))
                bars.append(
                    fill(
                        '<rect class="mark bar {}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
                        tone, x(low) + 0.5, ends[0], x(high) - x(low) - 1, max(ends[1] - ends[0], 1.5), title,
                    )
                )  # fmt: skip
    names = fill(
        '<text class="name start" x="{}" y="{}">links</text><text class="name start" x="{}" y="{}">other pairs</text>',
        x.start + 8, y.end + 14, x.start + 8, y.start - 8,
    )  # fmt: skip
    middle = fill('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>', x.start, x.end, y(0.0), y(0.0))
    bottom = bottom_axis(x, _TOP, _HEIGHT - 46, "probability of a link", count=5)
    return plot(_WIDTH, _HEIGHT, f"probabilities of links of {name}", join([bottom, *bars, middle, names]), 1.1)


def separation_table(found: Separation, name: str) -> Html:
    """Give the bins as a table."""
    bins = zip(found.edges, found.edges[1:], found.positive, found.negative, strict=False)
    rows = ([f"{low:.2f} to {high:.2f}", f"{yes:,}", f"{no:,}"] for low, high, yes, no in bins)
    return behind(f"probabilities of links of {name}", ["probability", "links", "other pairs"], rows)


def labels(found: list[tuple[int, int, int, int]], name: str, called: Sequence[str] = ()) -> Html:
    """Draw, label by label, the share of those that hold that was found, and what was found wrongly beside it."""
    width, left, step = 370.0, 60.0, 20.0
    most = float(max([max(a + b, a + c) for a, b, c, _ in found] + [1]))
    x = Scale(0.0, most, left, width - 60)
    bars = []
    for i, (hit, missed, wrong, _) in enumerate(found):
        y = 22 + step * i
        own = called[i] if i < len(called) else str(i)
        title = f"label {own}: {hit:,} found, {missed:,} missed, {wrong:,} wrongly found"
        bars.append(
            fill(
                '<text class="tick end" x="{}" y="{}">{}</text>'
                '<rect class="frame" x="{}" y="{}" width="{}" height="12"/>'
                '<rect class="mark bar up" x="{}" y="{}" width="{}" height="12"><title>{}</title></rect>'
                '<rect class="bar wrong" x="{}" y="{}" width="{}" height="4"/>',
                left - 8, y + 10, own if len(own) <= 8 else f"{own[:7]}…", left, y, x(float(hit + missed)) - left,
                left, y, max(x(float(hit)) - left, 1.0), title, left, y + 13, x(float(wrong)) - left,
            )
        )  # fmt: skip
    legend = fill(
        '<text class="tick start" x="{}" y="12">filled: found · frame: all that hold · below: wrongly found</text>', 4.0
    )
    return plot(width, 30 + step * len(found), f"labels found by {name}", join([legend, *bars]), 1.1)


def labels_table(found: list[tuple[int, int, int, int]], name: str, called: Sequence[str] = ()) -> Html:
    """Give the counts with precision and recall."""
    rows = (
        [called[i] if i < len(called) else i, *each, _share(each[0], each[2]), _share(each[0], each[1])]
        for i, each in enumerate(found)
    )
    head = ["label", "found", "missed", "wrongly found", "rightly not found", "precision", "recall"]
    return behind(f"labels found by {name}", head, rows)


def _share(part: int, rest: int) -> str:
    return f"{100 * part / (part + rest):.1f}%" if part + rest else words.NOTHING
