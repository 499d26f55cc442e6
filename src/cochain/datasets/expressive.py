"""Readers of the families of graphs that tell apart how much networks can tell apart."""

import io
from collections.abc import Mapping

import numpy as np
import scipy.sparse

from cochain.complexes import Complex
from cochain.complexes.io.limits import NUMPY_DAMAGE
from cochain.complexes.io.lines import parse_lines
from cochain.datasets.damage import kind_of, require
from cochain.datasets.graph6 import parse_graph6
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, VALIDATION, fold_splits, stratified_folds
from cochain.datasets.tensors import attach, with_task
from cochain.datasets.tu import parse_graphs
from cochain.datasets.unpickle import read_pickle
from cochain.errors import DataError

CLASSES, COPIES = 10, 15


def family(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read graphs in graph6, which are pairwise not isomorphic: a network should give no two of them one answer."""
    ((path, data),) = contents.items()
    found = parse_graph6(data.split(), path)
    return Complex.graph(found.edges, num_nodes=found.counts)


def pairs(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read pairs of graphs that are not isomorphic: `whole.pair` numbers the pairs, `whole.category` the files."""
    lines: list[bytes] = []
    category: list[int] = []
    for number, (path, data) in enumerate(contents.items()):
        more = _texts(data, path)
        require(len(more) % 2 == 0, path, "pairs of graphs", f"has {len(more)} graphs")
        lines += more
        category += [number] * len(more)
    found = parse_graph6(lines, dataset.name)
    complex_ = attach(Complex.graph(found.edges, num_nodes=found.counts), "whole", "pair", np.arange(len(lines)) // 2)
    return attach(complex_, "whole", "category", np.array(category))


def _texts(data: bytes, name: str) -> list[bytes]:
    """Read an array of graph6 texts, flat or in pairs."""
    try:
        found = np.load(io.BytesIO(data), allow_pickle=False)
    except (OSError, *NUMPY_DAMAGE) as error:
        raise DataError(f"{name} should be an array of texts, but cannot be read ({error}); load it again") from error
    require(found.dtype.kind in "SU", name, "texts in graph6", f"holds {kind_of(found)}")
    texts: list[bytes] = np.char.encode(found, "latin1").ravel().tolist() if found.dtype.kind == "U" else found.ravel()
    return list(texts)


def circulant(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the circular skip links: 15 copies of each of 10 graphs; the loops that the file adds are left out."""
    path = next(path for path in contents if path.endswith(".pkl"))
    found = read_pickle(contents[path], path)
    graphs = found if isinstance(found, list) else []
    fits = len(graphs) == CLASSES * COPIES and all(isinstance(graph, scipy.sparse.csr_matrix) for graph in graphs)
    require(fits, path, f"{CLASSES * COPIES} sparse matrices", f"holds {kind_of(found)}")
    joined = scipy.sparse.block_diag(graphs, format="coo")
    upper = joined.row < joined.col
    edges = np.stack([joined.row[upper], joined.col[upper]]).astype(np.int64)
    y = np.arange(len(graphs)) // COPIES
    split = np.full((len(graphs), dataset.folds), UNUSED, dtype=np.int8)
    for part, ending in ((TRAIN, "train"), (VALIDATION, "val"), (TEST, "test")):
        place = next(path for path in contents if path.endswith(f"CSL_{ending}.index"))
        lines = parse_lines(contents[place], place, separators=b",")
        fold = np.repeat(np.arange(len(lines.lengths)), lines.lengths)
        inside = bool(lines.values.size and lines.values.min() >= 0 and lines.values.max() < len(graphs))
        require(inside and fold.max() < dataset.folds, place, f"{dataset.folds} lines of graphs", "has others")
        split[lines.values, fold] = part
    counts = np.array([graph.shape[0] for graph in graphs])
    return with_task(Complex.graph(edges, num_nodes=counts), "whole", y, split)


def satisfiable(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read graphs of formulas: is a formula satisfiable? x tells literals from clauses; ten stratified folds.

    Graphs 2 k and 2 k + 1 are a pair that colour refinement cannot tell apart, one satisfiable and one not; both lie in
    the same part, and `whole.pair` numbers them.
    """
    ((path, data),) = contents.items()
    graphs = parse_graphs(data, path)
    y = np.unique(graphs.labels, return_inverse=True)[1]
    pair = np.arange(len(y)) // 2
    fold = stratified_folds(np.zeros(len(y) // 2, dtype=np.int64), dataset.folds, seed=0)[pair]
    x = (graphs.tags[:, None] == np.unique(graphs.tags)).astype(np.float32)
    complex_ = Complex.graph(graphs.edges, num_nodes=graphs.counts)
    complex_ = with_task(complex_, "whole", y, fold_splits(fold, dataset.folds), x)
    return attach(complex_, "whole", "pair", pair)
