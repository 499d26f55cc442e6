"""Models published for graphs."""

from cochain.catalog.record import ANY, GRAPHS, Entry

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
    Entry(
        "path_nn", "cochain.models.graph.path_nn:PathNN", "michel2023pathnn", "graph", ("graph", "simplicial", "cell"),
        None, "h_v' = relu(BN(h_v + sum over simple paths p of k edges from v of LSTM(h_pk, ..., h_v)))",
        ("tests/models/test_path_nn.py",),
    ),
    Entry(
        "path_nn_shortest", "cochain.models.graph.path_nn:PathNN", "michel2023pathnn", "graph",
        ("graph", "simplicial", "cell"), None,
        "h_v' = relu(BN(h_v + sum over shortest paths p of k edges from v of LSTM(h_pk, ..., h_v)))",
        ("tests/models/test_path_nn.py",), options=(("paths", "shortest"),),
    ),
    Entry(
        "k_path", "cochain.models.graph.k_path:KPath", "li2025kpath", "graph", ("graph", "simplicial", "cell"), None,
        "h_v' = MLP(h_v || sum over paths p of l edges from v of MLP(h_p0 || ... || h_pl || chords of p)), l <= k",
        ("tests/models/test_k_path.py",),
    ),
    Entry(
        "spen", "cochain.models.graph.spen:SPEN", "mitton2021spen", "graph", ("graph", "simplicial", "cell"), None,
        "h' = h + MLP(u of itself || sum over balls of u), (u, z) = relu(all equivariant linear maps of (u, z))",
        ("tests/models/test_spen.py",),
    ),
    Entry(
        "ppgn", "cochain.models.graph.ppgn:PPGN", "maron2019ppgn", "graph", ("graph", "simplicial", "cell"), None,
        "X' = MLP(X || m1(X) m2(X)), X of nodes x nodes", ("tests/models/test_ppgn.py",),
        # a feature for every pair of nodes, isolated ones too, so long strips are refused
        breaks=("isolated_cells", "no_dense", "scale"),
    ),
    Entry(
        "ppgn_plus_plus", "cochain.models.graph.ppgn:PPGN", "puny2023polynomials", "graph",
        ("graph", "simplicial", "cell"), None,
        "X' = MLP(X || X^T || m1(X) m2(X)), X of nodes x nodes, first with a polynomial of the clique of four",
        ("tests/models/test_ppgn.py",), breaks=("isolated_cells", "no_dense", "scale"),
        options=(("polynomials", True),),
    ),
    Entry(
        "snowflake", "cochain.models.graph.snowflake:Snowflake", "borde2024snowflakes", "graph", ANY, None,
        "h' = relu(h W + softmax over the k nearest of -d h_y W'), d = f(|z - z_y|) a learned metric",
        ("tests/models/test_snowflake.py",),
        # any node may become a neighbour of any other of its component
        breaks=("isolated_cells",),
    ),
    Entry(
        "persistence", "cochain.models.graph.persistence:Persistence", "carriere2020perslay", "graph", GRAPHS, None,
        "y = MLP(PersLay of the extended persistence of degree and heat || mean x)",
        ("tests/models/test_persistence.py",), tasks=("whole",),
    ),
)  # fmt: skip
