"""A comparison made by hand, with the traits that a page must stand: ties, failures, names that are code."""

import math
from dataclasses import replace

import numpy as np

from cochain.experiments.answers import Answers, Confusion, Numbers, Reliability, Separation
from cochain.experiments.comparison import (
    Comparison,
    Curve,
    Failure,
    Histogram,
    ModelCard,
    Portrait,
    Row,
    Run,
    Score,
    Task,
)

DIAGRAM = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 318 120" width="318" height="120"><defs><marker id="head" '
    'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" '
    'fill="#667"/></marker></defs><path d="M71,54 C160,54 160,54 245,54" fill="none" stroke="#667" '
    'marker-end="url(#head)"/><text x="160" y="40" text-anchor="middle" fill="#334">upper(0)</text>'
    '<circle cx="54" cy="54" r="16" fill="#3b6fb6"/>'
    '<text x="54" y="58" text-anchor="middle" fill="white">h0</text></svg>'
)
# name, lift, mean, deviation, parameters, seconds per epoch, memory, best group, p
MODELS = (
    ("cin", "cycles:6:induced", 0.921, 0.041, 84_226, 0.141, 412.0, True, None),
    ("sccnn", "clique:2", 0.897, 0.055, 61_058, 0.118, 377.0, True, 0.21),
    ("gin", "", 0.874, 0.060, 13_442, 0.032, 161.0, False, 0.034),
    ("gcn", "", 0.768, 0.071, 5_250, 0.021, 140.0, False, 0.0004),
)


def curve(rng: np.random.Generator, mean: float, epochs: int) -> Curve:
    rise = 1 - np.exp(-np.arange(1, epochs + 1) / 18)
    score = 0.5 + (mean - 0.5) * rise + 0.02 * rng.standard_normal(epochs)
    loss = 0.7 * (1 - rise) + 0.08 + 0.01 * rng.random(epochs)
    return Curve(tuple(range(1, epochs + 1)), tuple(loss.tolist()), tuple(score.clip(0, 1).tolist()))


def runs_of(name: str, mean: float, deviation: float, folds: int, rng: np.random.Generator) -> list[Run]:
    found = []
    for fold in range(folds):
        epochs = int(rng.integers(60, 140))
        value = float(np.clip(mean + deviation * rng.standard_normal(), 0, 1))
        hash_ = f"{fold:02d}{name.encode().hex()}".ljust(64, "a")[:64]
        learned = curve(rng, mean, epochs)
        found.append(
            Run(
                name,
                fold,
                0,
                {"model": name},
                hash_,
                value,
                value - 0.01,
                epochs - 20,
                0.1 * epochs,
                learned,
                classes(),
            )
        )
    return found


CALIBRATED = Reliability((0.55, 0.72, 0.91), (0.5, 0.7, 0.8), (4, 6, 9), 0.07)


def classes() -> Answers:
    return Answers(19, confusion=Confusion((0, 1), ((5, 1), (2, 11))), reliability=CALIBRATED)


def many_classes() -> Answers:
    counts = np.diag(np.arange(1, 52))
    counts[3, 4] = 9
    return Answers(int(counts.sum()), Confusion(tuple(range(50)), tuple(map(tuple, counts.tolist()))), CALIBRATED)


def numbers() -> Answers:
    truth = np.linspace(-2, 3, 60)
    answer = truth + 0.4 * np.sin(5 * truth)
    spread = tuple(np.quantile(answer - truth, (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)).tolist())
    return Answers(60, numbers=(Numbers(tuple(truth.tolist()), tuple(answer.tolist()), spread, 60),))


def links() -> Answers:
    edges = tuple(np.linspace(0, 1, 5).tolist())
    return Answers(30, separation=Separation(edges, (0, 2, 5, 8), (9, 4, 2, 0)), reliability=CALIBRATED)


def several_labels() -> Answers:
    return Answers(80, labels=((10, 3, 2, 5), (0, 4, 0, 16), (7, 0, 9, 4), (0, 0, 0, 20)), reliability=CALIBRATED)


def with_answers(answers: Answers, task: Task) -> Comparison:
    """The comparison with other answers, of a task of their kind."""
    found = make()
    return replace(found, task=task, runs=tuple(replace(run, answers=answers) for run in found.runs))


def thirty() -> Comparison:
    """Thirty models, most with long names."""
    names = ["gcn", *(f"a_model_with_a_long_name_{i}" for i in range(1, 30))]
    rest = (0.01, 100.0, True, None)
    models = ((name, "", 0.95 - 0.01 * i, 0.03, 1000 * i + 500, *rest) for i, name in enumerate(names))
    return make(tuple(models), folds=3)


