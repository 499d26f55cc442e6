"""Meshes: by hand, against trimesh, there and back, and damaged in every way."""

import io
import lzma
import tarfile
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.mesh import read, write
from cochain.errors import ComplexError, DataError
from damage import damaged
from oracles import same

LIMITS = Limits()
SQUARE = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0))
OFF = b"OFF\n# a square\n4 2 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2\n3 0 2 3\n"
OBJ = b"mtllib /etc/passwd\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nusemtl a\nf 1/1/1 2/1 3//2\nf -4 -2 -1\n"
STL = b"".join(
    [
        b"solid s\n",
        *(
            b"facet normal 0 0 1\nouter loop\n"
            + b"".join(b"vertex %d %d %d\n" % SQUARE[k] for k in face)
            + b"endloop\nendfacet\n"
            for face in ((0, 1, 2), (0, 2, 3))
        ),
        b"endsolid s\n",
    ]
)
PLY = b"""ply
format ascii 1.0
comment a square
element vertex 4
property float x
property float y
property float z
property uchar red
property uchar green
property uchar blue
property float heat
element face 2
property list uchar int vertex_indices
property int material
end_header
0 0 0 255 0 0 0.5
1 0 0 0 255 0 1.5
1 1 0 0 0 255 2.5
0 1 0 9 9 9 3.5
3 0 1 2 7
3 0 2 3 8
"""
FILES = {".off": OFF, ".obj": OBJ, ".stl": STL, ".ply": PLY}


def draft(data: bytes, suffix: str, folder: Path, limits: Limits = LIMITS) -> Draft:
    path = folder / f"m{suffix}"
    path.write_bytes(data)
    return read(path, limits)


@pytest.mark.parametrize("suffix", FILES)
def test_one_square_in_every_format(suffix: str, tmp_path: Path) -> None:
    found = draft(FILES[suffix], suffix, tmp_path)
    c = found.complex_
    assert (c.domain, c.sizes) == ("simplicial", (4, 5, 2))
    assert sorted(map(tuple, c[0].pos.tolist())) == sorted(SQUARE)
    assert c[0].pos.dtype == torch.float32
    corners = c[0].pos[torch.from_numpy(wound_faces(c))]
    normal = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert_close(normal, torch.tensor([[0.0, 0.0, 1.0]]).repeat(2, 1))
    assert "4 edges lie on the border" in found.notes


def wound_faces(c: cc.Complex) -> np.ndarray:
    return np.asarray(cc.to_trimesh(c).faces)


def test_what_ply_says_of_its_cells(tmp_path: Path) -> None:
    c = draft(PLY, ".ply", tmp_path).complex_
    assert c[0].color.tolist() == [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [9, 9, 9, 255]]
    assert c[0].heat.tolist() == [0.5, 1.5, 2.5, 3.5]
    assert c[2].material.tolist() == [7, 8]
    assert c[2].keys() == ["material", "winding"]


def test_obj_opens_no_other_file_and_says_what_it_left_out(tmp_path: Path) -> None:
    found = draft(OBJ, ".obj", tmp_path)
    assert set(found.losses) == {"materials were left out", "texture coordinates were left out"}
    bright = draft(b"v 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 0 1 0 .5 .5 .5\nf 1 2 \\\n3\n", ".obj", tmp_path).complex_
    assert bright[0].color.tolist() == [[255, 0, 0, 255], [0, 255, 0, 255], [128, 128, 128, 255]]


