"""Tables by hand: edges, hyperedges, cells, folders of tables; how a table is recognised, and what is wrong with it."""

from pathlib import Path

import pytest
import torch

import cochain as cc


def read(tmp_path: Path, name: str, text: str) -> cc.io.Description:
    (tmp_path / name).write_text(text)
    return cc.io.inspect(tmp_path / name)


def test_edges_with_any_names(tmp_path: Path) -> None:
    found = read(tmp_path, "e.csv", "Source,Target,w\nzoë,a b,0.5\na b,10,1.5\n10,zoë,2.5\n")
    c = found.complex_
    assert (found.format, c.domain, c.sizes) == ("edges", "graph", (3, 3))
    assert found.names[0] == ("zoë", "a b", "10")
    assert c[1].x[c.find(1, [(0, 1), (1, 2), (0, 2)])].tolist() == [[0.5], [1.5], [2.5]]


def test_whole_numbers_are_nodes_in_their_order(tmp_path: Path) -> None:
    c = read(tmp_path, "e.tsv", "tail\thead\n10\t2\n2\t1\n").complex_
    assert c.domain == "digraph"
    assert c.find(1, [(2, 1), (1, 0)]).tolist() == [1, 0]


def test_loops_and_repetitions_are_said(tmp_path: Path) -> None:
    found = read(tmp_path, "e.csv", "source;target;w\na;b;1.5\nb;a;2.5\na;a;9.5\nb;c;\n")
    assert found.losses == (
        f"1 self loops of {tmp_path}/e.csv were left out", f"1 repeated edges of {tmp_path}/e.csv were merged",
    )  # fmt: skip
    assert found.complex_[1].x.tolist() == [[2, 0], [0, 1]]
    with (
        pytest.warns(cc.io.ReadingNote, match="1 self loops"),
        pytest.warns(cc.io.ReadingNote, match="1 repeated"),
    ):
        cc.io.read(tmp_path / "e.csv")


def test_components_by_the_column_graph(tmp_path: Path) -> None:
    c = read(tmp_path, "e.csv", "graph,source,target\nm2,a,b\nm1,a,b\nm1,b,c\n").complex_
    assert [list(part.sizes) for part in c.components()] == [[2, 1], [3, 2]]


def test_hyperedges_in_both_forms(tmp_path: Path) -> None:
    pairs = read(tmp_path, "p.csv", "edge,node,colour\ne1,a,red\ne1,b,red\ne2,b,red\ne2,c,red\n").complex_
    rows = read(tmp_path, "r.csv", "edge,members,colour\ne1,a b,red\ne2,b c,red\n").complex_
    commas = read(tmp_path, "c.csv", 'members,colour\n"a, b",red\n"b, c",red\n').complex_
    for c in (pairs, rows, commas):
        assert c.domain == "hypergraph"
        assert c.cells(1).to_dense().tolist() == [[1, 1, 0], [0, 1, 1]]
        assert c[1].x.tolist() == [[1], [1]]


def test_cells_of_three_kinds(tmp_path: Path) -> None:
    simplicial = read(tmp_path, "s.csv", "rank,nodes,w\n2,a b c,1.5\n1,b a,2.5\n").complex_
    assert (simplicial.domain, simplicial.sizes) == ("simplicial", (3, 3, 1))
    assert simplicial[1].x.tolist() == [[2.5, 0], [0, 1], [0, 1]]
    cell = read(tmp_path, "w.csv", "rank,walk\n2,a b c d\n1,d e\n").complex_
    assert (cell.domain, cell.sizes) == ("cell", (5, 5, 1))
    assert cell.betti() == (1, 0, 0)
    sets = read(tmp_path, "m.csv", "rank,members\n1,a b\n3,a b c d\n").complex_
    assert (sets.domain, sets.sizes) == ("combinatorial", (4, 1, 0, 1))
    assert read(tmp_path, "n.csv", "rank,nodes\n1,a b c\n").complex_.domain == "combinatorial"


def test_classes_mean_the_same_on_every_rank(tmp_path: Path) -> None:
    c = read(tmp_path, "c.csv", "rank,nodes,y\n2,a b c,p\n1,a b,q\n1,b c,q\n").complex_
    assert (c[2].y.tolist(), sorted(c[1].y.tolist())) == ([0], [-1, 1, 1])


def folder(tmp_path: Path, **tables: str) -> cc.Complex:
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return cc.io.read(tmp_path)


def test_a_folder_of_tables(tmp_path: Path) -> None:
    c = folder(
        tmp_path,
        graphs="graph,toxic,label\nB,yes,p\nA,no,q\n",
        nodes="graph,id,mass\nA,1,12.5\nB,1,16.5\nA,2,1.5\nB,9,3.5\n",
        edges="graph,source,target\nA,1,2\nB,9,1\n",
    )
    assert c.whole.y.tolist() == [0, 1]
    assert c.whole.x.tolist() == [[1], [0]]
    assert c[0].x[:, 0].tolist() == [16.5, 3.5, 12.5, 1.5]
    assert c.cells(1).to_dense().tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]


def test_isolated_nodes_and_empty_components_stay(tmp_path: Path) -> None:
    c = folder(
        tmp_path, graphs="graph,y\n1,p\n2,q\n3,p\n", nodes="graph,id\n1,a\n1,b\n3,c\n", edges="source,target\na,b\n"
    )
    assert [list(part.sizes) for part in c.components()] == [[2, 1], [0, 0], [1, 0]]


