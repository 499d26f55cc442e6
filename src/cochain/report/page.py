"""The page: one HTML file that holds all it needs and loads nothing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cochain.experiments.comparison import Comparison
from cochain.report import dataset, details, leaderboard, words
from cochain.report.answer import answer
from cochain.report.frame import Section, document, header, section
from cochain.report.kinds import NAMES, kind
from cochain.report.markup import Html, fill, join
from cochain.report.mistakes import mistakes

if TYPE_CHECKING:
    from cochain.complexes import Complex

STICKY = 9
"""Models whose buttons stay in view; more of them would cover the page."""


def render(comparison: Comparison, complex_: "Complex | None" = None) -> str:
    """Give the page as text.

    Args:
        comparison: what to show.
        complex_: the data, to draw some of it; see `cochain.report.write`.
    """
    sections = [
        section("leaderboard", "Leaderboard", _leaderboard(comparison)),
        section("scores", "Test scores", _scores(comparison)),
        section("learning", "Learning curves", _learning(comparison)),
        section("answers", "Answers", mistakes(comparison)),
        section("cost", "What a score costs", _costs(comparison)),
        section("data", "The data", _data(comparison, complex_)),
        section("models", "The models", join(details.card(i, model) for i, model in enumerate(comparison.models))),
        section("failures", "What did not work", details.failures(comparison)),
        section("again", "To do this again", details.again(comparison)),
    ]
    title = f"{comparison.title or comparison.dataset} · Cochain"
    main = join([sections[0][2], _toggles(comparison), *(part for _, _, part in sections[1:])])
    return document(title, _header(comparison, sections), main)


def _header(comparison: Comparison, sections: Iterable[Section]) -> Html:
    banner = Html("")
    if not comparison.complete:
        banner = fill('<p class="banner">Stopped before every run was done: this is what was there by then.</p>')
    if comparison.protocol != "validation":
        warning = (
            f"Protocol {comparison.protocol}: the epoch was chosen by test scores, averaged over the folds, as some "
            "papers do. That flatters; compare with such papers only."
        )
        banner = join([banner, fill('<p class="banner">{}</p>', warning)])
    meta = join(
        [
            fill("<span>{}</span>", words.plural(len(comparison.rows), "model")),
            fill("<span>{}</span>", words.plural(len(comparison.runs), "run")),
            _trained(comparison),
            fill('<time datetime="{}">{}</time>', comparison.finished, comparison.finished[:16].replace("T", " ")),
        ]
    )
    heading = fill("<h1>{}</h1>{}", *_heading(comparison))
    return header("comparison", heading, meta, banner, answer(comparison), sections)


def _heading(comparison: Comparison) -> tuple[str, Html]:
    """Give the title and what stands under it: data of one's own has a name, and says what it holds."""
    if comparison.title.startswith("Complex(") and comparison.dataset:
        return comparison.dataset, fill('<p class="holds">{}</p>', comparison.title)
    return comparison.title or comparison.dataset, Html("")


def _trained(comparison: Comparison) -> Html:
    if not comparison.runs:
        return Html("")
    return fill("<span>{} of training</span>", words.duration(sum(run.seconds for run in comparison.runs)))


def _legend(comparison: Comparison) -> Html:
    present = {kind(row.model) for row in comparison.rows}
    shown = ((each, each, name) for each, name in NAMES.items() if each in present)
    items = (fill('<li class="k-{}"><span class="chip {}"></span>{}</li>', *each) for each in shown)
    return fill('<ul class="legend">{}</ul>', join(items))


def _leaderboard(comparison: Comparison) -> Html:
    if not comparison.rows:
        return Html("")
    group = (
        " The best group holds the best model and those that a paired test, corrected for overlapping folds and for "
        "several models, does not tell from it at the level of 0.05."
    )
    note = (
        f"Mean ± standard deviation over folds and seeds.{group if len(comparison.rows) > 1 else ''} "
        f"Memory: {comparison.memory}."
    )
    return fill('{}{}<p class="note">{}</p>', _legend(comparison), leaderboard.table(comparison), note)


