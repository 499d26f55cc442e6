"""PyG's heterogeneous graphs, whose nodes and edges have types: from and to one graph with the types as numbers."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from cochain.complexes.attributes import edge_ends
from cochain.complexes.complex import Complex
from cochain.errors import ComplexError

MASKS = ("train_mask", "val_mask", "test_mask")


def flatten(data: Any) -> SimpleNamespace:
    """Give one graph with the fields that PyG's `Data` has, nodes and edges of all types one after another."""
    counts = {kind: _count(data[kind], kind) for kind in data.node_types}
    sizes = list(counts.values())
    first = dict(zip(counts, torch.tensor([0, *sizes]).cumsum(0).tolist(), strict=False))
    flat = SimpleNamespace(num_nodes=sum(sizes), node_type=_types(sizes), num_graphs=None)
    stores = [data[kind] for kind in data.node_types]
    for name in ("x", "pos"):
        setattr(flat, name, _stack(stores, name, sizes))
    flat.y = _fill([store.get("y") for store in stores], sizes)
    for mask in MASKS:
        given = [store.get(mask) for store in stores]
        parts = [torch.zeros(n, dtype=torch.bool) if own is None else own for own, n in zip(given, sizes, strict=True)]
        setattr(flat, mask, torch.cat(parts) if any(own is not None for own in given) else None)
    if any("batch" in store for store in stores):
        raise ComplexError("a HeteroData should be one graph, but is a batch; take its graphs with .to_data_list()")
    links = [data[kind] for kind in data.edge_types]
    edges = [
        store.edge_index + torch.tensor([[first[source]], [first[target]]])
        for (source, _, target), store in zip(data.edge_types, links, strict=True)
    ]
    widths = [part.shape[1] for part in edges]
    flat.edge_index = torch.cat(edges, dim=1) if edges else torch.zeros(2, 0, dtype=torch.int64)
    flat.edge_type = _types(widths)
    for name in ("edge_attr", "edge_weight"):
        setattr(flat, name, _stack(links, name, widths))
    return flat


def _count(store: Any, kind: str) -> int:
    """Give the number of nodes of a type: PyG itself only guesses where it is not stated, and warns."""
    rows = [store[name] for name in ("x", "pos", "y", *MASKS, "node_id") if store.get(name) is not None]
    if "num_nodes" not in store and not rows:
        raise ComplexError(f"nodes of type '{kind}' should have features or num_nodes, but have neither; set one")
    return int(store["num_nodes"]) if "num_nodes" in store else len(rows[0])


def _types(counts: Sequence[int]) -> Tensor:
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts, dtype=torch.int64))


def _stack(stores: Sequence[Any], name: str, sizes: Sequence[int]) -> Tensor | None:
    """Put features of types below one another: in the same channels where all have one width, else each in its own."""
    given = [store.get(name) for store in stores]
    present = [own for own in given if own is not None]
    if not present:
        return None
    if any(own.ndim > 2 for own in present):
        raise ComplexError(f"'{name}' should be (cells, channels) on every type, but has more axes; flatten it")
    if len(present) == len(given) and len({tuple(own.shape[1:]) for own in present}) == 1:
        return torch.cat(present)
    rows = [torch.zeros(n, 0) if own is None else own.reshape(n, -1) for own, n in zip(given, sizes, strict=True)]
    stacked: Tensor = torch.block_diag(*rows)  # type: ignore[no-untyped-call]
    return stacked


def _fill(given: Sequence[Tensor | None], sizes: Sequence[int]) -> Tensor | None:
    """Put labels below one another; a type without gets -1, or NaN among real numbers."""
    present = [own for own in given if own is not None]
    if not present:
        return None
    if len({tuple(own.shape[1:]) for own in present}) > 1:
        raise ComplexError("'y' should have one width on all types that have it, but has several; remove one")
    nothing = float("nan") if present[0].is_floating_point() else -1
    rest = present[0].shape[1:]
    return torch.cat(
        [
            torch.full((n, *rest), nothing, dtype=present[0].dtype) if own is None else own
            for own, n in zip(given, sizes, strict=True)
        ]
    )


