"""Manifolds, graphs that are hard to tell apart, molecules, shapes, pictures and fields, written by hand."""

import gzip
import io
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
import scipy.io
import torch

from cochain.datasets import coauthorship, expressive, fields, images, info, manifolds, shapes, zinc
from cochain.errors import DataError

FACETS = b"""manifold_2_4_1=[[1,2,3],[1,2,4],
  [1,3,4],[2,3,4]]

manifold_2_6_2=[[1,2,3],[1,2,4],[1,3,5],[1,4,6],
  [1,5,6],[2,3,6],[2,4,5],[2,5,6],[3,4,5],[3,4,6]]
"""
TYPES = b"manifold_2_4_1:  ( + ; 0 ) = S^2\nmanifold_2_6_2:  ( - ; 1 ) = RP^2\n"
HOMOLOGY = b"manifold_2_4_1: (1, 0, 1)\nmanifold_2_6_2: (1, 0 + Z_2, 0)\n"


def surfaces(option: str, facets: bytes = FACETS, types: bytes = TYPES, homology: bytes = HOMOLOGY):
    record = replace(info("mantra_type"), options=(option,), folds=2)
    return manifolds.surfaces(record, {"m_all.txt": facets, "m_all_type.txt": types, "m_all_hom.txt": homology})


def test_a_sphere_and_a_projective_plane() -> None:
    c = surfaces("type")
    assert c.sizes == (10, 21, 14)
    assert c.betti(p=3, per_component=True).tolist() == c.whole.betti.tolist() == [[1, 0, 1], [1, 0, 0]]
    assert c.whole.y.tolist() == [0, 2]
    assert surfaces("orientable").whole.y.tolist() == [1, 0]
    assert surfaces("betti").whole.y.tolist() == [[1, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"facets": FACETS.replace(b"[1,2,4]", b"[1,2]")}, "m_all.txt should have facets of 3 vertices"),
        ({"facets": b""}, "m_all.txt should have lines of a name and facets"),
        ({"types": TYPES[:40]}, "m_all_type.txt should have a known type for each surface"),
        ({"homology": HOMOLOGY.replace(b"(", b"[")}, "m_all_hom.txt should have the homology of each surface"),
    ],
)
def test_surfaces_that_do_not_fit(changed: dict[str, bytes], message: str) -> None:
    with pytest.raises(DataError, match=message):
        surfaces("type", **changed)


def test_named_manifolds() -> None:
    rows = [
        {"facets": [[1, 2, 3]], "homology": [[0, []], [0, []], [0, []]]},
        {"facets": [[1, 2, 3, 4]], "homology": [[0, []]] * 4},
    ]
    lines = b"\n".join(json.dumps(row).encode() for row in rows * 3)
    c = manifolds.library(info("simpcomp"), {"f.jsonl": lines})
    assert c.sizes == (21, 27, 15, 3)
    assert torch.isnan(c.whole.y[0]).tolist() == [False, False, False, True]
    with pytest.raises(DataError, match=r"f.jsonl should hold facets and homology, but cannot be read"):
        manifolds.library(info("simpcomp"), {"f.jsonl": b'{"facets": 1}'})


def test_links_are_read_from_the_name_of_the_file() -> None:
    text = b"0054_1=[[1,2,3,4],[1,2,3,5]]\n"
    c = manifolds.pseudomanifolds(
        replace(info("pseudomanifolds"), folds=1), {"a/0054.txt": text * 3, "a/3402B.txt": text * 3}
    )
    assert c.whole.y.tolist() == [[0, 0, 5, 4]] * 3 + [[3, 4, 0, 2]] * 3
    assert c.sizes == (30, 54, 42, 12)