def test_faces_that_are_no_triangles_are_mended_and_named(tmp_path: Path) -> None:
    text = (
        b"OFF 5 6 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n9 9 9\n4 0 1 2 3\n3 0 1 1\n2 0 1\n3 2 1 0\n3 0 2 3 255 0 0\n3 1 2 4\n"
    )
    found = draft(text, ".off", tmp_path)
    assert found.complex_.sizes == (5, 7, 3)
    assert found.losses == (
        "the colours of faces were left out",
        "1 faces of more than 3 corners were cut into triangles",
        "1 faces of fewer than 3 corners were left out",
        "1 triangles that name a vertex twice were left out",
        "2 triangles that were there before were left out",
    )
    fan = b"OFF 5 3 0\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n1 1 1\n3 0 1 2\n3 0 1 3\n3 1 0 4\n"
    assert "1 edges lie in more than two triangles" in draft(fan, ".off", tmp_path).notes
    cloud = draft(b"OFF\n2 0 0\n0 0 0\n1 2 3\n", ".off", tmp_path)
    assert (cloud.complex_.domain, cloud.complex_[0].pos.tolist()) == ("points", [[0, 0, 0], [1, 2, 3]])
    alone = draft(OFF.replace(b"4 2 0", b"5 2 0").replace(b"0 1 0\n", b"0 1 0\n5 5 5\n", 1), ".off", tmp_path)
    assert "1 vertices lie in no triangle" in alone.notes


def binary(order: str = "little", counts: tuple[int, int] = (3, 3)) -> bytes:
    sign = "<" if order == "little" else ">"
    head = f"ply\nformat binary_{order}_endian 1.0\nelement vertex 4\nproperty double x\nproperty float y\n"
    head += "property float z\nelement face 2\nproperty list uchar int vertex_index\nproperty short m\nend_header\n"
    body = b"".join(
        np.array([x], sign + "f8").tobytes() + np.array([y, z], sign + "f4").tobytes() for x, y, z in SQUARE
    )
    for k, (n, face) in enumerate(zip(counts, ((0, 1, 2, 3), (0, 2, 3, 1)), strict=True)):
        body += bytes([n]) + np.array(face[:n], sign + "i4").tobytes() + np.array([k], sign + "i2").tobytes()
    return head.encode() + body


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize(("counts", "triangles"), [((3, 3), 2), ((4, 3), 2), ((3, 4), 3)])
def test_binary_ply(order: str, counts: tuple[int, int], triangles: int, tmp_path: Path) -> None:
    c = draft(binary(order, counts), ".ply", tmp_path).complex_
    assert c.sizes[0] == 4
    assert c[0].pos.tolist() == [list(map(float, row)) for row in SQUARE]
    assert c[2].m[c.find(2, [(0, 1, 2)])].tolist() == [0]
    assert c.sizes[2] == triangles


