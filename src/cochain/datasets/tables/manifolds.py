"""Triangulated manifolds, from enumerations."""

from typing import Literal

from cochain.datasets.records import Dataset, Kind

_LUTZ = "Sulanke, Lutz, 2009, Isomorphism-free Lexicographic Enumeration of Triangulated Surfaces and 3-manifolds"
_MANTRA = f"Ballester et al., 2025, MANTRA: The Manifold Triangulations Assemblage; {_LUTZ}"
_SURFACES = tuple(f"triangulations/mantra_surfaces/2_manifolds_all{part}.txt" for part in ("", "_type", "_hom"))
# Counts of spheres, projective planes, tori and Klein bottles among the links of the nine vertices.
_LINKS = (
    "0009", "0018", "0036", "0054", "0090", "0225", "0234", "0243", "0405", "0432", "0441", "0603",
    "0810", "1044", "1080", "1206", "1224", "1233", "1242", "1404", "1413", "1422", "1440", "1611",
    "1800", "2205", "2214", "2223", "2412", "2421", "2601", "3213", "3222", "3402A", "3402B", "3420",
    "3600", "4014", "4050", "4203", "4212", "4221", "4401", "4410", "5004", "5022", "5202", "5211",
    "5400", "6003", "6012", "6030", "6201", "7002", "7020", "7200", "8001", "8010",
)  # fmt: skip


def _surface(
    name: str, title: str, kind: Kind, classes: int, metric: Literal["accuracy", "mae"], option: str, notes: str = ""
) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="simplicial",
        target="whole",
        kind=kind,
        classes=classes,
        components=712,
        sizes=(6329, 18726, 12484),
        channels=0,
        folds=5,
        features="none; whole.betti holds the Betti numbers over the rationals",
        protocol="five folds from a seed, stratified by homeomorphism type; fold k is test, fold k + 1 validation",
        metric=metric,
        licence="BSD-3-Clause (repository); a public enumeration",
        citation=_MANTRA,
        reader="manifolds:surfaces",
        files=_SURFACES,
        options=(option,),
        notes=notes,
    )


MANIFOLDS = (
    _surface(
        "mantra_type",
        "All closed surfaces with up to 9 vertices: which surface?",
        "classification",
        7,
        "accuracy",
        "type",
        "classes: sphere, torus, projective plane, Klein bottle, sums of 3, 4 and 5 planes, the last with 2 members; "
        "the 10-vertex surfaces of the full collection are not among them",
    ),
    _surface(
        "mantra_orientable", "All closed surfaces with up to 9 vertices: orientable or not?",
        "classification", 2, "accuracy", "orientable",
    ),
    _surface(
        "mantra_betti", "All closed surfaces with up to 9 vertices: their Betti numbers",
        "regression", 3, "mae", "betti",
    ),
    Dataset(
        name="pseudomanifolds",
        title="Pseudomanifolds of dimension 3: how many links are spheres, planes, tori, Klein bottles?",
        domain="simplicial",
        target="whole",
        kind="regression",
        classes=4,
        components=8843,
        sizes=(79587, 304155, 484710, 242355),
        channels=0,
        folds=5,
        features="none",
        protocol="five draws from seeds: 60% training, 20% validation, 20% test",
        metric="mae",
        licence="none stated; a public enumeration",
        citation="Akhmejanov, 2011, Three-dimensional Normal Pseudomanifolds with Nine Vertices (Cornell REU)",
        reader="manifolds:pseudomanifolds",
        files=tuple(f"triangulations/9_vertices/{links}.txt" for links in _LINKS),
    ),
    Dataset(
        name="simpcomp",
        title="Named manifolds of dimensions 2, 3 and 4: their reduced Betti numbers",
        domain="simplicial",
        target="whole",
        kind="regression",
        classes=5,
        components=483,
        sizes=(7277, 47385, 81692, 51710, 9421),
        channels=0,
        folds=5,
        features="none",
        protocol="five draws from seeds: 60% training, 20% validation, 20% test",
        metric="mae",
        licence="GPL-2.0-or-later (repository); public enumerations",
        citation="Effenberger, Spreer, 2010, simpcomp: a GAP Toolbox for Simplicial Complexes",
        reader="manifolds:library",
        files=("triangulations/simpcomp_manifolds.jsonl",),
        notes="y is NaN above the dimension of a manifold",
    ),
)  # fmt: skip