def test_pairs_of_graphs() -> None:
    stream, paired = io.BytesIO(), io.BytesIO()
    np.save(stream, np.array(["Bg", "Bw"]))
    np.save(paired, np.array([[b"Bg", b"BW"]]))
    c = expressive.pairs(info("brec"), {"a.npy": stream.getvalue(), "b.npy": paired.getvalue()})
    assert (c.whole.pair.tolist(), c.whole.category.tolist(), len(c)) == ([0, 0, 1, 1], [0, 0, 1, 1], 4)
    with pytest.raises(DataError, match=r"a.npy should be an array of texts, but cannot be read"):
        expressive.pairs(info("brec"), {"a.npy": b"no"})


def test_circles_that_do_not_fit() -> None:
    with pytest.raises(DataError, match=r"g.pkl should have 150 sparse matrices, but holds list"):
        expressive.circulant(info("csl"), {"g.pkl": pickle.dumps([1, 2])})


def molecules(**changed: np.ndarray) -> bytes:
    arrays = {
        "node_offsets": np.array([0, 2, 5]), "node_label": np.array([0, 1, 0, 2, 0]),
        "edge_offsets": np.array([0, 1, 3]),
        "edges": np.array([[0, 1], [1, 2], [0, 1]]), "edge_label": np.array([3, 1, 2]), "y": np.array([0.5, 1.5]),
    } | changed  # fmt: skip
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_molecules_with_bonds() -> None:
    parts = {f"z_{part}.npz": molecules() for part in ("train", "val", "test")}
    c = zinc.read(info("zinc"), parts)
    assert c.sizes == (15, 9)
    assert c[1].x[:3].argmax(dim=1).tolist() == [2, 1, 0]  # in the order of the complex: 01, 23, 34
    assert c.whole.split.flatten().tolist() == [0, 0, 1, 1, 2, 2]
    for name, values in (("edges", np.array([[0, 2], [1, 2], [0, 1]])), ("edge_label", np.array([4, 1, 2]))):
        with pytest.raises(DataError, match=r"z_val.npz should have bonds between the atoms, but has others"):
            zinc.read(info("zinc"), {**parts, "z_val.npz": molecules(**{name: values})})


def test_citations_on_every_rank() -> None:
    ranks = [{frozenset({k}): k for k in (5, 6, 9)}, {frozenset({5, 9}): 7}]
    parts = {
        "cochains": ranks, "input_damaged": [{**ranks[0], frozenset({6}): 1.5}, ranks[1]],
        "known_values": [{frozenset({5}): 0, frozenset({9}): 0}, {}, {}], "missing_values": [{frozenset({6}): 1}, {}],
    }  # fmt: skip

    def read(parts: dict[str, list]):
        files = {}
        for name, value in parts.items():
            stream = io.BytesIO()
            np.save(stream, np.array(value, dtype=object), allow_pickle=True)
            files[f"a_{name}.npy"] = stream.getvalue()
        return coauthorship.read(info("coauthorship"), files)

    c = read(parts)
    assert (c[0].y.flatten().tolist(), c[0].x.flatten().tolist()) == ([5, 6, 9], [5, 1.5, 9])
    assert c[0].split[1].item() == 2
    assert (c[1].y.flatten().tolist(), c.simplices(1).tolist()) == ([7], [[0, 2]])
    with pytest.raises(DataError, match=r"a_cochains.npy should have numbers on sets of 2 authors, but has others"):
        read({**parts, "cochains": [ranks[0], {frozenset({5}): 7}]})


def test_surface_voxels() -> None:
    full = np.zeros((1, 5, 5, 5), dtype=bool)
    full[0, 1:4, 1:4, 1:4] = True
    volume, place = shapes._surface(full)
    assert len(volume) == 26
    assert [2, 2, 2] not in place.tolist()
    border = np.ones((1, 3, 3, 3), dtype=bool)
    assert len(shapes._surface(border)[0]) == 26
    chosen = shapes._at_most(np.array([0, 0, 0, 1, 2, 2]), 2, np.random.default_rng(0))
    assert len(chosen) == 5
    assert {3, 4, 5} <= set(chosen.tolist())