def make(models: tuple[tuple, ...] = MODELS, folds: int = 10) -> Comparison:
    rng = np.random.default_rng(7)
    rows, runs, cards = [], [], []
    for name, lift, mean, deviation, parameters, seconds, memory, best, p in models:
        own = runs_of(name, mean, deviation, folds, rng)
        values = [run.test_score for run in own]
        runs += own
        std = float(np.std(values, ddof=1)) if folds > 1 else None
        scores = tuple(Score(run.fold, run.seed, run.test_score) for run in own)
        p = p if folds > 1 else None
        rows.append(Row(name, lift, float(np.mean(values)), std, scores, parameters, seconds, memory, 60.0, best, p))
        cards.append(
            ModelCard(name, lift, "author2020title", ("h' = U(h, sum of messages)", "y = W mean(h) + b"), DIAGRAM,
                      {"hidden": 64, "layers": 4, "dropout": 0.0}, "the paper, table 7")
        )  # fmt: skip
    portrait = Portrait(
        domain="graph", components=188, cells=(3371, 3721), channels=(7, 0), odd=(False, False), labels=(63, 125),
        label_histogram=None, unlabelled=0, homophily=None,
        degrees=Histogram((1.0, 2.0, 3.0, 4.0, 5.0), (812, 1263, 1255, 41)),
        component_sizes=(
            Histogram((10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0), (14, 30, 42, 51, 33, 18)),
            Histogram((10.0, 14.0, 18.0, 22.0, 26.0, 30.0), (27, 48, 61, 38, 14)),
        ),
        parts=tuple((150, 19, 19) for _ in range(folds)),
        rings=Histogram((5.0, 6.0, 7.0), (68, 470)), notes=("rings of 40 components out of 188, at even steps",),
        betti=(Histogram((1.0, 2.0), (188,)), Histogram((1.0, 2.0, 3.0, 4.0), (85, 43, 60))),
        cell_sizes=(None, Histogram((2.0, 3.0, 4.0), (5, 9))),
    )  # fmt: skip
    return Comparison(
        dataset="hand-made", title="MUTAG: mutagenic molecules",
        task=Task("whole", "classification", "accuracy", True, 2),
        protocol="validation", portrait=portrait, rows=tuple(rows), runs=tuple(runs), models=tuple(cards), failures=(),
        command="cochain compare mutag --models cin,sccnn,gin,gcn --folds 10",
        versions={"cochain": "0.1.0", "python": "3.11.2", "torch": "2.13.0", "numpy": "2.3.1", "platform": "Linux"},
        memory="resident memory of the process above its start",
        started="2026-03-01T10:00:00+00:00", finished="2026-03-01T10:12:30+00:00",
    )  # fmt: skip


def hostile() -> Comparison:
    """Every text that comes from outside tries to be code."""
    code = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    found = make((("gcn", *MODELS[0][1:]), (code, *MODELS[1][1:])))
    rows = (found.rows[0], replace(found.rows[1], lift=code, warnings=(code,)))
    evil = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(3)"><script>alert(4)</script><rect width="9"/></svg>'
    card = replace(found.models[1], reference=code, equations=(code,), diagram=evil, options={code: code}, source=code)
    return replace(
        found, dataset=code, title=code, rows=rows, models=(found.models[0], card), command=code, memory=code,
        failures=(Failure(code, code, 0, 1),), versions={code: code}, protocol=code, complete=False, started=code,
        finished=code,
        portrait=replace(found.portrait, domain=code), task=replace(found.task, metric=code, kind="classification"),
    )  # fmt: skip


def undefined() -> Comparison:
    """Scores that are no numbers, one fold, a regression, nothing drawn where nothing is known."""
    found = make(MODELS[:2], folds=1)
    broken = replace(found.rows[1], mean=math.nan, scores=(Score(0, 0, math.nan),))
    histogram = Histogram((0.0, 1.0), (0,))
    portrait = replace(
        found.portrait, labels=(), label_histogram=histogram, degrees=None, component_sizes=(), parts=(), rings=None,
        betti=(), cell_sizes=(), notes=(),
    )  # fmt: skip
    return replace(
        found,
        rows=(found.rows[0], broken),
        task=Task(1, "regression", "mae", False, 1),
        runs=tuple(replace(run, curve=Curve((), (), ()), answers=None) for run in found.runs),
        portrait=replace(portrait, components=1),
    )
