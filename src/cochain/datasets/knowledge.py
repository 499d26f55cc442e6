"""Readers of knowledge graphs: triples of an entity, a relation and an entity.

A triple is a hyperedge of two entities, so that several relations may hold between the same two; `forward` says whether
it runs from the lower entity to the higher. Its relation is what is asked for.
"""

from collections.abc import Mapping

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.io.lines import parse_lines
from cochain.datasets.damage import require, require_nodes
from cochain.datasets.records import Dataset
from cochain.datasets.tensors import attach, with_task

PARTS = ("train", "valid", "test")


def numbered(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read triples of numbers `head tail relation` after a line with their count."""
    parts = []
    for part in PARTS:
        path, data = next((path, data) for path, data in contents.items() if part in path.rsplit("/", 1)[1])
        lines = parse_lines(data, path, skip=1)
        parts.append(require_nodes(lines.table(3), 1 << 24, path))
    triples = np.concatenate(parts)
    sizes = [len(part) for part in parts]
    return _build(triples[:, [0, 2, 1]], int(triples[:, :2].max()) + 1, sizes)


def named(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read lines of three names, divided by tabs: head, relation, tail; names are numbered in order."""
    tables = []
    for part in PARTS:
        path, data = next((path, data) for path, data in contents.items() if path.endswith(f"/{part}.txt"))
        cells = np.array(data.replace(b"\r", b"").rstrip(b"\n").replace(b"\n", b"\t").split(b"\t"))
        require(
            len(cells) % 3 == 0 and data.count(b"\t") * 3 == len(cells) * 2, path, "three names in a line", "has others"
        )
        tables.append(cells.reshape(-1, 3))
    cells = np.concatenate(tables)
    entities, ends = np.unique(cells[:, [0, 2]], return_inverse=True)
    relation = np.unique(cells[:, 1], return_inverse=True)[1]
    triples = np.stack([ends.reshape(-1, 2)[:, 0], relation, ends.reshape(-1, 2)[:, 1]], axis=1)
    return _build(triples, len(entities), [len(table) for table in tables])


def _build(triples: np.ndarray, entities: int, sizes: list[int]) -> Complex:
    """Make hyperedges of triples (n, 3) of head, relation, tail; the parts follow one another."""
    head, relation, tail = triples.T
    number = np.arange(len(triples))
    loops = head == tail
    nodes, owner = np.concatenate([head, tail[~loops]]), np.concatenate([number, number[~loops]])
    complex_ = Complex.hypergraph(np.stack([nodes, owner]), num_nodes=entities)
    complex_ = attach(complex_, 1, "forward", head <= tail)
    return with_task(complex_, 1, relation, np.repeat(np.arange(len(sizes)), sizes)[:, None])
