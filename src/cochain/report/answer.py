"""The answer in words: who leads, who cannot be told from it, and whether higher-order structure helped."""

from cochain.experiments.comparison import Comparison, Row
from cochain.report import words
from cochain.report.kinds import GRAPH, HIGHER, best_of, label
from cochain.report.markup import Html, fill, join

NAMED = 8
"""Models that a sentence names at most; the leaderboard has them all."""


def answer(comparison: Comparison) -> list[Html]:
    """Give the answer as sentences; the first is the headline."""
    if not comparison.rows:
        return [fill("No model finished, so there is nothing to compare yet.")]
    sentences = [_leader(comparison), *_others(comparison)]
    helped = higher_order(comparison)
    return sentences if helped is None else [*sentences, helped]


def _name(row: Row, comparison: Comparison) -> Html:
    return fill("<b>{}</b>", label(row, comparison.rows))


def _leader(comparison: Comparison) -> Html:
    best, task = comparison.rows[0], comparison.task
    verb = "leads" if len(comparison.rows) > 1 else "is the only model"
    return fill(
        "{} {}, with {} {} over {}.",
        _name(best, comparison),
        verb,
        words.metric_name(task).removesuffix(" (%)"),
        words.mean_and_deviation(best, task) + (" %" if task.metric in words.PERCENT else ""),
        words.plural(len(best.scores), "test score"),
    )


def _others(comparison: Comparison) -> list[Html]:
    """One sentence for each group: not worse, worse, not tested."""
    rest = comparison.rows[1:]
    level = [row for row in rest if row.p_value is not None and row.best_group]
    worse = [row for row in rest if row.p_value is not None and not row.best_group]
    untested = [row for row in rest if row.p_value is None]
    found = []
    if level:
        verb = "is" if len(level) == 1 else "are"
        found.append(fill("{} {} not significantly worse.", _named_with_p(level, comparison), verb))
    if worse:
        verb = "is" if len(worse) == 1 else "are"
        found.append(fill("{} {} significantly worse.", _named_with_p(worse, comparison), verb))
    if untested:
        names = join((_name(row, comparison) for row in untested[:NAMED]), ", ")
        if len(untested) > NAMED:
            names = fill("{} and {} more", names, len(untested) - NAMED)
        found.append(fill("Too few scores to test the difference to {}.", names))
    return found


def _named_with_p(rows: list[Row], comparison: Comparison) -> Html:
    named = rows if len(rows) <= NAMED else rows[: NAMED - 1]
    parts = [fill("{} ({})", _name(row, comparison), words.p_value(row.p_value or 0.0)) for row in named]
    if len(named) < len(rows):
        parts.append(fill("{} more", len(rows) - len(named)))
    if len(parts) == 1:
        return parts[0]
    return fill("{} and {}", join(parts[:-1], ", "), parts[-1])


def higher_order(comparison: Comparison) -> Html | None:
    """Say whether higher-order structure helped; None unless models of both kinds have a row."""
    graph, higher = best_of(comparison.rows, GRAPH), best_of(comparison.rows, HIGHER)
    if graph is None or higher is None:
        return None
    names = _name(higher, comparison), _name(graph, comparison)
    apart = words.difference(higher.mean - graph.mean, comparison.task)
    best = comparison.rows[0]
    if best not in (graph, higher):
        return fill(
            "Of the best of their kinds, the higher-order model {} and the graph model {} are {} apart; the two were "
            "tested against the leader, not against each other.",
            *names,
            apart,
        )
    second = graph if best == higher else higher
    return _verdict(names, apart, second, won=best == higher)


def _verdict(names: tuple[Html, Html], apart: str, second: Row, won: bool) -> Html:
    if second.p_value is None:
        return fill(
            "Whether higher-order structure helped is open: {} and {}, the best of their kinds, are {} apart, with too "
            "few scores to test.",
            *names,
            apart,
        )
    if second.best_group:
        return fill(
            "No evidence that higher-order structure helped: its best model, {}, is {} {} the best graph model, {}, a "
            "difference that the test does not tell from chance ({}).",
            names[0],
            apart,
            "ahead of" if won else "behind",
            names[1],
            words.p_value(second.p_value),
        )
    if won:
        return fill(
            "Higher-order structure helped: {} beats the best graph model, {}, by {} ({}).",
            *names,
            apart,
            words.p_value(second.p_value),
        )
    return fill(
        "Higher-order structure did not help: {}, the best model that reads it, is {} behind the graph model {} ({}).",
        names[0],
        apart,
        names[1],
        words.p_value(second.p_value),
    )
