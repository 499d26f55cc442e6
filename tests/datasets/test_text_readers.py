"""Readers of text files: worked by hand, every message, and damage of any kind."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.datasets import geom_gcn, hypergraphs, tu
from cochain.datasets.records import Dataset
from cochain.errors import DataError
from damage import damaged

# Two graphs: a triangle with a tail (label 5), and two nodes, one with a loop (label -1).
GRAPHS = b"""2
4 5
7 2 1 2
7 2 0 2
9 3 0 1 3
7 1 2
2 -1
9 2 0 1
7 1 0
"""


def test_graphs_by_hand() -> None:
    found = tu.parse_graphs(GRAPHS, "g")
    np.testing.assert_array_equal(found.counts, [4, 2])
    np.testing.assert_array_equal(found.labels, [5, -1])
    np.testing.assert_array_equal(found.tags, [7, 7, 9, 7, 9, 7])
    assert found.attributes.shape == (6, 0)
    assert {tuple(sorted(edge)) for edge in found.edges.T.tolist()} == {(0, 1), (0, 2), (1, 2), (2, 3), (4, 5)}


def test_attributes_and_lists_of_one_direction() -> None:
    found = tu.parse_graphs(b"1\n3 0\n0 0 0.5 1\n0 1 0 -2 3e2\n1 1 0 0 0\n", "g")
    np.testing.assert_array_equal(found.attributes, [[0.5, 1], [-2, 300], [0, 0]])
    assert {tuple(sorted(edge)) for edge in found.edges.T.tolist()} == {(0, 1), (0, 2)}


def test_features_by_option() -> None:
    graphs = tu.parse_graphs(GRAPHS, "g")
    np.testing.assert_array_equal(tu.features(graphs, ("tags",)), np.eye(2)[[0, 0, 1, 0, 1, 0]])
    np.testing.assert_array_equal(tu.features(graphs, ("degrees",)), np.eye(3)[[1, 1, 2, 0, 0, 0]])
    np.testing.assert_array_equal(tu.features(graphs, ("ones",)), np.ones((6, 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"2\n4", b"2 2\n4", r"g, line 1: should be the number of graphs, but has 2 entries"),
        (b"2\n4", b"3\n4", r"g, line 10: should have the size and label of graph 2 of 3, but has not"),
        (b"2\n4", b"1\n4", r"g, line 7: the file should end after 1 graphs, but goes on"),
        (b"4 5", b"4 5 5", r"g, line 2: should have the size and label of graph 0 of 2"),
        (b"4 5", b"40 5", r"g, line 2: should have a size and a label, and lines of 40 nodes .*but 7 lines follow"),
        (b"7 2 1 2\n", b"7\n", r"g, line 3: should have a tag, a degree and the neighbours, but has 1 entries"),
        (b"9 3 0 1 3", b"9 3 0 1", r"g, line 5: should have 3 neighbours, but has 2 numbers"),
        (b"9 3 0 1 3", b"9 3 0 1 4", r"g, line 5: neighbours should be below 4, but one is 4; the file is damaged"),
        (b"9 3 0 1 3", b"9 3 0 1 -1", r"g, line 5: neighbours should be below 4, but one is -1"),
        (b"9 3 0 1 3", b"9.5 3 0 1 3", r"g, line 5: tag and degree should be whole numbers, but one is 9.5"),
        (b"7 1 0\n", b"7 1 zero\n", r"g, line 9: every entry should be a number, but one is b'zero'"),
    ],
)
def test_broken_graphs_are_refused_by_line(old: bytes, new: bytes, message: str) -> None:
    assert old in GRAPHS
    with pytest.raises(DataError, match=message):
        tu.parse_graphs(GRAPHS.replace(old, new, 1), "g")


def folds(**changes: bytes) -> dict[str, bytes]:
    texts = {}
    for k in range(10):
        texts[f"N/10fold_idx/test_idx-{k + 1}.txt"] = f"{k}\n{k + 10}\n".encode()
        texts[f"N/10fold_idx/train_idx-{k + 1}.txt"] = "".join(f"{i}\n" for i in range(20) if i % 10 != k).encode()
    return texts | {f"N/10fold_idx/{name.replace('_', '_idx-')}.txt": text for name, text in changes.items()}


def test_folds_by_hand() -> None:
    split = tu.parse_folds(folds(), "z", 20)
    np.testing.assert_array_equal(split == 2, np.tile(np.eye(10, dtype=bool), (2, 1)))
    assert set(np.unique(split)) == {0, 2}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"test_3": b"2\n20\n"}, r"z:N/10fold_idx/test_idx-3.txt, line 2: should be a graph from 0 to 19, but is 20"),
        (
            {"test_3": b"2\n1\n"},
            r"test_idx-3.txt, line 2: a graph should be in one part of a fold, once, but graph 1 is not",
        ),
        (
            {"test_3": b"2\n2\n"},
            r"test_idx-3.txt, line 2: a graph should be in one part of a fold, once, but graph 2 is not",
        ),
        ({"test_3": b"2 12\n"}, r"test_idx-3.txt, line 1: should have 1 entries, but has 2"),
    ],
)
def test_broken_folds_are_refused(change: dict[str, bytes], message: str) -> None:
    with pytest.raises(DataError, match=message):
        tu.parse_folds(folds(**change), "z", 20)


def test_a_missing_fold_is_named() -> None:
    texts = folds()
    del texts["N/10fold_idx/test_idx-7.txt"]
    with pytest.raises(DataError, match=r"z should hold 10fold_idx/test_idx-7.txt, but does not"):
        tu.parse_folds(texts, "z", 20)


def archive(texts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, text in texts.items():
            target.writestr(name, text)
    return stream.getvalue()


ZIP = archive(folds() | {"N/N.txt": b"20\n" + b"2 0\n0 1 1\n0 1 0\n1 1\n0 0\n" * 10, "N/.DS_Store": b"\0"})


def toy(**fields: object) -> Dataset:
    texts = dict.fromkeys(("name", "title", "features", "protocol", "metric", "licence", "citation", "reader"), "toy")
    numbers = {"classes": 2, "components": 20, "sizes": (30, 10), "channels": 1, "folds": 10}
    return Dataset(domain="graph", target="whole", kind="classification", **{**texts, **numbers, **fields})


def test_a_collection_becomes_one_union() -> None:
    c = tu.read(toy(options=("tags",)), {"tu/N.zip": ZIP})
    assert (len(c), c.sizes) == (20, (30, 10))
    np.testing.assert_array_equal(c.whole.y, [0, 1] * 10)
    split = c.whole.split.numpy()
    assert (split == 2).sum() == 20
    assert ((split == 1).sum(axis=0) == 2).all()
    np.testing.assert_array_equal(c.offsets(0)[:4], [0, 2, 3, 5])


def test_archives_without_graphs_and_too_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"a.zip should hold a text of graphs, but has none"):
        tu.read(toy(), {"a.zip": archive(folds())})
    with pytest.raises(DataError, match=r"a.zip should be a zip archive, but cannot be read"):
        tu.read_zip(ZIP[:400], "a.zip")
    monkeypatch.setattr(tu, "LARGEST_TEXT", 100)
    with pytest.raises(DataError, match=r"a.zip should unpack to less than 100 bytes, but claims more"):
        tu.read_zip(ZIP, "a.zip")


NODES = b"node_id\tfeature\tlabel\n1\t0,1,0\t4\n0\t1,0,1\t2\n"
LISTED = b"node_id\tfeature\tlabel\n2\t5\t1\n0\t0,5,0\t0\n1\t3,1\t2\n"
EDGES = b"node_id\tnode_id\n0\t1\n1\t1\n1\t0\n"


def test_nodes_by_hand() -> None:
    x, y = geom_gcn.parse_nodes(NODES, "n")
    np.testing.assert_array_equal(x, [[1, 0, 1], [0, 1, 0]])
    np.testing.assert_array_equal(y, [2, 4])
    x, y = geom_gcn.parse_nodes(LISTED, "n", indices=6)
    np.testing.assert_array_equal(x, [[1, 0, 0, 0, 0, 1], [0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1]])
    np.testing.assert_array_equal(y, [0, 2, 1])
    np.testing.assert_array_equal(geom_gcn.parse_edges(EDGES, "e", 2), [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"0\t1,0,1\t2", b"1\t1,0,1\t2", r"n, line 2: the nodes should be 0 to 1, each once, but node 0 is missing"),
        (b"0\t1,0,1\t2", b"0\t1,0\t2", r"n, line 3: should have 3 features as the first line, but has 2"),
        (b"0\t1,0,1\t2", b"0\t", r"n, line 3: should have a node, its features and a class, all whole numbers"),
        (b"0\t1,0,1\t2", b"0\t1,0,.5\t2", r"n, line 2: should have a node, its features and a class"),
        (b"0\t1,0,1\t2", b"0\t1,0,?\t2", r"n, line 3: every entry should be a number, but one is b'\?'"),
    ],
)
def test_broken_nodes_are_refused_by_line(old: bytes, new: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        geom_gcn.parse_nodes(NODES.replace(old, new), "n")


def test_features_and_edges_out_of_range() -> None:
    with pytest.raises(DataError, match=r"n: features should be numbers from 0 to 4, but one is 5; the file"):
        geom_gcn.parse_nodes(LISTED, "n", indices=5)
    with pytest.raises(DataError, match=r"e, line 2: an edge should join two of 1 nodes, but joins \[0, 1\]"):
        geom_gcn.parse_edges(EDGES, "e", 1)


def masks(**changes: np.ndarray) -> bytes:
    arrays = {
        f"{part}_mask": (np.arange(6) % 3 == k).astype(np.uint8) for k, part in enumerate(("train", "val", "test"))
    }
    stream = io.BytesIO()
    np.savez(stream, **(arrays | changes))
    return stream.getvalue()


def test_masks_become_a_split() -> None:
    np.testing.assert_array_equal(geom_gcn.parse_split(masks(), "m", 6), [[0], [1], [2], [0], [1], [2]])
    with pytest.raises(DataError, match=r"m should have three masks of 7 nodes, but they have shapes \[\(6,\), \(6,\)"):
        geom_gcn.parse_split(masks(), "m", 7)
    with pytest.raises(DataError, match=r"m: an item should be in one part, but item 0 is in 2 parts of fold 0"):
        geom_gcn.parse_split(masks(val_mask=np.ones(6, np.uint8)), "m", 6)
    with pytest.raises(DataError, match=r"m should hold the arrays train_mask, .* cannot be read \(ValueError: Object"):
        geom_gcn.parse_split(masks(val_mask=np.array([None] * 6)), "m", 6)
    with pytest.raises(DataError, match=r"m should hold the arrays .* \(BadZipFile"):
        geom_gcn.parse_split(masks()[:300], "m", 6)


CONTENT = b"1\t0.5\t0\t2\n0\t1\t1\t4\n"
MEMBERS = b"1\t9\n0\t9\n0\t7\n0\t9\n"


def test_hypergraph_by_hand() -> None:
    found = hypergraphs.parse(CONTENT, MEMBERS, "c", "e")
    np.testing.assert_array_equal(found.x, [[1, 1], [0.5, 0]])
    np.testing.assert_array_equal(found.y, [1, 0])
    np.testing.assert_array_equal(found.pairs, [[0, 0, 1], [0, 1, 1]])


@pytest.mark.parametrize(
    ("content", "edges", "message"),
    [
        (b"1\t2\n", MEMBERS, r"c, line 1: should have a node, its features and a class, but has 2 entries"),
        (b"1\t0\t2\n1\t0\t2\n", MEMBERS, r"c, line 1: the nodes should be 0 to 1, each once, but node 0 is missing"),
        (b"0\t0\t2\n1\t0\t2.5\n", MEMBERS, r"c, line 2: should begin with a node and end with a class"),
        (b"0\t0\t2\n1\t0\n", MEMBERS, r"c, line 2: should have 3 entries, but has 2"),
        (CONTENT, b"0\t1\n2\t1\n", r"e, line 2: should hold a node below 2 and a hyperedge"),
        (CONTENT, b"", r"e, line 1: should hold a node below 2 and a hyperedge"),
    ],
)
def test_broken_hypergraphs_are_refused_by_line(content: bytes, edges: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        hypergraphs.parse(content, edges, "c", "e")


CASES = {
    "graphs": (GRAPHS, lambda data: tu.parse_graphs(data, "f")),
    "attributes": (b"1\n2 0\n0 1 1 0.5\n0 1 0 2\n", lambda data: tu.parse_graphs(data, "f")),
    "fold": (b"2\n12\n", lambda data: tu.parse_folds(folds(test_3=data), "f", 20)),
    "zip": (ZIP, lambda data: tu.read_zip(data, "f")),
    "nodes": (NODES, lambda data: geom_gcn.parse_nodes(data, "f")),
    "listed": (LISTED, lambda data: geom_gcn.parse_nodes(data, "f", 6)),
    "edges": (EDGES, lambda data: geom_gcn.parse_edges(data, "f", 2)),
    "masks": (masks(), lambda data: geom_gcn.parse_split(data, "f", 6)),
    "content": (CONTENT, lambda data: hypergraphs.parse(data, MEMBERS, "f", "e")),
    "members": (MEMBERS, lambda data: hypergraphs.parse(CONTENT, data, "c", "f")),
}


@pytest.mark.parametrize("case", CASES)
@given(data=st.data())
def test_damage_never_escapes(case: str, data: st.DataObject) -> None:
    whole, parse = CASES[case]
    try:
        parse(data.draw(damaged(whole)))
    except DataError:
        return
