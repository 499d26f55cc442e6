"""Graphs from and to PyTorch Geometric."""

from typing import Any

import torch
from torch import Tensor

from cochain.complexes.complex import Complex
from cochain.complexes.networkx import edge_ends
from cochain.errors import ComplexError


def from_pyg(data: Any) -> Complex:
    """Read a PyG `Data` or `Batch`: a graph, with one component for each graph of the batch.

    `x`, `y`, `pos` and the masks go to the nodes (y to the whole where it has one row per graph), `edge_attr` and
    `edge_weight` to rank 1 as `x` and `weight`. PyG lists each undirected edge twice; the two must agree, otherwise
    the graph is read as a digraph. The three masks also become `split`: 0 train, 1 validation, 2 test.

    Raises:
        ComplexError: for a heterogeneous graph, or for self loops.
    """
    if not hasattr(data, "edge_index") or data.edge_index is None:
        raise ComplexError("data should have one edge_index, but has none; heterogeneous graphs are not read here")
    batch = getattr(data, "batch", None)
    counts = [int(data.num_nodes)] if batch is None else torch.bincount(batch, minlength=int(data.num_graphs)).tolist()
    edges: Tensor = data.edge_index
    found = Complex.digraph(edges, counts)
    undirected = _undirected(found, data, edges)
    if undirected:
        found = Complex.graph(edges, counts)
    found = _with_edges(found, data, edges)
    return _with_nodes(found, data)


def _undirected(directed: Complex, data: Any, edges: Tensor) -> bool:
    """Whether every edge has its reverse, with the same attributes."""
    back = directed.find(1, edges.flip(0).T)
    if bool((back < 0).any()):
        return False
    place = directed.find(1, edges.T)
    for name in ("edge_attr", "edge_weight"):
        value = getattr(data, name, None)
        if value is not None:
            rows = value.new_empty((directed.sizes[1], *value.shape[1:]))
            rows[place] = value
            if not torch.equal(rows[place], rows[back]):
                return False
    return True


def _with_edges(found: Complex, data: Any, edges: Tensor) -> Complex:
    for theirs, ours in (("edge_attr", "x"), ("edge_weight", "weight")):
        value = getattr(data, theirs, None)
        if value is not None:
            rows = value.new_empty((found.sizes[1], *value.shape[1:]))
            place = found.find(1, edges.T)
            rows[place] = value
            if not torch.equal(rows[place], value):
                raise ComplexError(
                    f"every edge should be listed once, but some repeat with another {theirs}; merge them with "
                    "torch_geometric.utils.coalesce"
                )
            found = found.with_cochain(1, ours, rows)
    return found


def _with_nodes(found: Complex, data: Any) -> Complex:
    for name in ("x", "pos"):
        if getattr(data, name, None) is not None:
            found = found.with_cochain(0, name, getattr(data, name))
    y = getattr(data, "y", None)
    if y is not None:
        nodes = y.ndim > 0 and y.shape[0] == found.sizes[0] and (len(found) != found.sizes[0])
        found = found.with_cochain(0 if nodes else "whole", "y", y)
    masks = [getattr(data, f"{part}_mask", None) for part in ("train", "val", "test")]
    given = [mask for mask in masks if mask is not None]
    if len(given) == len(masks):
        split = torch.full(tuple(given[0].shape), -1, dtype=torch.int8)
        for value, mask in enumerate(given):
            split[mask.bool()] = value
        found = found.with_cochain(0, "split", split if split.ndim == 2 else split[:, None])
    return found


def to_pyg(complex_: Complex) -> Any:
    """Give nodes and edges as a PyG `Data` (one component) or `Batch`; each undirected edge is listed both ways.

    The reverse of an edge carries the same tensors, odd ones with the opposite sign.

    Raises:
        ComplexError: for a complex without components, and for a hypergraph or a combinatorial complex, whose cells of
            rank 1 are no edges.
    """
    from torch_geometric.data import Batch, Data

    if complex_.domain in ("hypergraph", "combinatorial"):
        raise ComplexError(f"only complexes with edges become a PyG graph, but this is a {complex_.domain}")
    if not len(complex_):
        raise ComplexError("a PyG graph should come from at least one component, but the complex has none")
    graphs = [_data(part, Data) for part in complex_.components()]
    return graphs[0] if len(graphs) == 1 else Batch.from_data_list(graphs)


def _data(part: Complex, make: Any) -> Any:
    ends = edge_ends(part).T if part.rank >= 1 else torch.zeros(2, 0, dtype=torch.int64)
    copies = 1 if part.domain == "digraph" else 2
    data = make(edge_index=torch.cat([ends, ends.flip(0)], dim=1) if copies == 2 else ends, num_nodes=part.sizes[0])
    for cells in (part[0], part.whole):
        for name in set(cells.keys()) - {"split"}:
            data[name] = cells[name]
    if "split" in part[0]:
        for value, mask in enumerate(("train_mask", "val_mask", "test_mask")):
            data[mask] = (part[0].split == value).squeeze(1)
    for ours, theirs in (("x", "edge_attr"), ("weight", "edge_weight")):
        if part.rank >= 1 and ours in part[1]:
            there = part[1][ours]
            back = -there if part.is_odd(1, ours) else there
            data[theirs] = torch.cat([there, back][:copies])
    return data
