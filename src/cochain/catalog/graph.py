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
)  # fmt: skip
