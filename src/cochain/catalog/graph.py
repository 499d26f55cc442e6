"""Models published for graphs."""

from cochain.catalog.record import ANY, Entry

GRAPH: tuple[Entry, ...] = (
    Entry(
        "gcn", "cochain.models.graph.gcn:GCN", "kipf2017gcn", "graph", ANY[1:], None,
        "H' = relu(D^-1/2 (A + I) D^-1/2 H W + b)", ("tests/models/test_gcn.py",),
    ),
    Entry(
        "gin", "cochain.models.graph.gin:GIN", "xu2019gin", "graph", ANY[1:], None,
        "h' = MLP((1 + eps) h + sum of neighbours)", ("tests/models/test_gin.py",),
    ),
    Entry(
        "gat", "cochain.models.graph.gat:GAT", "velickovic2018gat", "graph", ANY[1:], None,
        "h' = elu(|| softmax(LeakyReLU(a W h_x + b W h_y)) W h_y)", ("tests/models/test_gat.py",),
    ),
    Entry(
        "sgc", "cochain.models.graph.sgc:SGC", "wu2019sgc", "graph", ANY[1:], None,
        "Y = (D^-1/2 (A + I) D^-1/2)^K X W + b", ("tests/models/test_sgc.py",),
    ),
    Entry(
        "drew", "cochain.models.graph.drew:DRew", "gutteridge2023drew", "graph", ("graph", "simplicial", "cell"), None,
        "h^(l+1) = h + relu(h W + sum_{k <= l+1} A_k h^(l - max(0, k - nu)) W_k), A_k at distance k",
        ("tests/models/test_drew.py",),
    ),
    Entry(
        "rni", "cochain.models.graph.rni:RNI", "abboud2021rni", "graph", ANY[1:], None,
        "h = x || random, h' = MLP((1 + eps) h + sum of neighbours)", ("tests/models/test_rni.py",),
        # each run draws anew, so whatever compares two runs finds a difference; the laws hold for the mean over draws
        breaks=("relabelling", "orientation", "union", "isolated_cells", "precision", "saving", "determinism"),
    ),
    Entry(
        "co_gnn", "cochain.models.graph.co_gnn:CoGNN", "finkelshtein2024cognn", "graph", ANY[1:], None,
        "h' = h + relu(h W + l (mean of neighbours of b h W')), l and b chosen by the node",
        ("tests/models/test_co_gnn.py",),
    ),
)  # fmt: skip
