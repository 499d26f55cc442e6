"""Folders of the TU collection: by hand, there and back, and damaged file by file."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.tu_folder import write
from cochain.complexes.schema import Schema
from damage import damaged
from oracles import same

# Two graphs, a triangle with a tail and a single edge; nodes 1, 2, 3, 6 and 4, 5.
FILES = {
    "A": b"1, 2\n2, 1\n2,3\n3,2\n1,3\n3,1\n3,6\n6,3\n4,5\n5,4\n",
    "graph_indicator": b"1\n1\n1\n2\n2\n1\n",
    "graph_labels": b"-1\n1\n",
    "node_labels": b"7\n9\n7\n9\n7\n7\n",
    "node_attributes": b"0.5, 1\n1, 2\n2, 3\n3, 4\n4, 5\n5, 6.5\n",
    "edge_labels": b"0\n0\n1\n1\n0\n0\n1\n1\n0\n0\n",
    "edge_attributes": b"1\n1\n2\n2\n3\n3\n4\n4\n5\n5\n",
}


def put(folder: Path, **changes: bytes | None) -> Path:
    home = folder / "T"
    home.mkdir(exist_ok=True)
    for part, data in (FILES | changes).items():
        if data is not None:
            (home / f"T_{part}.txt").write_bytes(data)
    return home


def test_two_graphs_by_hand(tmp_path: Path) -> None:
    c = cc.io.read(put(tmp_path))
    assert (c.domain, len(c), c.sizes) == ("graph", 2, (6, 5))
    assert c.offsets(0).tolist() == [0, 4, 6]
    assert c.simplices(1).tolist() == [[0, 1], [0, 2], [1, 2], [2, 3], [4, 5]]
    assert c.whole.y.tolist() == [0, 1]
    assert c[0].x.tolist() == [
        [0.5, 1, 1, 0], [1, 2, 0, 1], [2, 3, 1, 0], [5, 6.5, 1, 0], [3, 4, 0, 1], [4, 5, 1, 0],
    ]  # fmt: skip
    assert c[1].x.tolist() == [[1, 1, 0], [3, 1, 0], [2, 0, 1], [4, 0, 1], [5, 1, 0]]
    nodes = ("node_attribute0", "node_attribute1", "node_label=7", "node_label=9")
    edges = ("edge_attribute0", "edge_label=0", "edge_label=1")
    assert c.schema == Schema({0: nodes, 1: edges}, {"whole": ("y",)}, {"whole": ("-1", "1")})


def test_files_that_may_be_missing(tmp_path: Path) -> None:
    bare = dict.fromkeys([name for name in FILES if name not in ("A", "graph_indicator")])
    c = cc.io.read(put(tmp_path, **bare))
    assert (c[0].keys(), c[1].keys(), c.whole.keys()) == ([], [], [])
    (tmp_path / "T" / "T_graph_attributes.txt").write_bytes(b"0.5\n-1.25\n")
    assert cc.io.read(tmp_path / "T").whole.y.tolist() == [[0.5], [-1.25]]


def test_directions_that_differ_and_loops(tmp_path: Path) -> None:
    once = cc.io.read(put(tmp_path, A=b"1,2\n3,1\n", edge_labels=None, edge_attributes=None))
    assert (once.domain, once.sizes) == ("digraph", (6, 2))
    c = cc.io.read(put(tmp_path, edge_attributes=FILES["edge_attributes"].replace(b"1\n1\n", b"1\n8\n")))
    assert (c.domain, c.sizes) == ("digraph", (6, 10))
    assert c[1].x[c.find(1, [(0, 1), (1, 0)])][:, 0].tolist() == [1, 8]
    loops = {"A": FILES["A"] + b"1, 1\n", "edge_labels": None, "edge_attributes": None}
    (tmp_path / "other").mkdir()
    with pytest.warns(cc.io.ReadingNote, match="1 loops were left out"):
        assert cc.io.read(put(tmp_path / "other", **loops)).sizes == (6, 5)


@st.composite
def collections(draw: st.DrawFn) -> cc.Complex:
    counts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    starts = [sum(counts[:k]) for k in range(len(counts))]
    pairs = [(s + i, s + j) for s, n in zip(starts, counts, strict=True) for i in range(n) for j in range(i)]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=8)) if pairs else []
    build = draw(st.sampled_from([cc.Complex.graph, cc.Complex.digraph]))
    c = build(edges, counts)
    c = c.with_cochain(0, "x", torch.randn(c.sizes[0], 2)).with_cochain("whole", "y", torch.randn(len(c), 1))
    return c.with_cochain(1, "x", torch.randn(c.sizes[1], 3)) if c.sizes[1] else c


@given(collections())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, c: cc.Complex) -> None:
    path = tmp_path_factory.mktemp("tu") / "T"
    write(c, path)
    back = cc.io.read(path)
    if c.domain == "digraph" and not c.sizes[1]:  # there is no edge to tell
        assert back.domain == "graph"
        return
    same(back, c)
    assert_close(back.whole.y, c.whole.y)


def test_labels_are_written_and_refusals_leave_no_file(tmp_path: Path) -> None:
    c = cc.Complex.graph([(0, 1), (2, 3)], [2, 2]).with_cochain("whole", "y", [1, 0])
    cc.io.write(c, tmp_path / "L", "tu")
    assert (tmp_path / "L" / "L_graph_labels.txt").read_text() == "1\n0\n"
    assert cc.io.read(tmp_path / "L").whole.y.tolist() == [1, 0]
    with pytest.raises(cc.DataError, match="should be a new or empty folder, but holds files"):
        write(c, tmp_path / "L")
    for broken, message in (
        (cc.Complex.hypergraph([[0]]), "should hold graphs, but is given a hypergraph"),
        (cc.Complex.graph([(0, 1)], [2, 0]), "component 1 has none; leave it out"),
        (c.with_cochain(0, "pos", torch.zeros(4, 2)), r"c\[0\].pos has no column|c\[0\].pos"),
        (c.with_cochain(0, "x", torch.zeros(4, 2, 2)), r"'x' on 0 is none, of shape \(4, 2, 2\)"),
        (c.with_cochain(1, "x", [[1.0], [2.0]], odd=True), "without orientation, but 'x' on 1 is none"),
    ):
        with pytest.raises(cc.ComplexError, match=message):
            write(broken, tmp_path / "N")
    assert not (tmp_path / "N").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"graph_indicator": None}, "should hold T_graph_indicator.txt, the graph of every node, but does not"),
        ({"graph_indicator": b"0\n1\n1\n1\n1\n1\n"}, "graph_indicator.txt should hold one number from 1 on each line"),
        ({"graph_indicator": b"1\n1\n1\n1\n2\n999999999\n"}, "graph_indicator.txt: graphs should fit a file of"),
        (
            {"A": b"1, 2\n2, 9\n"},
            r"T_A.txt, edge 2: should join two of the 6 nodes, counted from 1, but joins \[2, 9\]",
        ),
        ({"A": b"1, 2\n2, one\n"}, "T_A.txt, line 2: every entry should be a number, but one is b'one'"),
        ({"A": b"1, 2\n2, 1.5\n"}, r"T_A.txt, line 2: should hold whole numbers, but holds \[2.0, 1.5\]"),
        ({"A": b"1, 2, 3\n"}, "T_A.txt, line 1: should have two nodes, but has 3 numbers"),
        ({"A": b"1, 2\n1, 4\n4, 1\n", "edge_labels": None, "edge_attributes": None}, r"edge \(0, 4\) joins two"),
        ({"graph_labels": b"1\n"}, "T_graph_labels.txt, line 1: the file should have 2 lines, but has 1"),
        ({"node_labels": b"7\n" * 5}, "T_node_labels.txt, line 5: the file should have 6 lines, but has 5"),
        (
            {"node_attributes": b"1, 2\n1\n1, 2\n" * 2},
            "T_node_attributes.txt, line 2: should have 2 entries, but has 1",
        ),
        ({"edge_labels": b"0\n" * 9}, "T_edge_labels.txt, line 9: the file should have 10 lines, but has 9"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(changes: dict[str, bytes | None], message: str, tmp_path: Path) -> None:
    with pytest.raises(cc.CochainError, match=message):
        cc.io.read(put(tmp_path, **changes), limits=Limits(floor=1 << 20))


def test_two_collections_and_links_out_of_the_folder(tmp_path: Path) -> None:
    home = put(tmp_path)
    (home / "U_A.txt").write_bytes(b"")
    with pytest.raises(cc.DataError, match=r"should hold one file NAME_A.txt, but holds 2"):
        cc.io.read(home)
    (home / "U_A.txt").unlink()
    (home / "T_graph_labels.txt").rename(tmp_path / "elsewhere.txt")
    (home / "T_graph_labels.txt").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(cc.DataError, match=r"T_graph_labels.txt should stay inside .*copy the file into the folder"):
        cc.io.read(home)


@pytest.mark.parametrize("part", FILES)
@given(data=st.data())
def test_damage_never_escapes(tmp_path_factory: pytest.TempPathFactory, part: str, data: st.DataObject) -> None:
    home = put(tmp_path_factory.mktemp("tu"), **{part: data.draw(damaged(FILES[part]))})
    try:
        c = cc.io.inspect(home, "tu").complex_
    except cc.CochainError:
        return
    c.validate()
