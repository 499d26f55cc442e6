"""Clouds of points: in every form, there and back, and damaged."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.points import write
from cochain.complexes.schema import Schema
from cochain.datasets.objects import read_npy
from damage import damaged
from oracles import same

POS = np.array([[0.0, 1, 2], [3, 4, 5], [6, 7, 8.5]])


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


CSV = b"x,y,z,kind,mass\n0,1,2,a,0.5\n3,4,5,b,1.5\n6,7,8.5,a,2.5\n"
XYZ = b"0 1 2\n3 4 5\n6 7 8.5\n"
FILES = {".npz": npz(pos=POS, mass=POS[:, 0]), ".csv": CSV, ".tsv": CSV.replace(b",", b"\t")}
FILES |= {".xyz": XYZ, ".pts": b"3\n" + XYZ}


def put(data: bytes, suffix: str, folder: Path) -> Path:
    path = folder / f"p{suffix}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", FILES)
def test_three_points_in_every_form(suffix: str, tmp_path: Path) -> None:
    c = cc.io.read(put(FILES[suffix], suffix, tmp_path), "points")
    assert (c.domain, len(c), c.sizes) == ("points", 1, (3,))
    assert_close(c[0].pos, torch.from_numpy(POS).float())


def test_columns_become_features_and_graphs_clouds(tmp_path: Path) -> None:
    c = cc.io.read(put(CSV, ".csv", tmp_path))
    assert c.schema == Schema(features={0: ("kind=a", "kind=b", "mass")})
    assert c[0].x.tolist() == [[1, 0, 0.5], [0, 1, 1.5], [1, 0, 2.5]]
    two = b"graph,X,Y\nb,0,1\na,2,3\nb,4,5\n"
    c = cc.io.read(put(two, ".csv", tmp_path), "points")
    assert c[0].pos[c.offsets(0)[0] : c.offsets(0)[1]].tolist() == [[0, 1], [4, 5]]
    assert c.offsets(0).tolist() == [0, 2, 3]
    c = cc.io.read(put(b"a:position,b:position,x\n0,1,7\n2,3,8\n", ".csv", tmp_path), "points")
    assert (c[0].pos.tolist(), c[0].x.tolist()) == ([[0, 1], [2, 3]], [[7], [8]])


def test_arrays_of_many_clouds(tmp_path: Path) -> None:
    clouds = np.arange(24).reshape(2, 4, 3)
    data = npz(points=clouds, y=np.array([3, 5]), heat=np.arange(8.0), weight=np.arange(8, dtype=">u2"))
    c = cc.io.read(put(data, ".npz", tmp_path))
    assert (len(c), c.sizes, c.whole.y.tolist(), c[0].keys()) == (2, (8,), [3, 5], ["heat", "pos", "weight"])
    assert c[0].weight.dtype == torch.int64
    c = cc.io.read(put(npz(pos=POS, counts=np.array([1, 0, 2])), ".npz", tmp_path))
    assert c.offsets(0).tolist() == [0, 1, 1, 3]
    np.save(tmp_path / "one.npy", POS)
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    assert cc.io.read(tmp_path / "one.npz").sizes == (3,)


def test_further_numbers_of_a_line_are_features(tmp_path: Path) -> None:
    c = cc.io.read(put(b"0 1 2 9\n3 4 5 8\n", ".xyz", tmp_path))
    assert (c[0].x.tolist(), c.schema) == ([[9], [8]], Schema(features={0: ("column 4",)}))


@st.composite
def clouds(draw: st.DrawFn, components: bool = True) -> cc.Complex:
    counts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3 if components else 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    pos = (rng.standard_normal((sum(counts), 3)) * 10.0 ** rng.integers(-5, 6)).astype(np.float32)
    return cc.Complex.points(torch.from_numpy(pos), counts)


@given(clouds(), st.integers(0, 2**16))
def test_npz_holds_everything(tmp_path_factory: pytest.TempPathFactory, c: cc.Complex, seed: int) -> None:
    path = tmp_path_factory.mktemp("p") / "p.npz"
    rng = np.random.default_rng(seed)
    c = c.with_cochain(0, "x", torch.from_numpy(rng.standard_normal((c.sizes[0], 2))))
    c = c.with_cochain("whole", "y", torch.from_numpy(rng.integers(0, 9, len(c))))
    write(c, path)
    back = cc.io.read(path)
    same(back, c)
    assert_close(back.whole.y, c.whole.y)


@given(clouds(), st.sampled_from([".csv", ".tsv"]))
def test_round_trip_of_tables(tmp_path_factory: pytest.TempPathFactory, c: cc.Complex, suffix: str) -> None:
    path = tmp_path_factory.mktemp("p") / f"p{suffix}"
    c = c.with_cochain(0, "x", c[0].pos[:, :2] * 2)
    cc.io.write(c, path, "points")
    back = cc.io.read(path, "points")
    same(back.with_schema(None), c)


@given(clouds(components=False), st.sampled_from([".xyz", ".pts"]))
def test_round_trip_of_lines(tmp_path_factory: pytest.TempPathFactory, c: cc.Complex, suffix: str) -> None:
    path = tmp_path_factory.mktemp("p") / f"p{suffix}"
    cc.io.write(c, path)
    same(cc.io.read(path), c)


def test_writers_refuse_what_would_be_lost(tmp_path: Path) -> None:
    c = cc.Complex.points(torch.from_numpy(POS))
    with pytest.raises(cc.ComplexError, match=r"a .xyz file of points should hold one cloud in three dimensions and"):
        write(c.with_cochain(0, "x", POS), tmp_path / "p.xyz")
    with pytest.raises(cc.ComplexError, match=r"should hold every cloud, but one has no points; write to .npz"):
        write(cc.Complex.points(POS, [0, 3]), tmp_path / "p.csv")
    with pytest.raises(cc.ComplexError, match=r"should hold everything that is written, but c.whole.y has no column"):
        write(c.with_cochain("whole", "y", [1]), tmp_path / "p.csv")
    with pytest.raises(cc.ComplexError, match="points with positions, but is given a graph"):
        write(cc.Complex.graph([(0, 1)]), tmp_path / "p.npz")


@pytest.mark.parametrize(
    ("data", "suffix", "message"),
    [
        (npz(a=POS, b=POS), ".npz", "p.npz should hold positions as the array pos, but holds 'a', 'b'; rename it"),
        (npz(pos=POS[0]), ".npz", r"'pos' should be \(points, dimensions\) or .* but has shape \(3,\) and type"),
        (npz(pos=POS, mass=POS[:2, 0]), ".npz", r"'mass' should .* the 3 points or 1 clouds, but has shape \(2,\)"),
        (npz(pos=POS, counts=np.array([1, 1])), ".npz", "p.npz: counts should add up to 3 points, but add up to 2"),
        (npz(pos=POS * np.nan), ".npz", "p.npz: positions should be finite, but point 0"),
        (npz(pos=np.array([None, 1])), ".npz", "should hold numbers, but holds object; save it as numbers"),
        (npz(pos=POS)[:-9], ".npz", "p.npz should be written by numpy.savez, but cannot be read"),
        (b"a,b\n1,2\n", ".csv", "p.csv, line 1: should name columns x, y and z, but names 'a, b'; rename them"),
        (b"x,y,z\n1,2,\n", ".csv", "p.csv: column 'z' should be known in every row, being a position, but is"),
        (b"x,y,z\n1,2\n", ".csv", "p.csv, line 2: should have 3 values"),
        (b"0 1 2\n3 4\n", ".xyz", "p.xyz, line 2: should have 3 numbers, but has 2; every line should be x y z"),
        (b"2\nmethane\nC 0 1 2\n", ".xyz", "p.xyz, line 2: every entry should be a number, but one is b'methane'"),
        (b"4\n0 1 2\n3 4 5\n", ".pts", "p.pts, line 1: the count should be 2, as lines follow, but is 4"),
        (b"", ".csv", "p.csv should be a table whose first line names the columns, but is empty"),
    ],
)
def test_what_is_wrong_is_named(data: bytes, suffix: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(cc.CochainError, match=message):
        cc.io.read(put(data, suffix, tmp_path), "points")


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pos.npy", npz(pos=POS)[:0] + bytes(200_000_000))
    with pytest.raises(cc.DataError, match="unpacked bytes should fit a file of"):
        cc.io.read(put(stream.getvalue(), ".npz", tmp_path), limits=Limits(floor=1 << 20))


@pytest.mark.parametrize("suffix", FILES)
@given(data=st.data())
def test_damage_never_escapes(tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject) -> None:
    path = put(data.draw(damaged(FILES[suffix])), suffix, tmp_path_factory.mktemp("p"))
    try:
        c = cc.io.read(path, "points")
    except cc.CochainError:
        return
    assert c.domain == "points"


@pytest.mark.parametrize(
    "header", [b"{'descr': '<f8', 'shape': (3, 3", b"\0" * 60, b"'", b"(" * 300, b"\n\n[", b"{'descr': '", b"\x01", b""]
)
def test_headers_that_are_no_python_are_damage(header: bytes, tmp_path: Path) -> None:
    """numpy reads the header of an array as a line of Python, and its tokens may end anywhere."""
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(72)
    with zipfile.ZipFile(tmp_path / "cloud.npz", "w") as archive:
        archive.writestr("pos.npy", array)
    with pytest.raises(cc.DataError, match=r"cloud\.npz"):
        cc.io.read(tmp_path / "cloud.npz")
    with pytest.raises(cc.DataError, match="array should hold arrays, but cannot be read"):
        read_npy(array, "array")
