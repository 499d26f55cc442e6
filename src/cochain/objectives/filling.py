"""Pre-training on a hypergraph by filling in the missing node of a hyperedge."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, normalize

from cochain.complexes import Complex
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError, SpecError
from cochain.kernels import Pattern, SparseMatrix, gather_ranges, spmm
from cochain.nn import mlp


class HyperedgeFilling(nn.Module):
    r"""Which node is missing in a hyperedge? Two heads on the embeddings of nodes answer.

    $$p(v \mid q) = \frac{\exp \langle \hat h_v, \hat h_q \rangle / \tau}
      {\sum_{w \in V} \exp \langle \hat h_w, \hat h_q \rangle / \tau}, \qquad
      h_v = f(z_v), \quad h_q = g\Big(\sum_{u \in q} z_u\Big), \quad q = e \setminus v$$

    with $\hat h$ of norm 1. The loss is the mean of $-\log p(v \mid e \setminus v)$ over all nodes of all hyperedges of
    at least 2 nodes. Sums know no order, so relabelling leaves it; untrained it is near $\log |V|$.

    Args:
        channels: of the embeddings z.
        hidden: of the heads' hidden layer and of h.
        temperature: $\tau$.
    Cost:
        a product of all queries with all nodes, $O(Q |V| C)$; `queries` draws some.
    Differs from the paper:
        its temperature is 1; candidates are the nodes of the query's component, so that components of a union, as
        everywhere, do not hear each other.
    Source:
        Kim et al., 2024, "HypeBoy: Generative Self-Supervised Representation Learning on Hypergraphs".
    """

    def __init__(self, channels: int, hidden: int = 128, temperature: float = 1.0) -> None:
        super().__init__()
        if temperature <= 0:
            raise SpecError(f"temperature should be above 0, but is {temperature}")
        self.node, self.query = mlp(channels, hidden, hidden), mlp(channels, hidden, hidden)
        self.temperature = temperature

    def forward(
        self, complex: Complex, z: Float[Tensor, "nodes channels"], queries: int | None = None
    ) -> Float[Tensor, ""]:
        """Give the loss; over all queries, or over so many that are drawn.

        Raises:
            ComplexError: when no hyperedge has two nodes.
        """
        chosen = self.questions(complex)
        if queries is not None and queries < len(chosen):
            chosen = chosen[torch.randperm(len(chosen), device=chosen.device)[:queries]]
        missing = complex.cells(1).pattern.indices[chosen].long()
        return -self.log_probabilities(complex, z, chosen).gather(1, missing[:, None]).mean()

    def questions(self, complex: Complex) -> Int[Tensor, "queries"]:
        """List the nonzeros of `complex.cells(1)` that can be asked for: a node and the others of its hyperedge."""
        members = complex.cells(1).pattern
        found = (members.degrees[members.rows] > 1).nonzero()[:, 0]
        if not len(found):
            raise ComplexError(
                f"a hyperedge should have two nodes or more, so that one can be missing, but none of the "
                f"{complex.sizes[1]} of this {complex.domain} has"
            )
        return found

    def log_probabilities(
        self, complex: Complex, z: Float[Tensor, "nodes channels"], chosen: Int[Tensor, "queries"]
    ) -> Float[Tensor, "queries nodes"]:
        """Give the logarithm of each node's probability for each query; -inf outside of its component."""
        members = complex.cells(1).pattern
        hyperedge, missing = members.rows[chosen].long(), members.indices[chosen].long()
        asked = spmm(SparseMatrix(members), z)[hyperedge] - z[missing]
        scores = normalize(self.query(asked), dim=1) @ normalize(self.node(z), dim=1).T / self.temperature
        if len(complex) > 1:
            other = complex.component_of(1)[hyperedge][:, None] != complex.component_of(0)
            scores = scores.masked_fill(other, -torch.inf)
        return torch.log_softmax(scores, dim=1)


def mask_features(complex: Complex, share: float) -> tuple[Complex, Bool[Tensor, "nodes"]]:
    """Set the features of a share of the nodes to 0, drawn one by one; give the complex and the nodes."""
    x = complex[0].x
    masked = torch.rand(len(x), device=x.device) < _checked(share)
    return complex.with_cochain(0, "x", torch.where(masked[:, None], 0.0, x)), masked


def drop_hyperedges(complex: Complex, share: float) -> Complex:
    """Leave out a share of the hyperedges, drawn one by one; the tensors of the others go with them."""
    kept = (torch.rand(complex.sizes[1], device=complex.device) >= _checked(share)).nonzero()[:, 0]
    if complex.domain != "hypergraph":
        raise ComplexError(f"hyperedges should be dropped from a hypergraph, but this is a {complex.domain}")
    members = complex.faces(1, 0).pattern
    items, bounds = gather_ranges(members.indptr, kept)
    pattern = Pattern(bounds.to(members.dtype), members.indices[items], (len(kept), complex.sizes[0]))
    counts = torch.bincount(complex.component_of(1)[kept], minlength=len(complex))
    offsets = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    structure = Structure(
        "hypergraph", (complex.sizes[0], len(kept)), [complex.offsets(0), offsets], {(1, 0): SparseMatrix(pattern)}
    )
    thinned = Complex(structure)
    for name in complex[0].keys():  # noqa: SIM118 - cells are no mapping
        thinned = thinned.with_cochain(0, name, complex[0][name])
    for name in complex[1].keys():  # noqa: SIM118
        thinned = thinned.with_cochain(1, name, complex[1][name][kept])
    for name in complex.whole.keys():  # noqa: SIM118
        thinned = thinned.with_cochain("whole", name, complex.whole[name])
    return thinned


def reconstruction_loss(
    found: Float[Tensor, "nodes channels"], x: Float[Tensor, "nodes channels"], masked: Bool[Tensor, "nodes"]
) -> Float[Tensor, ""]:
    r"""Give the warm-up's loss, the mean of $1 - \cos(\hat x_v, x_v)$ over masked nodes; 0 where there are none."""
    if not masked.any():
        return found.sum() * 0
    return (1 - cosine_similarity(found[masked], x[masked], dim=1)).mean()


def _checked(share: float) -> float:
    if not 0 <= share < 1:
        raise SpecError(f"a share to leave out should be at least 0 and below 1, but is {share}")
    return share
