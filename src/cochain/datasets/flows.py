"""Readers of flows on the edges of networks: exchange rates, water, traffic.

An edge flow is an odd cochain: its sign says whether it runs along the edge as stored (from the lower node) or against
it. A part of the flows is known to the network, as x; of the others, some are asked for in training, some in
validation, some in testing, and x is zero there.
"""

import re
from collections.abc import Mapping

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.datasets.damage import kind_of, require, require_nodes
from cochain.datasets.records import Dataset
from cochain.datasets.splits import UNUSED, random_splits
from cochain.datasets.tensors import attach
from cochain.datasets.unpickle import read_pickle

KNOWN_SHARE = 0.5
_LINK = re.compile(rb"^[ \t]*(\d{1,9})[ \t]+(\d{1,9})[ \t]+(-?\d+\.?\d*(?:[eE][-+]?\d{1,2})?)[ \t]", re.MULTILINE)


def exchange(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read exchange rates: currencies are nodes, the flow on an edge is the logarithm of a rate, triples are triangles.

    Where there is no arbitrage, the flow is a gradient: it sums to zero around every triangle.
    """
    ((path, data),) = contents.items()
    found = read_pickle(data, path)
    fits = isinstance(found, list) and len(found) == 3 and isinstance(found[0], list) and len(found[0]) == 2
    require(fits, path, "boundary matrices, Laplacians and flows", f"holds {kind_of(found)}")
    (boundary, _), flows = found[0], found[2]
    edges = _edges_of(boundary, path)
    require(
        isinstance(flows, np.ndarray) and flows.ndim == 2 and len(flows) == edges.shape[1], path, "flows", "has not"
    )
    # The file's triangles are all triples of currencies that trade with one another.
    complex_ = Complex.simplicial([_triangles(edges), edges.T], num_nodes=len(boundary))
    return _with_flow(complex_, edges, flows[:, 0], dataset.folds)


def water(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read a water network: pipes are edges with a flow, junctions are nodes with a demand and a pressure head."""
    ((path, data),) = contents.items()
    found = read_pickle(data, path)
    require(isinstance(found, list) and len(found) == 5, path, "five arrays", f"holds {kind_of(found)}")
    edges = _edges_of(found[0], path)
    flow, nodes = _numbers(found[1], edges.shape[1], path), len(found[0])
    x = np.stack([_numbers(found[2], nodes, path), _numbers(found[3], nodes, path)], axis=1)
    complex_ = _with_flow(Complex.graph(edges, num_nodes=nodes), edges, flow, dataset.folds)
    return attach(complex_, 0, "x", x)


def traffic(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read roads: the flow is the traffic one way less the traffic back; weight is the capacity of both ways."""
    (flow_path, flow_data), (net_path, net_data) = (
        next((path, data) for path, data in contents.items() if path.endswith(end))
        for end in ("_flow.tntp", "_net.tntp")
    )
    links, flows = _table(net_data, net_path), _table(flow_data, flow_path)
    require(
        len(links) == len(flows) and bool((links[:, :2] == flows[:, :2]).all()), flow_path, "the links", "has others"
    )
    nodes = int(links[:, :2].max())
    pairs = require_nodes(links[:, :2].astype(np.int64).T - 1, nodes, net_path)
    keep = pairs[0] != pairs[1]
    pairs, amount, capacity = pairs[:, keep], flows[keep, 2], links[keep, 2]
    complex_ = Complex.graph(pairs, num_nodes=nodes)
    place = complex_.find(1, torch.from_numpy(np.sort(pairs, axis=0).T)).numpy()
    forward = np.where(pairs[0] < pairs[1], amount, -amount)
    net, weight = (np.bincount(place, values, minlength=complex_.sizes[1]) for values in (forward, capacity))
    complex_ = attach(complex_, 1, "weight", weight)
    return _split_flow(complex_, net / np.abs(net).mean(), dataset.folds)


def _with_flow(complex_: Complex, edges: np.ndarray, flow: np.ndarray, folds: int) -> Complex:
    """Bring a flow along edges (2, m) as listed to the order and the direction of the complex."""
    place = complex_.find(1, torch.from_numpy(np.sort(edges, axis=0).T)).numpy()
    found = np.zeros(complex_.sizes[1])
    found[place] = np.where(edges[0] < edges[1], flow, -flow)
    return _split_flow(complex_, found, folds)


def _split_flow(complex_: Complex, flow: np.ndarray, folds: int) -> Complex:
    """Show half of the flows as x; ask for the others: 40% of them in training, 20% in validation, 40% in testing."""
    shown = random_splits(np.zeros(len(flow), dtype=np.int64), KNOWN_SHARE, 0.25, 1, seed=0)[:, 0] == 0
    split = np.full((len(flow), folds), UNUSED, dtype=np.int8)
    hidden = np.flatnonzero(~shown)
    split[hidden] = random_splits(np.zeros(len(hidden), dtype=np.int64), 0.4, 0.2, folds, seed=1)
    complex_ = attach(complex_, 1, "x", np.where(shown, flow, 0.0)[:, None], odd=True)
    complex_ = attach(complex_, 1, "y", flow[:, None].astype(np.float32), odd=True)
    return complex_.with_cochain(1, "split", torch.from_numpy(split))


def _edges_of(boundary: object, name: str) -> np.ndarray:
    """Give edges (2, m) from a dense boundary matrix: one 1 and one -1 of either order in each column, tail first.

    The sign convention of a column is: -1 at the tail, 1 at the head.
    """
    fits = isinstance(boundary, np.ndarray) and boundary.ndim == 2
    require(fits, name, "a boundary matrix", f"holds {kind_of(boundary)}")
    matrix = np.asarray(boundary)
    two = bool(((matrix == 1).sum(axis=0) == 1).all() and ((matrix == -1).sum(axis=0) == 1).all())
    require(two and bool((np.abs(matrix).sum(axis=0) == 2).all()), name, "edges of two nodes", "has others")
    return np.stack([(matrix == -1).argmax(axis=0), (matrix == 1).argmax(axis=0)]).astype(np.int64)


def _triangles(edges: np.ndarray) -> np.ndarray:
    """Give all triangles of a small graph, (n, 3)."""
    nodes = int(edges.max()) + 1
    joined = np.zeros((nodes, nodes), dtype=bool)
    joined[edges.min(axis=0), edges.max(axis=0)] = True
    return np.argwhere(joined[:, :, None] & joined[:, None, :] & joined[None, :, :])


def _numbers(values: object, count: int, name: str) -> np.ndarray:
    found = np.asarray(values if isinstance(values, list | np.ndarray) else [], dtype=object)
    numbers = [each for each in found.tolist() if isinstance(each, int | float)]
    require(len(numbers) == len(found) == count, name, f"{count} numbers", f"holds {len(found)}")
    return np.array(numbers, dtype=np.float64)


def _table(data: bytes, name: str) -> np.ndarray:
    """Read the first three columns of a table of links; lines that do not begin with two nodes stand above it."""
    rows = [match.groups() for match in _LINK.finditer(data)]
    require(len(rows) > 0, name, "lines of two nodes and a number", "has none")
    return np.array(rows).astype(np.float64)