@pytest.mark.parametrize("suffix", [".off", ".obj", ".ply", ".stl"])
def test_trimesh_reads_and_writes_the_same(suffix: str, tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(subdivisions=2)
    theirs = tmp_path / f"theirs{suffix}"
    ball.export(theirs)
    c = read(theirs, LIMITS).complex_
    assert c.sizes == (162, 480, 320)
    assert c.betti() == (1, 0, 1)
    assert cc.to_trimesh(c).volume == pytest.approx(ball.volume, rel=1e-5)
    ours = tmp_path / f"ours{suffix}"
    write(c.without_cochain(0, "normal") if "normal" in c[0] else c, ours)
    again = trimesh.load_mesh(ours, process=True)
    assert (len(again.vertices), len(again.faces)) == (162, 320)
    assert again.volume == pytest.approx(ball.volume, rel=1e-5)


@st.composite
def surfaces(draw: st.DrawFn, colors: bool = False) -> cc.Complex:
    n = draw(st.integers(3, 6))
    triples = draw(st.lists(st.permutations(range(n)).map(lambda p: tuple(p[:3])), min_size=1, max_size=6))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    pos = (rng.standard_normal((n, 3)) * 10.0 ** rng.integers(-5, 5)).astype(np.float32)
    c = cc.Complex.mesh(torch.from_numpy(pos), triples)
    c = c.with_cochain(2, "winding", torch.from_numpy(rng.choice([-1, 1], c.sizes[2])), odd=True)
    if colors:
        top = draw(st.sampled_from([1, 2, 256]))
        c = c.with_cochain(0, "color", torch.from_numpy(rng.integers(0, top, (n, 4)).astype(np.uint8)))
    return c


@given(surfaces(colors=True), st.sampled_from([".off", ".ply"]))
def test_round_trip_with_colors(tmp_path_factory: pytest.TempPathFactory, c: cc.Complex, suffix: str) -> None:
    path = tmp_path_factory.mktemp("m") / f"m{suffix}"
    write(c, path)
    same(read(path, LIMITS).complex_, c)


@given(surfaces())
def test_round_trip_of_obj_and_stl(tmp_path_factory: pytest.TempPathFactory, c: cc.Complex) -> None:
    folder = tmp_path_factory.mktemp("m")
    opaque = torch.full((c.sizes[0], 4), 255, dtype=torch.uint8)
    opaque[:, :3] = torch.arange(3 * c.sizes[0]).reshape(-1, 3) * 9
    write(c.with_cochain(0, "color", opaque), folder / "m.obj")
    same(read(folder / "m.obj", LIMITS).complex_, c.with_cochain(0, "color", opaque))
    used = torch.zeros(c.sizes[0], dtype=torch.bool)
    used[c.simplices(2)] = True
    if not used.all():
        with pytest.raises(ComplexError, match="an STL file should hold every vertex in a triangle, but vertex"):
            write(c, folder / "m.stl")
        return
    write(c, folder / "m.stl")
    back = read(folder / "m.stl", LIMITS).complex_
    assert sorted(corner_rows(back)) == sorted(corner_rows(c))


def corner_rows(c: cc.Complex) -> list[list[float]]:
    """The corners of every triangle along its winding, from the smallest one on."""
    corners = np.asarray(c[0].pos.double())[wound_faces(c)].tolist()
    return [[*chain.from_iterable(min(face[k:] + face[:k] for k in range(3)))] for face in corners]


@given(surfaces())
def test_ply_keeps_every_number(tmp_path_factory: pytest.TempPathFactory, c: cc.Complex) -> None:
    path = tmp_path_factory.mktemp("m") / "m.ply"
    rng = np.random.default_rng(0)
    c = c.with_cochain(0, "normal", torch.from_numpy(rng.standard_normal((c.sizes[0], 3)).astype(np.float32)))
    c = c.with_cochain(0, "heat", torch.from_numpy(rng.standard_normal(c.sizes[0]).astype(np.float32)))
    c = c.with_cochain(2, "part", torch.from_numpy(rng.integers(-9, 9, c.sizes[2]).astype(np.int32)))
    c = c.with_cochain(2, "color", torch.from_numpy(rng.integers(0, 256, (c.sizes[2], 4)).astype(np.uint8)))
    write(c, path)
    same(read(path, LIMITS).complex_, c)


@pytest.mark.parametrize("suffix", [".off", ".obj", ".ply"])
def test_round_trip_of_clouds(suffix: str, tmp_path: Path) -> None:
    c = cc.Complex.points(torch.randn(5, 3))
    write(c, tmp_path / f"c{suffix}")
    same(read(tmp_path / f"c{suffix}", LIMITS).complex_, c)


def flat(faces: object = ((0, 1, 2),), width: int = 3) -> cc.Complex:
    return cc.Complex.simplicial(faces).with_cochain(0, "pos", torch.randn(3, width))


@pytest.mark.parametrize(
    ("c", "name", "message"),
    [
        (cc.Complex.graph([(0, 1)]), "m.off", "an OFF file should hold one mesh .* but is given a graph of rank 1"),
        (cc.Complex.union([flat(), flat()]), "m.obj", "an OBJ file should .* with 2 components; select one"),
        (flat(width=2), "m.ply", r"a PLY file should hold positions in three dimensions, but c\[0\].pos"),
        (flat().with_cochain(0, "x", torch.ones(3, 1)), "m.ply", r"no place for 'x' on 0, .*without_cochain\(0, 'x'\)"),
        (
            flat().with_cochain("whole", "y", [1]),
            "m.off",
            r"no place for 'y' on whole, .*without_cochain\('whole', 'y'\)",
        ),
        (flat().with_cochain(1, "w", [1, 2, 3]), "m.obj", "no place for 'w' on 1"),
        (flat().with_cochain(0, "color", torch.zeros(3, 4, dtype=torch.uint8)), "m.obj", "should hold opaque colours"),
        (cc.Complex.points(torch.zeros(2, 3)), "m.stl", "every vertex in a triangle, but vertex 0 is in none"),
    ],
)
def test_writers_refuse_what_would_be_lost(c: cc.Complex, name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ComplexError, match=message):
        write(c, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_an_edge_without_a_triangle_is_refused(tmp_path: Path) -> None:
    c = cc.Complex.simplicial([(0, 1, 2), (2, 3)]).with_cochain(0, "pos", torch.randn(4, 3))
    with pytest.raises(ComplexError, match="every edge in a triangle, but edge 3 is in none"):
        write(c, tmp_path / "m.off")


@pytest.mark.parametrize(
    ("suffix", "old", "new", "message"),
    [
        (".off", b"OFF", b"PLY", r"m.off, line 1: should begin with OFF or COFF, but begins with b'PLY"),
        (".off", b"4 2 0", b"4 3 0", r"m.off, line 3: 4 lines of vertices and 3 lines of faces should follow, but 6"),
        (
            ".off",
            b"4 2 0",
            b"1000000000000 2 0",
            r"m.off, line 3: vertices should be at most 2147483647, but are 10000",
        ),
        (".off", b"4 2 0", b"4.5 2 0", r"m.off, line 3: the number of vertices should be a whole number, but is 4.5"),
        (".off", b"4 2 0", b"4", r"m.off, line 3: should have the numbers of vertices, faces and edges, but has not"),
        (".off", b"1 1 0", b"1 1", r"m.off, line 6: a vertex should have 3 coordinates, but has 2 numbers"),
        (".off", b"1 1 0", b"1 one 0", r"m.off, line 6: every entry should be a number, but one is b'one'"),
        (".off", b"3 0 2 3", b"4 0 2 3", r"m.off, line 9: a face should have its number of corners and as many vert"),
        (
            ".off",
            b"3 0 2 3",
            b"3 0 2 4",
            r"m.off, line 9: corners should name one of 4 vertices, but one names vertex 4",
        ),
        (".off", b"3 0 2 3", b"3 0 2 .5", r"m.off, line 9: corners should be numbers of vertices, but one is 0.5"),
        (
            ".obj",
            b"-4 -2 -1",
            b"-5 -2 -1",
            r"m.obj, line 9: corners should name one of 4 vertices, but one names .* -1",
        ),
        (
            ".obj",
            b"-4 -2 -1",
            b"0 2 1",
            r"m.obj, line 9: corners should be counted from 1, or back from -1, but one is 0",
        ),
        (".obj", b"v 1 1 0", b"v 1 1", r"m.obj, line 4: a vertex should have 3 coordinates .* but has 2 numbers"),
        (".obj", b"v ", b"w ", r"m.obj, line 9: corners should name one of 3 vertices"),
        (".stl", b"endsolid", b"solid", r"m.stl, line 17: should end with endsolid, but does not"),
        (".stl", b"outer", b"inner", r"m.stl, line 3: should be a line of STL, but is b'inner loop'"),
        (
            ".stl",
            b"vertex 1 1 0\n",
            b"",
            r"m.stl should have three vertices in each facet, but has 2 facets and 5 vert",
        ),
        (".stl", b"vertex 1 1 0", b"vertex 1 1", r"m.stl, line 6: should have 3 entries, but has 2"),
        (
            ".stl",
            b"solid s\nfacet",
            b"s\nfacet",
            r"m.stl, byte 80: should have .* but has \d+ bytes; it is trunc",
        ),
        (".ply", b"ply\n", b"plx\n", r"m.ply, line 1: should begin with ply and a header"),
        (".ply", b"ascii", b"text", r"m.ply, line 2: should be a line of a PLY header, but is 'format text 1.0'"),
        (".ply", b"format ascii 1.0\n", b"", r"m.ply, line 2: should name the format, one of ascii, binary_little"),
        (
            ".ply",
            b"float heat",
            b"real heat",
            r"m.ply, line 11: should be a property of a known type, but is 'property r",
        ),
        (".ply", b"vertex 4", b"vertex 999999999999", r"m.ply, line 4: elements 'vertex' should be at most 2147483647"),
        (".ply", b"vertex 4", b"vertex 5", r"m.ply, line \d+: 7 lines should follow the header, but 6 follow"),
        (".ply", b"float heat", b"float x", r"m.ply: every vertex in the header should have a name of its own"),
        (".ply", b"float x", b"float u", r"m.ply should have vertices with x, y and z, but its header has none"),
        (".ply", b"vertex_indices", b"corners", r"m.ply should have faces with a list vertex_indices, but its header"),
        (
            ".ply",
            b"3 0 2 3 8",
            b"4 0 2 3 8",
            r"m.ply, line 21: should have the properties vertex_indices, material, but",
        ),
        (
            ".ply",
            b"3 0 2 3 8",
            b"3 0 2 9 8",
            r"m.ply, line 21: corners should name one of 4 vertices, but one names vertex 9",
        ),
        (".ply", b"3 0 2 3 8", b"3 0 2 .5 8", r"m.ply: corners should be numbers of vertices, but one is 0.5"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    suffix: str, old: bytes, new: bytes, message: str, tmp_path: Path
) -> None:
    assert old in FILES[suffix]
    with pytest.raises(DataError, match=message):
        draft(FILES[suffix].replace(old, new, 1), suffix, tmp_path)


def test_binary_files_that_lie_about_their_length(tmp_path: Path) -> None:
    whole = binary()
    with pytest.raises(DataError, match=r"byte \d+: .*the file ends; it is truncated"):
        draft(whole[:-9], ".ply", tmp_path)
    with pytest.raises(DataError, match=r"m.ply, byte \d+: the file should end here, but has 3 more bytes"):
        draft(whole + b"abc", ".ply", tmp_path)
    with pytest.raises(DataError, match="4294967295"):
        draft(b"\0" * 80 + b"\xff" * 4 + b"\0" * 50, ".stl", tmp_path)
    long = whole.replace(b"list uchar int", b"list uint int")
    with pytest.raises(DataError, match=r"byte \d+: (a list should fit the file, but claims|.*truncated)"):
        draft(long, ".ply", tmp_path)
    with pytest.raises(DataError, match=r"should end in .off, .ply, .obj or .stl, but ends in .dae"):
        draft(OFF, ".dae", tmp_path)


def test_numbers_too_large_for_single_precision_are_kept_in_double(tmp_path: Path) -> None:
    big = binary().replace(np.array([1.0]).tobytes(), np.array([1e300]).tobytes(), 1)
    c = draft(big, ".ply", tmp_path).complex_
    assert (c[0].pos.dtype, c[0].pos.max().item()) == (torch.float64, 1e300)
    endless = binary().replace(np.array([1.0]).tobytes(), np.array([np.inf]).tobytes(), 1)
    with pytest.raises(ComplexError, match="positions should be finite, but point 1"):
        draft(endless, ".ply", tmp_path)


@pytest.mark.parametrize("suffix", [*FILES, "binary.ply", "mixed.ply", "binary.stl"])
@given(data=st.data())
def test_damage_never_escapes(tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject) -> None:
    stl = b"\0" * 80 + (2).to_bytes(4, "little") + np.random.default_rng(0).standard_normal(25).astype("<f4").tobytes()
    whole = {"binary.ply": binary(), "mixed.ply": binary(counts=(3, 4)), "binary.stl": stl} | FILES
    try:
        found = draft(data.draw(damaged(whole[suffix])), Path(suffix).suffix or suffix, tmp_path_factory.mktemp("m"))
    except (DataError, ComplexError):
        return
    found.complex_.validate()


@pytest.mark.slow
def test_meshes_of_known_topology(mirror: Path, tmp_path: Path) -> None:
    with tarfile.open(
        fileobj=io.BytesIO(lzma.decompress((mirror / "meshes_small/common3d.tar.xz").read_bytes()))
    ) as tar:
        names = [each for each in tar.getmembers() if Path(each.name).suffix in FILES]
        assert names
        for each in names:
            stream = tar.extractfile(each)
            assert stream is not None
            c = draft(stream.read(), Path(each.name).suffix, tmp_path).complex_
            theirs = trimesh.load_mesh(tmp_path / f"m{Path(each.name).suffix}", process=False)
            assert c.sizes[2] <= len(theirs.faces)
            c.validate()