def to_hetero(complex_: Complex, node_types: Sequence[str], edge_types: Sequence[tuple[str, str, str]]) -> Any:
    """Give a `HeteroData` of the types on ranks 0 and 1; see `cochain.complexes.pyg.to_pyg`."""
    from torch_geometric.data import HeteroData

    _check_types(complex_, node_types, edge_types)
    kinds, links = complex_[0].type.long(), complex_[1].type.long()
    data, place = HeteroData(), torch.empty_like(kinds)
    for number, name in enumerate(node_types):
        mine = (kinds == number).nonzero()[:, 0]
        place[mine] = torch.arange(len(mine))
        data[name].num_nodes = len(mine)
        for tensor in set(complex_[0].keys()) - {"type", "split"}:
            data[name][tensor] = complex_[0][tensor][mine]
        if "split" in complex_[0]:
            for value, mask in enumerate(MASKS):
                data[name][mask] = (complex_[0].split[mine] == value).squeeze(1)
    _add_links(complex_, data, place, kinds, links, node_types, edge_types)
    return data


def _check_types(complex_: Complex, node_types: Sequence[str], edge_types: Sequence[tuple[str, str, str]]) -> None:
    if len(complex_) != 1:
        raise ComplexError(f"a HeteroData should come from one component, but there are {len(complex_)}; select one")
    if complex_.domain == "hypergraph" or complex_.rank < 1:
        raise ComplexError(f"a HeteroData should come from a graph, but this is a {complex_.domain}")
    if not edge_types or "type" not in complex_[0] or "type" not in complex_[1]:
        raise ComplexError(
            "a HeteroData needs c[0].type, c[1].type and the names of both, node_types and edge_types, but one is "
            "missing"
        )
    both = (("node", complex_[0].type, node_types), ("edge", complex_[1].type, edge_types))
    for what, numbers, names in both:
        if numbers.numel() and (int(numbers.min()) < 0 or int(numbers.max()) >= len(names)):
            raise ComplexError(f"every {what} type should have a name, but {int(numbers.max())} is beyond {len(names)}")


def _add_links(
    complex_: Complex, data: Any, place: Tensor, kinds: Tensor, links: Tensor, node_types: Sequence[str],
    edge_types: Sequence[tuple[str, str, str]],
) -> None:  # fmt: skip
    """Add the edges of every type, an undirected one in the direction that its type has, or both ways within one."""
    ends = edge_ends(complex_)
    for number, (source, _, target) in enumerate(edge_types):
        mine = (links == number).nonzero()[:, 0]
        own = ends[mine]
        first, last = node_types.index(source), node_types.index(target)
        swap = kinds[own[:, 0]] != first if complex_.domain != "digraph" else torch.zeros(len(own), dtype=torch.bool)
        own = torch.where(swap[:, None], own.flip(1), own)
        if bool((kinds[own] != torch.tensor([first, last])).any()):
            raise ComplexError(f"edges of type {edge_types[number]} should join these types, but some join others")
        both = complex_.domain != "digraph" and source == target
        rows = place[torch.cat([own, own.flip(1)]) if both else own]
        store = data[edge_types[number]]
        store.edge_index = rows.T.contiguous()
        for ours, theirs in (("x", "edge_attr"), ("weight", "edge_weight")):
            if ours in complex_[1]:
                values = complex_[1][ours][mine]
                if complex_.is_odd(1, ours):
                    turned = torch.where(swap, -1, 1).to(values.dtype).reshape(-1, *[1] * (values.ndim - 1))
                    there, back = values * turned, -values * turned
                else:
                    there = back = values
                store[theirs] = torch.cat([there, back]) if both else there
