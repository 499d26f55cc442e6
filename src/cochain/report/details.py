"""The lower part of the page: the models, what did not work, and what is needed to do it all again."""

from cochain.experiments.comparison import Comparison, ModelCard, Run
from cochain.report import words
from cochain.report.diagram import embed
from cochain.report.frame import command_line
from cochain.report.kinds import kind
from cochain.report.markup import Html, fill, join
from cochain.report.reference import paper


def card(place: int, model: ModelCard) -> Html:
    """Show a model: equations, diagram, hyperparameters; the first one open."""
    options = join(
        fill("<div><dt>{}</dt><dd>{}</dd></div>", key, f"{value:g}" if isinstance(value, float) else str(value))
        for key, value in sorted(model.options.items())
    )
    diagram = embed(model.diagram, f"d{place}", f"tensor diagram of {model.model}")
    parts = [
        fill('<pre class="equations">{}</pre>', "\n".join(model.equations)) if model.equations else "",
        fill('<div class="scroll diagram">{}</div>', diagram) if diagram else "",
        fill('<dl class="options">{}</dl>', options),
        fill('<p class="note">Hyperparameters: {}</p>', model.source) if model.source else "",
    ]
    return fill(
        '<details class="card k-{}"{}><summary><span class="chip {}"></span><b>{}</b> <span class="dim">{}</span>'
        '<span class="lift">{}</span></summary>{}</details>',
        kind(model.model), Html(" open") if place == 0 else "", kind(model.model), model.model, paper(model.reference),
        model.lift or "data as it is", join(parts),
    )  # fmt: skip


def failures(comparison: Comparison) -> Html:
    """List what could not be finished, and why; empty where all was."""
    if not comparison.failures:
        return Html("")
    items = []
    for failure in comparison.failures:
        where = "" if failure.fold is None else f", fold {failure.fold}"
        where += "" if failure.seed is None else f", seed {failure.seed}"
        items.append(fill("<li><b>{}</b>{}: {}</li>", failure.model, where, failure.message))
    return fill('<ul class="failures">{}</ul>', join(items))


def again(comparison: Comparison) -> Html:
    """Give command, versions, and every run with its hash."""
    named = dict(comparison.versions)
    fingerprints = {str(run.spec["fingerprint"]) for run in comparison.runs if "fingerprint" in run.spec}
    if len(fingerprints) == 1:
        named["data (sha256)"] = fingerprints.pop()[:16]
    versions = join(fill("<div><dt>{}</dt><dd>{}</dd></div>", *pair) for pair in named.items())
    template = '<th scope="col" data-key="run-{}" aria-sort="none"><button type="button">{}</button></th>'
    head = join(fill(template, key, key) for key in _RUN_COLUMNS)
    rows = join(_run(run, comparison) for run in comparison.runs)
    return fill(
        '{}<dl class="options">{}</dl><p class="note">Started {}, ended {}.</p>'
        '<details class="card"><summary><b>{}</b> '
        '<span class="dim">with their hashes, which name their folders</span>'
        '</summary><div class="scroll"><table class="sortable plain" id="runs"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></details>",
        command_line(comparison.command), versions, comparison.started, comparison.finished,
        words.plural(len(comparison.runs), "run"), head, rows,
    )  # fmt: skip


_RUN_COLUMNS = ("model", "fold", "seed", "test", "validation", "epoch", "seconds", "hash")


def _run(run: Run, comparison: Comparison) -> Html:
    task = comparison.task
    validation = "" if run.validation_score is None else repr(run.validation_score)
    cells = (
        (run.model, run.model),
        (run.fold, run.fold),
        (run.seed, run.seed),
        (repr(run.test_score), words.score(run.test_score, task)),
        (validation, words.score(run.validation_score, task)),
        (run.best_epoch, run.best_epoch),
        (repr(run.seconds), words.duration(run.seconds)),
        (run.hash, fill('<code title="{}">{}</code>', run.hash, run.hash[:16])),
    )
    return fill("<tr>{}</tr>", join(fill('<td data-value="{}">{}</td>', *cell) for cell in cells))