def test_meshes_of_triangles_and_of_polygons() -> None:
    off = b"OFF\n4 4 0\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 1 2\n3 0 1 3\n3 0 2 3\n3 1 2 3\n"
    record = replace(info("tosca"), folds=2)
    c = shapes.meshes(record, {"a/cat0.off": off, "a/dog1.off": off, "a/cat10.off": off})
    assert (c.sizes, c.whole.y.tolist()) == ((12, 18, 12), [0, 1, 0])
    assert c.betti() == (3, 0, 3)
    assert c[0].pos[5].tolist() == [1, 0, 0]
    obj = b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/2 3/3 4/4\n"
    assert shapes.meshes(info("common_meshes"), {"a/x.obj": obj, "a/y.obj": obj}).sizes == (8, 8, 2)
    with pytest.raises(DataError, match=r"a/x.obj.* should|tosca should have triangles"):
        shapes.meshes(replace(record, domain="simplicial"), {"a/x.obj": obj})


def test_windows_of_activities() -> None:
    rows = np.concatenate([np.full((125, 4), k % 3, dtype=np.float32) for k in range(30)])
    stream = io.BytesIO()
    np.save(stream, rows)
    c = shapes.activities(info("activities"), {"f.npy": stream.getvalue()})
    assert (len(c), c.sizes, c.whole.y.tolist()[:4]) == (30, (3750,), [0, 1, 2, 0])
    stream = io.BytesIO()
    np.save(stream, np.roll(rows, 1, axis=0))
    with pytest.raises(DataError, match=r"f.npy should have one activity in a window, but has several"):
        shapes.activities(info("activities"), {"f.npy": stream.getvalue()})


def idx(values: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, dtype=">i4").tobytes()
    return gzip.compress(head + values.astype(np.uint8).tobytes())


def test_digits_in_idx() -> None:
    pixels, y = np.arange(40 * 6).reshape(40, 2, 3), np.arange(40) % 2
    files = {
        f"m/{part}-{kind}-ubyte.gz": idx(values)
        for part in ("train", "t10k")
        for kind, values in (("images-idx3", pixels), ("labels-idx1", y))
    }
    c = images.mnist(replace(info("mnist"), options=("train=20", "test=5")), files)
    assert (len(c), c.sizes) == (25, (150, 175, 50))
    torch.testing.assert_close(c[0].x[:4, 0] * 255, torch.arange(4.0))
    assert [(c.whole.split == part).sum().item() for part in (0, 1, 2)] == [18, 2, 5]
    for bad, message in (
        (b"no", "should be a gzip file"),
        (gzip.compress(b"12345"), "an array of bytes with 3 axes"),
        (idx(pixels)[:-30], "gzip file"),
    ):
        with pytest.raises(DataError, match=message):
            images.parse_idx(bad, "f", 3)


def test_masks_and_pictures() -> None:
    pillow = pytest.importorskip("PIL.Image", reason="pictures are read by Pillow, which is optional")

    def png(values: np.ndarray) -> bytes:
        stream = io.BytesIO()
        pillow.fromarray(values.astype(np.uint8)).save(stream, format="PNG")
        return stream.getvalue()

    ring = np.zeros((5, 5))
    ring[1:4, 1:4] = 255
    ring[2, 2] = 0
    record = replace(info("topomortar_masks"), folds=2)
    table = b"ID,Betti0,Betti1,Betti2\n001,1,1,0\n002,1,1,0\n"
    c = images.masks(record, {"a/b.csv": table, "a/001.png": png(ring), "a/002.png": png(ring)})
    assert c.betti(per_component=True).tolist() == [[1, 1, 0]] * 2
    assert c.whole.y.tolist() == [[1, 1]] * 2
    with pytest.raises(DataError, match=r"a/b.csv should have a line for each mask, but has not"):
        images.masks(record, {"a/b.csv": table, "a/003.png": png(ring)})
    record = replace(info("betti_matching"), options=("crop=3",), folds=3)
    files = {f"a/{kind}s/{kind}_{k}.png": png(ring) for kind in ("image", "label") for k in range(3)}
    c = images.segmented(record, files)
    assert c.sizes == (27, 36, 12)
    assert c[0].y[:9].tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1]
    with pytest.raises(DataError, match=r"a/images/image_0.png should have a mask, but has none"):
        images.segmented(record, {"a/images/image_0.png": png(ring)})
    with pytest.raises(DataError, match=r"f should be a picture, but cannot be read"):
        images.picture(b"no", "f")


