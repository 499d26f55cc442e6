"""Make the README's picture: four complexes drawn by the library, without a ground, for light and dark pages.

Run `python docs/make_pictures.py`; it writes docs/pictures/complexes.svg from data that ships with the package.
"""

import re
from pathlib import Path

import numpy as np

import cochain as cc
from cochain.report import draw_complex

# Caffeine without its hydrogens: bonds of the two rings, then of the two oxygens and three methyl groups.
RINGS = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (3, 6), (6, 7), (7, 8), (8, 4)]
ARMS = [(0, 9), (1, 10), (2, 11), (5, 12), (6, 13)]
CARBON, NITROGEN, OXYGEN = 0, 1, 2
ATOMS = [NITROGEN, 0, NITROGEN, 0, 0, 0, NITROGEN, 0, NITROGEN, 0, OXYGEN, 0, OXYGEN, 0]

SIZE, GAP, TEXT = 320, 26, 50
TONE = "#7d8694"  # as far from white as from black


def torus(around: int = 22, across: int = 11) -> cc.Complex:
    """A torus cut into triangles."""
    u, v = np.meshgrid(np.arange(around), np.arange(across), indexing="ij")
    number = (u % around) * across + v % across
    east, north = np.roll(number, -1, axis=0), np.roll(number, -1, axis=1)
    both = np.roll(east, -1, axis=1)
    triangles = np.concatenate(
        [np.stack(t, axis=-1).reshape(-1, 3) for t in ((number, east, both), (number, both, north))]
    )
    a, b = 2 * np.pi * u.ravel() / around, 2 * np.pi * v.ravel() / across
    positions = np.stack([(2.1 + np.cos(b)) * np.cos(a), (2.1 + np.cos(b)) * np.sin(a), np.sin(b)], axis=1)
    return cc.Complex.mesh(positions.astype(np.float32), triangles)


def caffeine() -> cc.Complex:
    """A molecule, its rings filled, atoms coloured by element."""
    graph = cc.Complex.graph(RINGS + ARMS).with_cochain(0, "y", np.array(ATOMS))
    return cc.lift.cycles(graph, max_length=6, features=None)


def karate() -> cc.Complex:
    """A social network, its cliques filled, members coloured by the side they took."""
    return cc.lift.clique(cc.datasets.load("karate").without_cochain(0, "x"), max_rank=2, features=None)


def panel(svg: str, place: int, title: str, below: str) -> str:
    """Put a drawing into its column, centred, with two lines of text below."""
    view = re.search(r'viewBox="0 0 \S+ (\S+)"', svg)
    assert view is not None
    left, height = place * (SIZE + GAP), float(view[1])
    inside = svg.partition(">")[2].removesuffix("</svg>").strip()
    middle = left + SIZE / 2
    text = f'text-anchor="middle" fill="{TONE}" x="{middle:g}"'
    return (
        f'<g transform="translate({left} {(SIZE - height) / 2:.1f})">{inside}</g>'
        f'<text {text} y="{SIZE + 18}" font-size="17" font-weight="600">{title}</text>'
        f'<text {text} y="{SIZE + 40}" font-size="14">{below}</text>'
    )


def main() -> None:
    """Write the picture."""
    shown = [
        (karate(), "A graph and its cliques"),
        (caffeine(), "A molecule and its rings"),
        (cc.datasets.load("davis"), "A hypergraph"),
        (torus(), "A surface"),
    ]
    panels = []
    for place, (complex_, title) in enumerate(shown):
        two = "polygons" if complex_.domain == "cell" else "triangles"
        names = ("nodes", "hyperedges" if complex_.domain == "hypergraph" else "edges", two)
        below = ", ".join(f"{n} {name}" for n, name in zip(complex_.sizes, names, strict=False))
        panels.append(panel(draw_complex(complex_, limit=400), place, title, below))
    width, height = len(shown) * SIZE + (len(shown) - 1) * GAP, SIZE + TEXT
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        'aria-label="A social network with its cliques, a molecule with its rings, a hypergraph, a triangulated torus">'
    )
    target = Path(__file__).parent / "pictures" / "complexes.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join([start, *panels, "</svg>\n"]), encoding="utf-8")


if __name__ == "__main__":
    main()
