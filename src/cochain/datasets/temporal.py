"""Readers of networks in time: messages, ratings, weekly and hourly counts."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.complexes.io.lines import parse_lines
from cochain.datasets.damage import require, require_nodes
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, VALIDATION
from cochain.datasets.tensors import attach, with_task, without_loops
from cochain.errors import DataError

LAGS = 4


def messages(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read messages `sender receiver time` as arcs with `time` of the first, `last`, and `weight`, their number."""
    ((path, data),) = contents.items()
    rows = parse_lines(data, path).table(3)
    require(rows.dtype.kind == "i" and len(rows) > 0, path, "whole numbers", "has others")
    names, nodes = np.unique(rows[:, :2], return_inverse=True)
    complex_, place, kept = _arcs(nodes.reshape(-1, 2), len(names))
    times = rows[kept, 2]
    first, last = np.full((2, complex_.sizes[1]), [[np.iinfo(np.int64).max], [np.iinfo(np.int64).min]])
    np.minimum.at(first, place, times)
    np.maximum.at(last, place, times)
    complex_ = attach(attach(complex_, 1, "time", first), 1, "last", last)
    return attach(complex_, 1, "weight", np.bincount(place, minlength=complex_.sizes[1]).astype(np.float32))


def ratings(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read ratings `from,to,rating,time` as arcs: is a rating positive? The first 70% train, the next 15% validate."""
    ((path, data),) = contents.items()
    rows = parse_lines(data, path, skip=1, separators=b",").table(4)
    names, nodes = np.unique(rows[:, :2], return_inverse=True)
    complex_, place, kept = _arcs(nodes.reshape(-1, 2), len(names))
    require(len(np.unique(place)) == len(place), path, "one rating for each pair", "has several")
    rating, time = np.zeros((2, complex_.sizes[1]))
    rating[place], time[place] = rows[kept, 2], rows[kept, 3]
    complex_ = attach(attach(complex_, 1, "weight", rating), 1, "time", time.astype(np.int64))
    return with_task(complex_, 1, (rating > 0).astype(np.int64), _in_time(time, 0.7, 0.15))


def chickenpox(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read weekly cases of counties, standardised by their authors: four weeks are x, the next is y."""
    found, path = _load(contents)
    return _windows(_table(found, "FX", path), _pairs(found, "edges", path), path)


def deliveries(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read weekly deliveries by bicycle in parts of London, standardised: four weeks are x, the next is y."""
    found, path = _load(contents)
    return _windows(_table(found, "X", path), _pairs(found, "edges", path), path)


def buses(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read hourly passengers at bus stops: four hours are x, the next is y; both standardised over all stops."""
    found, path = _load(contents)
    try:
        stops = {int(node["bus_stop"]): number for number, node in enumerate(found["nodes"])}
        counts = np.array([node["y"] for node in found["nodes"]], dtype=np.float64).T
        pairs = np.array([[stops[link["source"]], stops[link["target"]]] for link in found["links"]], dtype=np.int64)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{path} should hold stops and links, but cannot be read ({error}); load it again") from error
    last = int(next(option.split("=")[1] for option in dataset.options if option.startswith("hours=")))
    counts = counts[-last - LAGS :]
    return _windows((counts - counts.mean()) / counts.std(), pairs, path)


def _windows(values: np.ndarray, pairs: np.ndarray, name: str) -> Complex:
    """Make one component of every LAGS steps: x holds them, y the step after; 70% train, then 10% validate.

    Args:
        values: (steps, nodes).
        pairs: edges (m, 2); loops are left out.
        name: how messages call the file.
    """
    steps, nodes = values.shape
    require(steps > LAGS + 10 and bool(np.isfinite(values).all()), name, "finite numbers for many steps", "has others")
    count = steps - LAGS
    edges = without_loops(require_nodes(pairs, nodes, name).T)
    shifted = edges[:, None, :] + (np.arange(count) * nodes)[None, :, None]
    x = np.lib.stride_tricks.sliding_window_view(values, LAGS, axis=0)[:count].reshape(-1, LAGS)
    split = np.repeat(_in_time(np.arange(count), 0.7, 0.1), nodes, axis=0)
    complex_ = Complex.graph(shifted.reshape(2, -1), num_nodes=np.full(count, nodes))
    y = values[LAGS:].reshape(-1, 1).astype(np.float32)
    return attach(with_task(complex_, 0, y, split, x), "whole", "time", np.arange(count) + LAGS)


def _in_time(times: np.ndarray, train: float, validation: float) -> np.ndarray:
    """Split by time: the first share trains, the next validates, the rest tests, (n, 1)."""
    order = np.argsort(times, kind="stable")
    bounds = np.round(np.array([train, train + validation]) * len(times)).astype(np.int64)
    split = np.empty((len(times), 1), dtype=np.int8)
    for part, rows in zip((TRAIN, VALIDATION, TEST), np.split(order, bounds), strict=True):
        split[rows] = part
    return split


def _arcs(nodes: np.ndarray, count: int) -> tuple[Complex, np.ndarray, np.ndarray]:
    """Build a directed graph of pairs (n, 2), loops left out; give it, the arc of each kept pair, and the kept."""
    kept = np.flatnonzero(nodes[:, 0] != nodes[:, 1])
    complex_ = Complex.digraph(nodes[kept].T, num_nodes=count)
    place: np.ndarray = complex_.find(1, torch.from_numpy(nodes[kept])).numpy()
    return complex_, place, kept


def _load(contents: Mapping[str, bytes]) -> tuple[dict[str, Any], str]:
    ((path, data),) = contents.items()
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} should be JSON, but cannot be read ({error}); load it again") from error
    require(isinstance(found, dict), path, "named tables", f"holds {type(found).__name__}")
    return found, path


def _table(found: Mapping[str, Any], key: str, name: str) -> np.ndarray:
    try:
        values = np.array(found.get(key), dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise DataError(f"{name} should hold a table '{key}', but cannot be read ({error}); load it again") from error
    require(values.ndim == 2, name, f"a table '{key}'", "has none")
    return values


def _pairs(found: Mapping[str, Any], key: str, name: str) -> np.ndarray:
    values = _table(found, key, name)
    whole = values.shape[1] == 2 and bool((values == np.floor(values)).all() and np.abs(values).max() < 1e9)
    require(whole, name, "pairs of nodes", "has others")
    return values.astype(np.int64)
