"""trimesh: round trips against the real library; winding, colours and normals follow their cells."""

import numpy as np
import pytest
import torch
import trimesh
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc


@st.composite
def meshes(draw: st.DrawFn) -> trimesh.Trimesh:
    """Different triangles on at most 7 vertices, each wound either way, with vertices that no face names."""
    n = draw(st.integers(3, 7))
    triples = draw(st.lists(st.permutations(range(n)).map(lambda p: tuple(p[:3])), min_size=1, max_size=8))
    faces = list({frozenset(t): t for t in triples}.values())
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    vertices = rng.standard_normal((n, 3)).astype(np.float32).astype(float)
    colors = draw(st.sampled_from(["none", "vertex", "face"]))
    rgba = rng.integers(0, 256, (n if colors == "vertex" else len(faces), 4)).astype(np.uint8)
    mesh = trimesh.Trimesh(vertices, faces, process=False, **({} if colors == "none" else {f"{colors}_colors": rgba}))
    mesh.face_attributes["area_class"] = rng.integers(0, 3, len(faces))
    mesh.vertex_attributes["heat"] = rng.random((n, 2)).astype(np.float32)
    return mesh


def cycled(faces: np.ndarray) -> np.ndarray:
    """Each face from its smallest corner on, which keeps the winding."""
    first = faces.argmin(1)
    return np.stack([np.take_along_axis(faces, ((first + k) % 3)[:, None], 1)[:, 0] for k in range(3)], 1)


@given(meshes())
def test_round_trip(mesh: trimesh.Trimesh) -> None:
    c = cc.from_trimesh(mesh)
    back = cc.to_trimesh(c)
    assert_close(np.asarray(back.vertices), np.asarray(mesh.vertices))
    order, there = np.lexsort(np.sort(mesh.faces, 1).T[::-1]), cycled(np.asarray(back.faces))
    assert np.array_equal(there, cycled(np.asarray(mesh.faces))[order])
    assert back.visual.kind == mesh.visual.kind
    if mesh.visual.kind == "vertex":
        assert np.array_equal(back.visual.vertex_colors, mesh.visual.vertex_colors)
    if mesh.visual.kind == "face":
        assert np.array_equal(back.visual.face_colors, mesh.visual.face_colors[order])
    assert np.array_equal(back.face_attributes["area_class"], mesh.face_attributes["area_class"][order])
    assert np.array_equal(back.vertex_attributes["heat"], mesh.vertex_attributes["heat"])


def test_a_sphere_keeps_its_outside_under_reversal() -> None:
    ball = trimesh.creation.icosphere(subdivisions=1)
    c = cc.from_trimesh(ball)
    assert (c.domain, c.betti()) == ("simplicial", (1, 0, 1))
    # Consistently wound triangles of a closed surface are a cycle.
    assert_close(c.boundary(2).to_dense() @ c[2].winding.float(), torch.zeros(c.sizes[1]))
    signs = torch.where(torch.arange(c.sizes[2]) % 3 == 0, -1, 1)
    turned = cc.to_trimesh(c.reorient({2: signs, 1: torch.where(torch.arange(c.sizes[1]) % 2 == 0, -1, 1)}))
    assert turned.volume == pytest.approx(ball.volume)
    assert cc.to_trimesh(c.without_cochain(2, "winding")).faces.shape == ball.faces.shape


def test_normals_that_were_given_are_kept() -> None:
    normals = np.array([[0, 0, 1.0], [0, 1, 0], [1, 0, 0]])
    mesh = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 1.0, 0]], [[0, 1, 2]], vertex_normals=normals, process=False)
    c = cc.from_trimesh(mesh)
    assert_close(c[0].normal, torch.from_numpy(normals.copy()).float())
    assert np.array_equal(cc.to_trimesh(c).vertex_normals, normals)
    both = c.with_cochain(0, "color", torch.full((3, 4), 7, dtype=torch.uint8))
    both = both.with_cochain(2, "color", torch.full((1, 4), 9, dtype=torch.uint8))
    again = cc.from_trimesh(cc.to_trimesh(both))
    assert again[0].color.tolist() == [[7] * 4] * 3


def test_refusals() -> None:
    points = np.eye(3)
    with pytest.raises(cc.ComplexError, match=r"three different vertices, but face 1 is \[0, 2, 2\]; remove"):
        cc.from_trimesh(trimesh.Trimesh(points, [[0, 1, 2], [0, 2, 2]], process=False))
    with pytest.raises(cc.ComplexError, match="faces 0 and 1 have the same vertices; remove one"):
        cc.from_trimesh(trimesh.Trimesh(points, [[0, 1, 2], [2, 1, 0]], process=False))
    with pytest.raises(cc.ComplexError, match=r"should be a trimesh.Trimesh, but is a Scene; a scene gives one by"):
        cc.from_trimesh(trimesh.Scene())
    with pytest.raises(cc.ComplexError, match="a mesh should come from triangles, but this is a graph of rank 1"):
        cc.to_trimesh(cc.Complex.graph([(0, 1)]))
    with pytest.raises(cc.ComplexError, match=r"should have its vertices in c\[0\].pos, \(vertices, 3\)"):
        cc.to_trimesh(cc.Complex.simplicial([(0, 1, 2)]))


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "trimesh", None)
    with pytest.raises(cc.ComplexError, match=r"trimesh should be installed .* pip install 'cochain\[interop\]'"):
        cc.from_trimesh(object())
