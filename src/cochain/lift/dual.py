"""The dual hypergraph: edges become nodes, nodes become hyperedges."""

from cochain.complexes import Complex
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_complex


def dual(c: Complex) -> Complex:
    r"""Exchange nodes and edges.

    $$H^* = H^\top, \qquad H \in \{0, 1\}^{nodes \times edges}$$

    A transpose commutes with relabelling rows and columns, and the dual of the dual is the hypergraph itself. Tensors
    go with their cells: those of the edges lie on rank 0 of the dual, those of the nodes on rank 1. A node in no edge
    becomes a hyperedge without nodes.

    Args:
        c: a graph, digraph or hypergraph, or another complex of rank 1.

    Returns:
        A hypergraph.

    Raises:
        ComplexError: when the complex has ranks other than 0 and 1.
        ParityError: when a tensor on the edges is odd, since nodes of a hypergraph have no orientation.

    Cost:
        One transpose of the incidences.

    Source:
        Berge, 1973, "Graphs and Hypergraphs".
    """
    check_complex(c, "dual")
    if c.rank != 1:
        raise ComplexError(
            f"the dual exchanges ranks 0 and 1, but the top rank of this {c.domain} is {c.rank}; "
            "take the dual of a graph or a hypergraph"
        )
    pattern = c.faces(1, 0).to("cpu").pattern.transposed[0]
    offsets = [c.offsets(1).cpu(), c.offsets(0).cpu()]
    structure = Structure("hypergraph", (c.sizes[1], c.sizes[0]), offsets, {(1, 0): SparseMatrix(pattern)})
    return carry(c, structure, {0: 1, 1: 0})
