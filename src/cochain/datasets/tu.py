"""Reader of the TU collections of graphs: the text format of Xu et al., 2019, the ten folds of Zhang et al., 2018."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.complexes.io.lines import Lines, parse_lines, whole
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, carve_validation
from cochain.datasets.tensors import distinct, one_hot, with_task, without_loops
from cochain.errors import DataError

FOLDS = 10
VALIDATION_SHARE = 1 / 9  # of the training part: as many graphs as in the test part
LARGEST_TEXT = 1 << 28


class Graphs(NamedTuple):
    """A collection of graphs as arrays over all of its nodes."""

    counts: np.ndarray
    """Nodes of every graph, int64 (graphs,)."""
    labels: np.ndarray
    """Label of every graph as in the file, int64 (graphs,)."""
    tags: np.ndarray
    """Tag of every node as in the file, int64 (nodes,)."""
    edges: np.ndarray
    """Edges between nodes numbered over the whole collection, int64 (2, m), loops left out."""
    attributes: np.ndarray
    """Further numbers of every node, float64 (nodes, channels), often with no channel."""


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read one collection; option `tags`, `degrees` or `ones` says what x holds, `positions` asks for pos.

    Option `attributes`: a second file holds further numbers of every node, which follow the tags in x, standardised.
    """
    path, data = next((path, data) for path, data in contents.items() if path.endswith(".zip"))
    texts = read_zip(data, path)
    text = next((name for name in texts if name.endswith(".txt") and "10fold_idx" not in name), None)
    if text is None:
        raise DataError(f"{path} should hold a text of graphs, but has none; remove the file and load again")
    graphs = parse_graphs(texts[text], f"{path}:{text}")
    y = np.unique(graphs.labels, return_inverse=True)[1]
    split = carve_validation(parse_folds(texts, path, len(y)), y, VALIDATION_SHARE, seed=0)
    complex_ = Complex.graph(graphs.edges, num_nodes=graphs.counts)
    x = features(graphs, dataset.options)
    if "attributes" in dataset.options:
        x = np.concatenate([x, _attributes(contents, len(x))], axis=1)
    complex_ = with_task(complex_, "whole", y, split, x)
    if "positions" in dataset.options:
        complex_ = complex_.with_cochain(0, "pos", torch.from_numpy(graphs.attributes.astype(np.float32)))
    return complex_