def _scores(comparison: Comparison) -> Html:
    if not comparison.rows:
        return Html("")
    note = "A dot is one test score; point at it, and the scores of its fold and seed light up. The bar is the mean."
    return fill(
        '<p class="note">{}</p><div class="card"><div class="scroll" tabindex="0" role="region" '
        'aria-label="test scores">{}</div>{}</div>',
        note,
        leaderboard.scores(comparison),
        leaderboard.scores_table(comparison),
    )


def _learning(comparison: Comparison) -> Html:
    groups = leaderboard.learning(comparison)
    if not groups:
        return Html("")
    alone = len(comparison.rows) == 1
    note = (
        "Mean over runs with a band of one standard deviation, up to the epoch that half of the runs reached"
        f"{'' if alone else '; grey: the other models'}. Ticks at the foot are the epochs whose weights were kept. "
        "Point at a curve to read it."
    )
    if alone:
        figures = join(
            fill("<figure><figcaption>{}</figcaption>{}{}</figure>", title, panels[0][1], table)
            for title, panels, table in groups
        )
        return fill('<p class="note">{}</p><div class="grid-of panels alone">{}</div>', note, figures)
    blocks = (
        fill('<h3>{}</h3><div class="grid-of panels">{}</div>{}', title[:1].upper() + title[1:], _panels(panels), table)
        for title, panels, table in groups
    )
    return fill('<p class="note">{}</p>{}', note, join(blocks))


def _costs(comparison: Comparison) -> Html:
    plots = leaderboard.costs(comparison)
    if not plots:
        return Html("")
    note = "Whiskers are one standard deviation. The stepped line joins the models that no cheaper one equals."
    figures = join(fill("<figure>{}</figure>", plot) for plot in plots)
    table = leaderboard.costs_table(comparison)
    return fill('<p class="note">{}</p><div class="grid-of">{}</div>{}', note, figures, table)


def _panels(panels: Iterable[tuple[str, Html]]) -> Html:
    return join(fill('<figure data-model="{}">{}</figure>', *panel) for panel in panels)


def _toggles(comparison: Comparison) -> Html:
    """Give a button for each model that hides it from the charts; shown by the script alone."""
    if len(comparison.rows) < 2:
        return Html("")
    template = '<button type="button" class="k-{}" aria-pressed="true" data-toggle="{}"><span class="chip {}"></span>{}'
    buttons = join(
        fill("{}</button>", fill(template, which, name, which, name))
        for which, name in dict.fromkeys((kind(row.model), row.model) for row in comparison.rows)
    )
    few = Html(" few") if len(comparison.rows) <= STICKY else Html("")
    return fill(
        '\n<div class="toggles{}" role="group" aria-label="models in the charts" hidden><span class="dim">Show</span>{}'
        '<button type="button" id="all">all</button></div>',
        few, buttons,
    )  # fmt: skip


def _data(comparison: Comparison, complex_: "Complex | None") -> Html:
    drawn = dataset.pictures(comparison, complex_)
    pictures = join(
        fill('<figure class="picture">{}<figcaption>{}</figcaption></figure>', p.svg, p.caption) for p in drawn
    )
    first = ("Cells by rank, before any lift", dataset.ranks(comparison.portrait), Html(""))
    charts = join(
        fill("<figure><figcaption>{}</figcaption>{}{}</figure>", *each) for each in (first, *dataset.charts(comparison))
    )
    gallery = fill('<div class="grid-of pictures">{}</div>', pictures) if drawn else Html("")
    notes = comparison.portrait.notes
    partly = fill('<p class="note">Counted in part: {}.</p>', "; ".join(notes)) if notes else Html("")
    return join([dataset.facts(comparison), gallery, fill('<div class="grid-of">{}</div>', charts), partly])
