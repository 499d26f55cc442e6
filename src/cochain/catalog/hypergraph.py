"""Models published for hypergraphs."""

from cochain.catalog.record import HYPER, Entry

HYPERGRAPH: tuple[Entry, ...] = (
    Entry(
        "hgnn", "cochain.models.hypergraph.hgnn:HGNN", "feng2019hgnn", "hypergraph", HYPER, None,
        "X' = relu(D_v^-1/2 H W D_e^-1 H^T D_v^-1/2 X Theta + b)", ("tests/models/test_hgnn.py",),
    ),
    Entry(
        "unigin", "cochain.models.hypergraph.unigin:UniGIN", "huang2021unignn", "hypergraph", HYPER, None,
        "h_e = mean of nodes, h' = relu(W ((1 + eps) h + sum of h_e))", ("tests/models/test_unigin.py",),
    ),
    Entry(
        "allset_transformer", "cochain.models.hypergraph.allset:AllSetTransformer", "chien2022allset", "hypergraph",
        HYPER, None,
        "f(S) = LN(Y + MLP(Y)), Y = LN(theta + || softmax(theta K(S)^T) V(S)), nodes to hyperedges and back",
        ("tests/models/test_allset.py",),
    ),
)  # fmt: skip