def features(graphs: Graphs, options: tuple[str, ...]) -> np.ndarray:
    """Give x: one channel per tag that occurs, or per degree that occurs, or a single channel of ones.

    Option `degrees<k`: degrees of k - 1 and more share a channel.
    """
    nodes = len(graphs.tags)
    if "tags" in options:
        return one_hot(graphs.tags)
    asked = next((option for option in options if option.startswith("degrees")), None)
    if asked:
        low, high = graphs.edges.min(axis=0), graphs.edges.max(axis=0)
        key = distinct(low * nodes + high)
        degree = np.bincount(np.concatenate([key // nodes, key % nodes]), minlength=nodes)
        return one_hot(np.minimum(degree, int(asked.partition("<")[2] or nodes) - 1))
    return np.ones((nodes, 1), dtype=np.float32)


def _attributes(contents: Mapping[str, bytes], nodes: int) -> np.ndarray:
    """Read a text of numbers, one line per node, and bring every column to mean 0 and deviation 1."""
    path, data = next((path, data) for path, data in contents.items() if path.endswith("_node_attributes.txt"))
    lines = parse_lines(data, path, separators=b",")
    rows = lines.table(int(lines.lengths[0])).astype(np.float64)
    if len(rows) != nodes:
        raise DataError(f"{path} should have {nodes} lines, one for each node, but has {len(rows)}; load it again")
    spread = rows.std(axis=0)
    return ((rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1)).astype(np.float32)


def read_zip(data: bytes, name: str) -> dict[str, bytes]:
    """Read the text members of an archive.

    Raises:
        DataError: for an archive that is damaged, or unpacks to more than any collection needs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [entry for entry in archive.infolist() if entry.filename.endswith(".txt")]
            if sum(entry.file_size for entry in members) > LARGEST_TEXT:
                raise DataError(f"{name} should unpack to less than {LARGEST_TEXT:,} bytes, but claims more; remove it")
            return {entry.filename: archive.read(entry) for entry in members}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(
            f"{name} should be a zip archive, but cannot be read ({error}); remove it and load again"
        ) from error


def parse_folds(texts: Mapping[str, bytes], name: str, graphs: int) -> np.ndarray:
    """Read the ten pairs of lists of graphs as a split (graphs, 10) of training and test parts."""
    split = np.full((graphs, FOLDS), UNUSED, dtype=np.int8)
    for k in range(FOLDS):
        for part, ending in ((TRAIN, f"10fold_idx/train_idx-{k + 1}.txt"), (TEST, f"10fold_idx/test_idx-{k + 1}.txt")):
            member = next((text for text in texts if text.endswith(ending)), None)
            if member is None:
                raise DataError(f"{name} should hold {ending}, but does not; remove the file and load again")
            chosen = _part(texts[member], f"{name}:{member}", split[:, k])
            split[chosen, k] = part
    return split


def _part(data: bytes, name: str, fold: np.ndarray) -> np.ndarray:
    """Read the graphs of one part, one number in a line, none of which may be in a part of the fold already."""
    lines = parse_lines(data, name)
    chosen = lines.table(1)[:, 0]
    wrong = np.flatnonzero((chosen < 0) | (chosen >= len(fold)) | (chosen != np.floor(chosen)))
    if len(wrong):
        raise lines.broken(wrong[0], f"should be a graph from 0 to {len(fold) - 1}", f"is {chosen[wrong[0]]}")
    chosen = chosen.astype(np.int64)
    again = np.ones(len(chosen), dtype=bool)
    again[np.unique(chosen, return_index=True)[1]] = False
    wrong = np.flatnonzero(again | (fold[chosen] != UNUSED))
    if len(wrong):
        raise lines.broken(
            wrong[0], "a graph should be in one part of a fold, once", f"graph {chosen[wrong[0]]} is not"
        )
    return chosen


def parse_graphs(data: bytes, name: str) -> Graphs:
    """Read the number of graphs; per graph a line of size and label; per node tag, degree, neighbours, attributes.

    Raises:
        DataError: with file and line, when a line does not fit.
    """
    lines = parse_lines(data, name)
    counts, labels, headers = _headers(lines)
    is_node = np.ones(len(lines.lengths), dtype=bool)
    is_node[headers] = False
    is_node[0] = False
    rows = np.flatnonzero(is_node)[: counts.sum()]
    start, length = lines.offsets[rows], lines.lengths[rows]
    short = np.flatnonzero(length < 2)
    if len(short):
        but = f"has {length[short[0]]} entries"
        raise lines.broken(rows[short[0]], "should have a tag, a degree and the neighbours", but)
    tags, degree = _whole(lines, rows, start), _whole(lines, rows, start + 1)
    further = length - 2 - degree
    wrong = np.flatnonzero((degree < 0) | (further < 0) | (further != further[:1]))
    if len(wrong):
        row = wrong[0]
        should = f"should have {degree[row]} neighbours" + (f" and {further[0]} attributes" if further[0] > 0 else "")
        raise lines.broken(rows[row], should, f"has {length[row] - 2} numbers")
    places = _ranges(start + 2, degree)
    graph = np.repeat(np.arange(len(counts)), counts)
    edges = _edges(lines, rows, places, degree, counts, graph)
    channels = int(further[0]) if len(rows) else 0
    attributes = lines.values[_ranges(start + 2 + degree, further)].reshape(len(rows), channels)
    return Graphs(counts, labels, tags, edges, attributes.astype(np.float64))


def _headers(lines: Lines) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walk from header to header: nodes and label of every graph, and the lines where they stand."""
    lengths, values, offsets = lines.lengths, lines.values, lines.offsets
    if not len(lengths) or lengths[0] != 1:
        raise lines.broken(0, "should be the number of graphs", f"has {lengths[0] if len(lengths) else 0} entries")
    counts: list[int] = []
    labels: list[int] = []
    headers: list[int] = []
    line, total = 1, values[0]
    while len(headers) < total:
        if line >= len(lengths) or lengths[line] != 2:
            raise lines.broken(line, f"should have the size and label of graph {len(headers)} of {total}", "has not")
        nodes, label = values[offsets[line]].item(), values[offsets[line] + 1].item()
        if nodes < 0 or nodes != int(nodes) or label != int(label) or line + nodes >= len(lengths) or abs(label) > 1e9:
            should = f"should have a size and a label, and lines of {nodes} nodes should follow"
            raise lines.broken(line, should, f"{len(lengths) - line - 1} lines follow")
        counts.append(int(nodes))
        labels.append(int(label))
        headers.append(line)
        line += int(nodes) + 1
    if lengths[line:].any():
        raise lines.broken(line, f"the file should end after {total} graphs", "goes on")
    return np.array(counts, np.int64), np.array(labels, np.int64), np.array(headers, np.int64)


def _whole(lines: Lines, rows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Give the numbers at `places` as int64, one per row."""
    found = lines.values[places]
    numbers = whole(found)
    wrong = np.flatnonzero(numbers != found)
    if len(wrong):
        raise lines.broken(rows[wrong[0]], "tag and degree should be whole numbers", f"one is {found[wrong[0]]}")
    return numbers


def _ranges(start: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Give start[i], start[i] + 1, ..., start[i] + length[i] - 1 for every i, one after the other."""
    first = np.cumsum(length) - length
    return np.repeat(start - first, length) + np.arange(length.sum())


def _edges(
    lines: Lines, rows: np.ndarray, places: np.ndarray, degree: np.ndarray, counts: np.ndarray, graph: np.ndarray
) -> np.ndarray:
    """Give edges (2, m) from the lists of neighbours, each edge once where the lists are symmetric."""
    near = lines.values[places]
    fits = (near >= 0) & (near < np.repeat(counts[graph], degree))
    if near.dtype.kind == "f":
        fits &= near == np.floor(near)
    owner = np.repeat(np.arange(len(rows)), degree)
    if not fits.all():
        wrong = int(np.argmin(fits))
        row = owner[wrong]
        raise lines.broken(rows[row], f"neighbours should be below {counts[graph[row]]}", f"one is {near[wrong]}")
    first = (np.cumsum(counts) - counts)[graph]
    edges = without_loops(np.stack([owner, near.astype(np.int64) + np.repeat(first, degree)]))
    forward = edges[0] < edges[1]
    one, other = edges[:, forward], edges[::-1, ~forward]
    # Half of a symmetric list is enough, and halves the sorting; equal sums of keys tell a symmetric list.
    key_sums = [int((part[0] * len(rows) + part[1]).sum()) for part in (one, other)]
    return one if one.shape == other.shape and key_sums[0] == key_sums[1] else edges