def test_permeability_and_pressure() -> None:
    def field(count: int, side: int) -> bytes:
        stream = io.BytesIO()
        np.savez(
            stream,
            x=np.ones((count, side, side), dtype=bool),
            y=np.arange(count * side**2).reshape(count, side, side) * 1.0,
        )
        return stream.getvalue()

    c = fields.darcy(
        info("darcy"), {"d_train_16.npz": field(10, 2), "d_test_16.npz": field(2, 2), "d_test_32.npz": field(3, 4)}
    )
    assert (len(c), c.sizes) == (15, (40 + 8 + 48,))
    assert [(c[0].split[:, 0] == part).sum().item() for part in (-1, 0, 1, 2)] == [48, 36, 4, 8]
    assert [(c[0].split[:, 1] == part).sum().item() for part in (-1, 0, 1, 2)] == [8, 36, 4, 48]
    assert c[0].pos[:4].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_a_solution_on_a_grid() -> None:
    stream = io.BytesIO()
    scipy.io.savemat(stream, {"x": np.arange(5.0), "t": np.arange(6.0), "u": np.arange(30.0).reshape(5, 6) * 1j})
    record = replace(info("pde_schroedinger"), options=("x", "t", "u"))
    c = fields.solution(record, {"f.mat": stream.getvalue()})
    assert (c.sizes, c[0].y[7].tolist()) == ((30,), [0, 7])
    torch.testing.assert_close(c[0].pos[7], torch.tensor([0.25, 0.2]))
    with pytest.raises(DataError, match=r"f.mat should have a solution on the grid"):
        fields.solution(replace(record, options=("x", "x", "u")), {"f.mat": stream.getvalue()})


def test_molecules_of_a_table() -> None:
    pytest.importorskip("rdkit", reason="molecules are read by rdkit, which is optional")
    from cochain.datasets import molecules as reader

    table = b"smiles,a,b\nc1ccccc1,1,\nC(C)(C)(C)(C)C,0,1\nCCO,0,1\nC1CC1C,1,0\n" + b"CC,0,0\n" * 8
    record = replace(info("tox21"), options=("a|b", "scaffold"), classes=2)
    c = reader.read(record, {"f.csv": table})
    assert (len(c), c.sizes) == (11, (6 + 3 + 4 + 16, 6 + 2 + 4 + 8, 2))  # the carbon with five bonds is left out
    assert c[0].x.shape[1] == info("tox21").channels
    assert c[0].x[0].nonzero().flatten().tolist() == [0, 14 + 2, 20 + 1, 25 + 1, 34, 35]
    assert c[1].x[0].tolist() == [0, 0, 0, 1, 0, 0, 0, 1, 1]
    torch.testing.assert_close(c[2].x, torch.tensor([[1.0, 1.0], [0.5, 0.0]]))
    assert torch.isnan(c.whole.y[0]).tolist() == [False, True]
    # Nine without rings do not fit into the 8.8 of training; then the later of the single ones goes first.
    assert c.whole.split[:, 0].tolist() == [0, 1, 0] + [1] * 8
    with pytest.raises(DataError, match=r"f.csv should have a column 'smiles' and numbers in a, c, but has not"):
        reader.read_table(table, "f.csv", ["a", "c"])
