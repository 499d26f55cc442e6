"""Folders of files, GraphML, and what a stranger's folder may not do."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import cochain as cc

EDGES = "source,target,kind\na,b,{0}\nb,c,{0}\n"


def put(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_csv", ".csv").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_subfolders_are_classes_and_files_components(tmp_path: Path) -> None:
    put(tmp_path, cats__1_csv=EDGES.format("x"), cats__2_csv=EDGES.format("y"), dogs__1_csv=EDGES.format("x"))
    (tmp_path / "README.md").write_text("notes")
    c = cc.io.read(tmp_path)
    assert (len(c), c.whole.y.tolist()) == (3, [0, 0, 1])
    assert c.schema is not None
    assert c.schema.classes["whole"] == ("cats", "dogs")
    assert c.schema.features[1] == ("kind=x", "kind=y")  # one file alone has no kind=y


def test_tables_in_capitals_are_read_and_others_are_named(tmp_path: Path) -> None:
    put(
        tmp_path,
        **{"nodes.csv": "id,label\na,x\nb,y\nc,x\n", "Edges.CSV": "source,target\na,b\n", "more.csv": "p\n1\n"},
    )
    with pytest.warns(cc.io.ReadingNote, match="more.csv left out: the tables of a folder are called nodes, edges"):
        c = cc.io.read(tmp_path)
    assert c.sizes == (3, 1)


def test_notes_of_many_files_are_added_up(tmp_path: Path) -> None:
    triangle = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
    put(tmp_path, **{f"{k}.obj": triangle for k in range(4)}, **{"z.obj": triangle + "v 5 5 5\n"})
    assert cc.io.inspect(tmp_path).notes == (
        "15 edges lie on the border",
        "1 vertices lie in no triangle",
        "5 files, 5 components, in the order of their names",
    )


def test_the_error_of_a_single_file_is_its_own(tmp_path: Path) -> None:
    put(tmp_path, **{"a.csv": "name,SMILES\nx,CC\ny,c1\nz,CCO\nu,N(C)(C)(C)C\n"})
    with pytest.raises(cc.DataError, match=r"a.csv, line 3: .*; 1 more cannot be read, in lines 5$") as error:
        cc.io.read(tmp_path)
    assert "should be readable" not in str(error.value)


def test_labels_from_a_table(tmp_path: Path) -> None:
    put(
        tmp_path, a_csv=EDGES.format("x"), b_csv=EDGES.format("y"), labels_csv="file,label,mass\nb.csv,p,1.5\na,q,2.5\n"
    )
    c = cc.io.read(tmp_path)
    assert (c.whole.y.tolist(), c.whole.x.tolist()) == ([1, 0], [[2.5], [1.5]])


def test_messages(tmp_path: Path) -> None:
    with pytest.raises(cc.DataError, match="should hold files to read, but holds none"):
        cc.io.read(tmp_path)
    put(tmp_path, a_csv=EDGES.format("x"), b_csv="source,target\na\n")
    with pytest.raises(
        cc.DataError, match=r"all 2 files should be readable, but b.csv is not: .*line 2.*nothing was read"
    ):
        cc.io.read(tmp_path)
    put(tmp_path, b_csv="edge,node\ne,a\n")
    with pytest.raises(cc.DataError, match=r"a.csv is a graph and b.csv a hypergraph"):
        cc.io.read(tmp_path)
    put(tmp_path, b_csv=EDGES.format("x"), labels_csv="file,label\na.csv,p\n")
    with pytest.raises(cc.DataError, match=r"has none for b.csv"):
        cc.io.read(tmp_path)
    put(tmp_path, labels_csv="file,label\na.csv,p\nb.csv,q\nc.csv,q\n")
    with pytest.raises(cc.DataError, match=r"line 4: should name a file of the folder, but names 'c.csv'"):
        cc.io.read(tmp_path)
    put(tmp_path, labels_csv="label\np\n")
    with pytest.raises(cc.DataError, match="should have a column file"):
        cc.io.read(tmp_path)


@pytest.mark.parametrize("name", ["b.csv", "nodes.csv", "sub"])
def test_links_out_of_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").mkdir()
    secret = put(tmp_path / "secret", s_csv="id\na\n")
    folder = put(tmp_path / "f", a_csv=EDGES.format("x"))
    (folder / name).symlink_to(secret / "s.csv" if name.endswith(".csv") else secret)
    with pytest.raises(cc.DataError, match=f"{name} should stay inside .* but is a link to .*secret"):
        cc.io.read(folder)


def test_circles_and_pipes_do_not_hang(tmp_path: Path) -> None:
    folder = put(tmp_path / "f", a_csv=EDGES.format("x"))
    (folder / "round").symlink_to(folder)
    assert len(cc.io.read(folder)) >= 1
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    with pytest.raises(cc.DataError, match=r"loop.csv should lead to a file"):
        cc.io.read(folder)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(cc.DataError, match="should be a plain file"):
        cc.io.read(tmp_path / "pipe.csv")


def test_claims_are_held_against_the_size_of_the_file() -> None:
    limits = cc.io.Limits()
    limits.check(10**6, 10, "cells")
    with pytest.raises(cc.DataError, match="cells should be at most 2147483647, but are 1000000000000"):
        limits.check(10**12, 10, "cells")
    with pytest.raises(cc.DataError, match=r"cells should fit a file of 10 bytes, but are 1000000000"):
        limits.check(10**9, 10, "cells")
    with pytest.raises(cc.DataError, match="number >= 0, but are -1"):
        limits.check(-1, 10, "cells")
    with pytest.raises(cc.DataError, match=r"about 10\^300"):
        limits.check(10**5000, 10, "cells")


def test_compressed_bombs_are_not_unpacked(tmp_path: Path) -> None:
    limits = cc.io.Limits(floor=1 << 16)
    with pytest.raises(cc.DataError, match=r"b.gz should unpack to at most .* made to fill the memory"):
        limits.gunzip(gzip.compress(bytes(1 << 20)), "b.gz")
    assert limits.gunzip(gzip.compress(b"abc"), "b.gz") == b"abc"
    with pytest.raises(cc.DataError, match="is truncated"):
        limits.gunzip(gzip.compress(b"abc")[:-4], "b.gz")
    with pytest.raises(cc.DataError, match="cannot be unpacked"):
        limits.gunzip(b"abc", "b.gz")
    np.savez_compressed(tmp_path / "b.npz", pos=np.zeros(1 << 20))
    with pytest.raises(cc.DataError, match="unpacked bytes should fit a file of"):
        limits.read_npz(tmp_path / "b.npz")


def test_arrays_with_objects_or_false_headers_are_refused(tmp_path: Path) -> None:
    limits = cc.io.Limits()
    np.save(tmp_path / "o.npy", np.array([{"a": 1}]), allow_pickle=True)
    with pytest.raises(cc.DataError, match="should hold numbers, but holds object"):
        limits.read_npz(tmp_path / "o.npy")
    stream = io.BytesIO()
    np.save(stream, np.zeros(4))
    claims = stream.getvalue().replace(b"(4,), }        ", b"(400000000000,)}")
    assert claims != stream.getvalue()
    (tmp_path / "c.npy").write_bytes(claims)
    with pytest.raises(cc.DataError, match=r"should hold 400000000000 numbers as its header says"):
        limits.read_npz(tmp_path / "c.npy")
    with zipfile.ZipFile(tmp_path / "z.npz", "w") as archive:
        archive.writestr("a.npy", b"nonsense")
    with pytest.raises(cc.DataError, match="should be an array of numpy"):
        limits.read_npz(tmp_path / "z.npz")


def test_a_graphml_multigraph(tmp_path: Path) -> None:
    nx = pytest.importorskip("networkx")
    graph = nx.MultiGraph()
    graph.add_node("a", age=1.5, team="x")
    graph.add_node("b", age=2.5, team="x")
    graph.add_edge("a", "b", cost=1.0)
    graph.add_edge("a", "b", cost=2.5)
    graph.add_edge("b", "b", cost=7.0)
    nx.write_graphml(graph, tmp_path / "g.graphml")
    found = cc.io.inspect(tmp_path / "g.graphml")
    assert found.losses == ("1 self loops were left out", "1 parallel edges were merged")
    assert found.complex_[0].x.tolist() == [[1.5, 1], [2.5, 1]]
    assert found.complex_[1].x.tolist() == [[1.75]]


def test_networkx_reads_what_is_written(tmp_path: Path) -> None:
    nx = pytest.importorskip("networkx")
    c = cc.Complex.digraph([(1, 0), (1, 2)]).with_cochain(0, "x", torch.arange(3.0)[:, None])
    for name, read in (("g.graphml", nx.read_graphml), ("g.gml", lambda path: nx.read_gml(path, label="id"))):
        cc.io.write(c, tmp_path / name)
        graph = read(tmp_path / name)
        assert sorted((int(u), int(v)) for u, v in graph.edges) == [(1, 0), (1, 2)]
        assert sorted(data["x0"] for _, data in graph.nodes(data=True)) == [0, 1, 2]


def test_entities_are_refused(tmp_path: Path) -> None:
    (tmp_path / "g.graphml").write_text('<!DOCTYPE x [<!ENTITY a "aaaa">]><graphml>&a;</graphml>')
    with pytest.raises(cc.DataError, match="without a document type"):
        cc.io.read(tmp_path / "g.graphml")
    for name in ("b.graphml", "b.gml"):
        (tmp_path / name).write_text("<graph>")
        with pytest.raises(cc.DataError, match="that networkx reads"):
            cc.io.read(tmp_path / name)


def test_what_is_no_text_is_named_with_line_and_byte(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_bytes(b"source,target\na,b\na,\xff\n")
    with pytest.raises(cc.DataError, match="line 3: should be text in UTF-8, but byte 20 is 0xff"):
        cc.io.read(tmp_path / "e.csv")
