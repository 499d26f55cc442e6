"""The numbers behind a chart as a table that unfolds, for readers who cannot see it or want to copy them."""

from collections.abc import Iterable, Sequence

from cochain.report.markup import Html, fill, join


def behind(caption: str, head: Sequence[object], rows: Iterable[Sequence[object]], summary: str = "As a table") -> Html:
    """Give a folded table; the first cell of every row is its heading.

    Args:
        caption: what the table holds, for screen readers.
        head: headings of the columns.
        rows: cells.
        summary: what unfolds it.
    """
    titles = join(fill('<th scope="col">{}</th>', title) for title in head)
    lines = join(fill('<tr><th scope="row">{}</th>{}</tr>', row[0], _cells(row[1:])) for row in rows)
    return fill(
        '<details class="behind"><summary>{}</summary><div class="scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="plain"><caption class="hidden">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        "</div></details>",
        summary, caption, caption, titles, lines,
    )  # fmt: skip


def _cells(values: Sequence[object]) -> Html:
    return join(fill("<td>{}</td>", value) for value in values)
