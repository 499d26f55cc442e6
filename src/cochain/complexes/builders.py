"""What `Complex` is built from: its class methods, in a file of their own because of their documentation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torch import Tensor

from cochain.errors import ShapeError

if TYPE_CHECKING:
    from cochain.complexes.complex import Complex
    from cochain.complexes.structure import Structure


class Builders:
    """The builders of `Complex`. The arithmetic stands in `build*.py`."""

    __slots__ = ()

    @classmethod
    def _of(cls, structure: "Structure", values: Mapping[Any, Tensor] | None = None) -> "Complex":
        return cls(structure, values)  # type: ignore[call-arg, return-value]

    @classmethod
    def graph(cls, edges: Any, num_nodes: Any = None) -> "Complex":
        """Build an undirected graph.

        Edges are stored once each, as u < v, sorted lexicographically, oriented from u to v; (u, v), (v, u) and
        repetitions are one edge. `find(1, edges)` tells where each went.

        Args:
            edges: integer tensor or array (2, m), or a list of pairs.
            num_nodes: number of nodes; a sequence gives one count for each component, nodes numbered over the union.

        Raises:
            ComplexError: for a self loop, a negative or dangling index, an edge between two components.
            ShapeError: when edges are neither (2, m) nor a list of pairs.
        """
        from cochain.complexes.build import build_graph

        return cls._of(build_graph(edges, num_nodes))

    @classmethod
    def digraph(cls, edges: Any, num_nodes: Any = None) -> "Complex":
        """Build a directed graph: as `graph`, but an edge keeps its direction, which is its orientation."""
        from cochain.complexes.build import build_digraph

        return cls._of(build_digraph(edges, num_nodes))

    @classmethod
    def hypergraph(cls, hyperedges: Any, num_nodes: Any = None) -> "Complex":
        """Build a hypergraph: nodes on rank 0, hyperedges on rank 1, no orientation.

        Hyperedges keep the order (or the numbers) that they are given; two may have the same nodes.

        Args:
            hyperedges: a list of node lists, a `Ragged`, or integer pairs (2, nnz) of nodes and hyperedges.
            num_nodes: number of nodes, or one count for each component.
        """
        from cochain.complexes.build import build_hypergraph

        return cls._of(build_hypergraph(hyperedges, num_nodes))

    @classmethod
    def simplicial(cls, simplices: Any, num_nodes: Any = None) -> "Complex":
        """Build a simplicial complex from any simplices; their faces are added.

        Cells of each rank are sorted lexicographically and oriented by increasing nodes, so the face without the
        i-th node has sign (-1)^i. `find(rank, simplices)` tells where a simplex went.

        Args:
            simplices: a list of node tuples of any sizes, one array (n, rank + 1), or a list of such arrays.
            num_nodes: number of nodes, or one count for each component.
        """
        from cochain.complexes.build_simplicial import build_simplicial

        return cls._of(build_simplicial(simplices, num_nodes))

    @classmethod
    def cell(cls, polygons: Any, edges: Any = None, num_nodes: Any = None) -> "Complex":
        """Build a two-dimensional cell complex: polygons glued along edges.

        Polygons keep their order; edges are sorted as in `graph`. A polygon is oriented along its walk. Two polygons
        may have one boundary (two discs on a circle are a sphere).

        Args:
            polygons: closed walks of at least 3 different nodes, the first node not repeated at the end.
            edges: further edges, (2, m) or a list of pairs; those of the polygons are added.
            num_nodes: number of nodes, or one count for each component.
        """
        from cochain.complexes.build_cells import build_cell

        return cls._of(build_cell(polygons, edges, num_nodes))

    @classmethod
    def combinatorial(cls, cells: Mapping[int, Any], num_nodes: Any = None) -> "Complex":
        """Build a combinatorial complex: sets of nodes with ranks, incident by containment, without orientation.

        Args:
            cells: `{0: n, 1: [...], 2: [...]}`, for rank 0 the number of nodes, above it lists of nodes; cells keep
                their order.
            num_nodes: one count of nodes for each component, in place of `cells[0]`.
        """
        from cochain.complexes.build_cells import build_combinatorial

        return cls._of(build_combinatorial(cells, num_nodes))

    @classmethod
    def points(cls, pos: Any, counts: Any = None) -> "Complex":
        """Build a cloud of points: rank 0 only, positions in `c[0].pos`.

        Args:
            pos: (points, dimensions), finite.
            counts: points of each component; by default one component.
        """
        from cochain.complexes.build import build_points

        structure, positions = build_points(pos, counts)
        return cls._of(structure, {(0, "pos"): positions})

    @classmethod
    def mesh(cls, vertices: Any, faces: Any) -> "Complex":
        """Build a triangle mesh: the simplicial complex of its faces, positions in `c[0].pos`."""
        from cochain.complexes.build import build_points
        from cochain.complexes.build_simplicial import build_simplicial

        _, positions = build_points(vertices)
        structure = build_simplicial(faces, len(positions))
        if structure.rank > 2:
            raise ShapeError(
                "the faces of a mesh should be triangles, (n, 3), but some have 4 nodes or more; split them"
            )
        return cls._of(structure, {(0, "pos"): positions})

    @classmethod
    def cubical(cls, images: Any, pixels: str = "vertices", mask: Any = None, axes: int = 2) -> "Complex":
        """Build a cubical complex for each picture or volume: a regular grid of cells, oriented, one component each.

        Pixels are vertices by default, where networks expect features: neighbours along an axis are joined by edges,
        four around a corner span a square, eight a cube. Or pixels are the squares (cubes) themselves, with their
        sides and corners. Under a mask the two differ: vertices hold together along sides alone, cells also where they
        touch in a corner. `c[0].x` (or, for cells, `c[axes].x`) holds the channels, `c[0].pos` the grid: columns
        along x, rows down y, slices along z. Cells are sorted lexicographically, as everywhere.

        Args:
            images: one image (rows, columns), or for volumes (slices, rows, columns); a batch of one size with an
                axis before them, or that and channels last; or a list of images of any sizes, each with channels last
                or none. One image with channels goes into a list.
            pixels: "vertices" or "cells".
            mask: truth values of the same sizes, without channels: only these pixels are there.
            axes: 2 for pictures, 3 for volumes.

        Raises:
            ShapeError: when the axes do not fit; ComplexError: for pixels that are not finite.
        """
        from cochain.complexes.build_cubical import build_cubical

        built = build_cubical(images, pixels, mask, axes)
        return cls._of(built.structure, {(built.rank, "x"): built.values, (0, "pos"): built.positions})