def test_points_from_a_table_of_nodes(tmp_path: Path) -> None:
    c = folder(tmp_path, nodes="x,y,z,label\n0,0,1,p\n0,1,0,q\n1,0,0,p\n")
    assert (c.domain, c[0].pos.tolist()[0], c[0].y.tolist()) == ("points", [0, 0, 1], [0, 1, 0])


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"nodes": "id\na\n", "edges": "source,target\na,b\n"}, "edges.csv, line 2: .* but names 'b'"),
        ({"nodes": "id\na\na\n", "edges": "source,target\na,a\n"}, "nodes.csv, line 3: .* 'a' stands on line 2 too"),
        (
            {"nodes": "id\na\n", "edges": "from,until\na,b\n"},
            "should have columns source and target, but has from, until",
        ),
        ({"edges": "source,target\na,b\n", "cells": "rank,nodes\n1,a b\n"}, "one table should list the cells"),
        ({"graphs": "y\np\n", "edges": "source,target\na,b\n"}, "should have a column graph"),
        ({"graphs": "graph\n1\n2\n", "nodes": "id\na\n"}, "should have a column graph, as other tables have"),
        ({"graphs": "graph\n1\n", "nodes": "graph,id\n2,a\n"}, "should name a graph of graphs.csv, but names '2'"),
        (
            {"nodes": "graph,id\n1,a\n2,a\n", "edges": "source,target\na,a\n"},
            "should be of one graph, but several have it",
        ),
        ({"cells": "rank,nodes\nx,a b\n"}, "cells.csv, line 2: a rank should be a whole number"),
        ({"cells": "rank,nodes\n1,a a\n"}, "line 2: a cell should name each node once"),
        ({"cells": "rank,nodes\n1,\n"}, "line 2: a cell should name at least one node"),
        ({"cells": "rank,walk\n2,a b\n"}, "line 2: a walk should have 2 nodes on rank 1 and at least 3 on rank 2"),
        ({"hyperedges": "edge,members\n1,\n"}, "line 2: a hyperedge should name at least one node"),
        ({"hyperedges": "edge,nodule\n1,a\n"}, "should have columns edge and node"),
        (
            {"nodes": "id\na\nb\n", "edges": "source,target,k\na,b,x\nb,a,y\n"},
            "rows of one cell should agree, but 'k' is 'y'",
        ),
    ],
)
def test_messages_name_file_and_line(tmp_path: Path, tables: dict[str, str], message: str) -> None:
    with pytest.raises(cc.DataError, match=message):
        folder(tmp_path, **tables)


def test_the_line_is_right_after_blank_lines_and_quoted_newlines(tmp_path: Path) -> None:
    with pytest.raises(cc.DataError, match=r"edges.csv, line 6: should name a node"):
        folder(tmp_path, nodes="id\na\nb\n", edges='source,target,k\n\na,b,"x\nx"\n\nb,zz,x\n')


def test_faces_that_would_not_fit_are_refused_before_they_are_made(tmp_path: Path) -> None:
    row = " ".join(f"n{k}" for k in range(45))
    with pytest.raises(cc.DataError, match=r"faces of the simplices should .* 35184372088832"):
        read(tmp_path, "c.csv", f"rank,nodes\n44,{row}\n")


@pytest.mark.parametrize(
    ("name", "text", "format_"),
    [
        ("a.csv", "SOURCE,target:ignore\n", "edges"),
        ("a.csv", "u;v\n", "edges"),
        ("a.csv", "edge\tnode\n", "hyperedges"),
        ("a.csv", "dim,cell\n", "cells"),
        ("a.csv", "id,SMILES,y\n", "smiles"),
        ("a.csv", "x,y,z\n", "points"),
    ],
)
def test_tables_are_recognised_by_their_header(tmp_path: Path, name: str, text: str, format_: str) -> None:
    from cochain.complexes.io.detect import detect

    (tmp_path / name).write_text(text)
    assert detect(tmp_path / name, cc.io.Limits()).name == format_


def test_what_could_be_two_things_is_asked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("source,target,edge,node\na,b,e,a\n")
    with pytest.raises(cc.DataError, match=r'could be 2: .*choose with format="edges" or format="hyperedges"'):
        cc.io.read(tmp_path / "a.csv")
    assert cc.io.read(tmp_path / "a.csv", format="edges").domain == "graph"
    (tmp_path / "b.csv").write_text("foo,bar\n1,2\n")
    with pytest.raises(cc.DataError, match=r"should name columns such as source,target .* names 'foo, bar'"):
        cc.io.read(tmp_path / "b.csv")
    (tmp_path / "c.docx").write_text("")
    with pytest.raises(cc.DataError, match=r"should end in one of .*\.json.*, but ends in \.docx"):
        cc.io.read(tmp_path / "c.docx")
    with pytest.raises(cc.DataError, match="there is none of that name"):
        cc.io.read(tmp_path / "missing.csv")


def test_a_large_table_takes_seconds(tmp_path: Path) -> None:
    ends = torch.randint(0, 20_000, (50_000, 2)).tolist()
    c = read(tmp_path, "e.csv", "source,target\n" + "".join(f"n{u},n{v}\n" for u, v in ends if u != v)).complex_
    assert c.sizes[1] > 45_000


def test_a_wide_table_takes_no_longer_than_a_long_one(tmp_path: Path) -> None:
    names = [f"c{k}" for k in range(8_000)]
    text = f"source,target,{','.join(names)}\n" + "".join(f"{u},{u + 1},{',' * 7_999}\n" for u in range(3))
    assert len(read(tmp_path, "e.csv", text).columns) == 8_000
