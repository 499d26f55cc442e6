"""The answer in words, case by case."""

import re
from dataclasses import replace
from html import unescape

import pytest

from cochain.experiments.comparison import Comparison, Row
from cochain.report.answer import answer, higher_order
from cochain.report.kinds import kind
from report.comparisons import MODELS, make


def row(model: str, mean: float, best: bool = True, p: float | None = None) -> Row:
    return Row(model, "", mean, 0.01, (), 10, 0.1, 10.0, 1.0, best, p)


def of(*rows: Row) -> Comparison:
    return replace(make(MODELS[:1]), rows=rows)


def plain(html: str | None) -> str:
    return unescape(re.sub("<[^>]*>", "", html or ""))


def test_sentences() -> None:
    rows = (row("cin", 0.9), row("gin", 0.88, True, 0.2), row("gcn", 0.8, False, 0.01), row("gat", 0.7, False, 0.0001))
    found = [plain(sentence) for sentence in answer(of(*rows))]
    assert found[0] == "cin leads, with accuracy 90.0 ± 1.0 % over 0 test scores."
    assert found[1] == "gin (p = 0.2) is not significantly worse."
    assert found[2] == "gcn (p = 0.01) and gat (p < 0.001) are significantly worse."


NO_EVIDENCE = "No evidence that higher-order structure helped: its best model, cin, is 1.0 point"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            (row("cin", 0.9), row("gin", 0.88, False, 0.01)),
            "Higher-order structure helped: cin beats the best graph model, gin, by 2.0 points (p = 0.01)",
        ),
        (
            (row("gin", 0.9), row("cin", 0.88, False, 0.01)),
            "Higher-order structure did not help: cin, the best model that reads it, is 2.0 points behind",
        ),
        ((row("cin", 0.9), row("gin", 0.89, True, 0.4)), f"{NO_EVIDENCE} ahead of the best graph model, gin"),
        ((row("gin", 0.9), row("cin", 0.89, True, 0.4)), f"{NO_EVIDENCE} behind the best graph model, gin"),
        ((row("cin", 0.9), row("gin", 0.89, False, None)), "Whether higher-order structure helped is open"),
        (
            (row("mine", 0.95), row("cin", 0.9, True, 0.3), row("gin", 0.89, True, 0.3)),
            "are 1.0 point apart; the two were tested against the leader, not against each other",
        ),
    ],
)
def test_whether_higher_order_structure_helped(rows: tuple[Row, ...], words: str) -> None:
    assert words in plain(higher_order(of(*rows)))


@pytest.mark.parametrize("names", [("gin",), ("gin", "gcn"), ("cin", "sccnn"), ("mine",)])
def test_silence_unless_both_kinds_are_there(names: tuple[str, ...]) -> None:
    assert higher_order(of(*(row(name, 0.9) for name in names))) is None


def test_nothing_finished() -> None:
    assert plain(answer(of())[0]) == "No model finished, so there is nothing to compare yet."


def test_a_single_model_does_not_lead() -> None:
    assert plain(answer(of(row("gin", 0.9)))[0]).startswith("gin is the only model, with accuracy 90.0")


def test_too_few_scores() -> None:
    assert (
        plain(answer(of(row("gin", 0.9), row("gcn", 0.8, False)))[1]) == "Too few scores to test the difference to gcn."
    )


KINDS = {"gcn": "graph", "gin": "graph", "cin": "higher", "hgnn": "higher", "sccnn": "higher", "mine": "other"}


@pytest.mark.parametrize("model", KINDS)
def test_kinds(model: str) -> None:
    assert kind(model) == KINDS[model]
