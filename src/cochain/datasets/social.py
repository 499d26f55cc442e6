"""Readers of the small social networks that ship with the package."""

from collections.abc import Mapping
from importlib.resources import files as package_files

import numpy as np

from cochain.complexes import Complex
from cochain.datasets.records import Dataset
from cochain.datasets.splits import few_label_splits, random_splits
from cochain.datasets.tensors import with_task


def karate(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Zachary's karate club: two training members on each side, eight for validation, the rest test."""
    sides, *ties = _rows("karate.txt")
    y = np.array(sides.split(), dtype=np.int64)
    edges = np.array([tie.split() for tie in ties], dtype=np.int64).T
    split = few_label_splits(y, per_class=2, validation=8, folds=dataset.folds, seed=0)
    return with_task(Complex.graph(edges, num_nodes=len(y)), 0, y, split, np.eye(len(y)))


def davis(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """The Southern women: a woman is a node, an event the hyperedge of those who came."""
    rows = [row.split("|")[0].split() for row in _rows("davis.txt")]
    y = np.array([row[0] for row in rows], dtype=np.int64)
    women = np.repeat(np.arange(len(rows)), [len(row) - 1 for row in rows])
    events = np.array([event for row in rows for event in row[1:]], dtype=np.int64)
    split = few_label_splits(y, per_class=2, validation=4, folds=dataset.folds, seed=0)
    return with_task(Complex.hypergraph(np.stack([women, events]), num_nodes=len(y)), 0, y, split, np.eye(len(y)))


def lesmis(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Characters who meet: predict, for each edge, the logarithm of the number of chapters with both."""
    names, *meetings = _rows("lesmis.txt")
    nodes = len(names.split(","))
    rows = np.array([meeting.split() for meeting in meetings], dtype=np.int64)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]  # the order of edges in a complex
    y = np.log(rows[:, 2]).astype(np.float32)[:, None]
    split = random_splits(np.zeros(len(rows), dtype=np.int64), 0.6, 0.2, dataset.folds, seed=0)
    return with_task(Complex.graph(rows[:, :2].T, num_nodes=nodes), 1, y, split, np.eye(nodes))


def _rows(name: str) -> list[str]:
    text = package_files("cochain.datasets").joinpath("data", name).read_text(encoding="ascii")
    return [line for line in text.splitlines() if not line.startswith("#")]
