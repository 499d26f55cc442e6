"""Graphs and hypergraphs from and to PyTorch Geometric."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cochain.complexes.attributes import edge_ends
from cochain.complexes.complex import Complex
from cochain.complexes.optional import library
from cochain.errors import ComplexError


def from_pyg(data: Any) -> Complex:
    """Read a PyG `Data` or `Batch`: a graph, with one component for each graph of the batch.

    `x`, `y`, `pos` and the masks go to the nodes (y to the whole where it has one row per graph), `edge_attr` and
    `edge_weight` to rank 1 as `x` and `weight`. PyG lists each undirected edge twice; the two must agree, otherwise
    the graph is read as a digraph. The three masks also become `split`: 0 train, 1 validation, 2 test.

    A `HyperGraphData`, or a `Data` with a `hyperedge_index` of nodes and hyperedges, gives a hypergraph. A `HeteroData`
    gives one graph whose cells carry the number of their type as `type`: all node types in their order, one after
    another, and the edges of all edge types. Features of one width share their channels; of different widths, each type
    has channels of its own, zero elsewhere. Labels that some types lack are -1 (NaN for real numbers) there.

    Raises:
        ComplexError: for self loops, and for an edge that is there twice with other attributes or another type.
    """
    if hasattr(data, "node_types"):
        from cochain.complexes.pyg_hetero import flatten

        data = flatten(data)
    if is_hypergraph(data):
        return _with_nodes(_hypergraph(data), data)
    if not hasattr(data, "edge_index") or data.edge_index is None:
        raise ComplexError("data should have one edge_index, but has none; give a Data, Batch or HeteroData of PyG")
    counts = _counts(data, int(data.num_nodes))
    edges: Tensor = data.edge_index
    found = Complex.digraph(edges, counts)
    undirected = _undirected(found, data, edges)
    if undirected:
        found = Complex.graph(edges, counts)
    found = _with_edges(found, data, edges)
    return _with_nodes(found, data)


def _counts(data: Any, nodes: int) -> list[int]:
    batch: Tensor | None = getattr(data, "batch", None)
    if batch is None:
        return [nodes]
    graphs = int(getattr(data, "num_graphs", None) or batch.max() + 1)
    counts: list[int] = torch.bincount(batch, minlength=graphs).tolist()
    return counts


def is_hypergraph(data: Any) -> bool:
    """Whether PyG's data are a hypergraph."""
    return getattr(data, "hyperedge_index", None) is not None or type(data).__name__.startswith("HyperGraphData")


def _hypergraph(data: Any) -> Complex:
    pairs = getattr(data, "hyperedge_index", None)
    pairs = data.edge_index if pairs is None else pairs
    given = [getattr(data, name, None) for name in ("x", "pos", "batch")]
    stated = data._store.get("num_nodes") if hasattr(data, "_store") else None
    # A HyperGraphData guesses the number of its nodes from both rows of its index, so it is not asked.
    nodes = next((len(rows) for rows in given if rows is not None), stated)
    nodes = int(pairs[0].max()) + 1 if nodes is None and pairs.numel() else int(nodes or 0)
    found = Complex.hypergraph(pairs, _counts(data, nodes))
    for theirs, ours in (("edge_attr", "x"), ("hyperedge_attr", "x"), ("hyperedge_weight", "weight")):
        if getattr(data, theirs, None) is not None:
            found = found.with_cochain(1, ours, getattr(data, theirs))
    return found


def _undirected(directed: Complex, data: Any, edges: Tensor) -> bool:
    """Whether every edge has its reverse, with the same attributes."""
    back = directed.find(1, edges.flip(0).T)
    if bool((back < 0).any()):
        return False
    place = directed.find(1, edges.T)
    for name in ("edge_attr", "edge_weight", "edge_type"):
        value = getattr(data, name, None)
        if value is not None:
            rows = value.new_empty((directed.sizes[1], *value.shape[1:]))
            rows[place] = value
            if not torch.equal(rows[place], rows[back]):
                return False
    return True


def _with_edges(found: Complex, data: Any, edges: Tensor) -> Complex:
    for theirs, ours in (("edge_attr", "x"), ("edge_weight", "weight"), ("edge_type", "type")):
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
    for theirs, ours in (("x", "x"), ("pos", "pos"), ("node_type", "type")):
        if getattr(data, theirs, None) is not None:
            found = found.with_cochain(0, ours, getattr(data, theirs))
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


def to_pyg(
    complex_: Complex, node_types: Sequence[str] | None = None, edge_types: Sequence[tuple[str, str, str]] | None = None
) -> Any:
    """Give nodes and edges as a PyG `Data` (one component) or `Batch`; each undirected edge is listed both ways.

    The reverse of an edge carries the same tensors, odd ones with the opposite sign. A hypergraph gives one `Data` with
    a `hyperedge_index`, and with `batch` where it has several components. With names of types it gives a `HeteroData`,
    split by `c[0].type` and `c[1].type`.

    Args:
        complex_: with edges or hyperedges on rank 1.
        node_types: names of the types of nodes, in the order of their numbers.
        edge_types: for each number of an edge type its source, name and target.

    Raises:
        ComplexError: for a complex without components, and for a combinatorial complex, whose cells of rank 1 are
            neither edges nor all of it.
    """
    library("torch_geometric")
    from torch_geometric.data import Batch, Data

    if complex_.domain == "combinatorial":
        raise ComplexError("only complexes with edges become a PyG graph, but this is a combinatorial")
    if not len(complex_):
        raise ComplexError("a PyG graph should come from at least one component, but the complex has none")
    if node_types is not None:
        from cochain.complexes.pyg_hetero import to_hetero

        return to_hetero(complex_, node_types, edge_types or ())
    if complex_.domain == "hypergraph":
        return _hyper_data(complex_, Data)
    graphs = [_data(part, Data) for part in complex_.components()]
    return graphs[0] if len(graphs) == 1 else Batch.from_data_list(graphs)


def _hyper_data(complex_: Complex, make: Any) -> Any:
    members = complex_.faces(1, 0).pattern
    data = make(hyperedge_index=torch.stack([members.indices.long(), members.rows.long()]), num_nodes=complex_.sizes[0])
    _attach_nodes(complex_, data)
    for ours, theirs in (("x", "hyperedge_attr"), ("weight", "hyperedge_weight")):
        if ours in complex_[1]:
            data[theirs] = complex_[1][ours]
    if len(complex_) > 1:
        data.batch = complex_.component_of(0)
    return data


def _data(part: Complex, make: Any) -> Any:
    ends = edge_ends(part).T if part.rank >= 1 else torch.zeros(2, 0, dtype=torch.int64)
    copies = 1 if part.domain == "digraph" else 2
    data = make(edge_index=torch.cat([ends, ends.flip(0)], dim=1) if copies == 2 else ends, num_nodes=part.sizes[0])
    _attach_nodes(part, data)
    for ours, theirs in (("x", "edge_attr"), ("weight", "edge_weight"), ("type", "edge_type")):
        if part.rank >= 1 and ours in part[1]:
            there = part[1][ours]
            back = -there if part.is_odd(1, ours) else there
            data[theirs] = torch.cat([there, back][:copies])
    return data


def _attach_nodes(complex_: Complex, data: Any) -> None:
    for cells in (complex_[0], complex_.whole):
        for name in set(cells.keys()) - {"split"}:
            data["node_type" if name == "type" else name] = cells[name]
    if "split" in complex_[0]:
        for value, mask in enumerate(("train_mask", "val_mask", "test_mask")):
            data[mask] = (complex_[0].split == value).squeeze(1)
