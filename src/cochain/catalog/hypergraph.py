"""Models published for hypergraphs."""

from cochain.catalog.record import HYPER, Entry

EDGES = ("graph", "digraph", "hypergraph")

HYPERGRAPH: tuple[Entry, ...] = (
    Entry(
        "hgnn", "cochain.models.hypergraph.hgnn:HGNN", "feng2019hgnn", "hypergraph", HYPER, None,
        "X' = relu(D_v^-1/2 H W D_e^-1 H^T D_v^-1/2 X Theta + b)", ("tests/models/test_hgnn.py",),
    ),
    Entry(
        "unigin", "cochain.models.hypergraph.unignn:UniGNN", "huang2021unignn", "hypergraph", HYPER, None,
        "h_e = mean of nodes, h' = relu(W ((1 + eps) h + sum of h_e))", ("tests/models/test_unigin.py",),
        options=(("kind", "gin"),),
    ),
    Entry(
        "allset_transformer", "cochain.models.hypergraph.allset:AllSetTransformer", "chien2022allset", "hypergraph",
        HYPER, None,
        "f(S) = LN(Y + MLP(Y)), Y = LN(theta + || softmax(theta K(S)^T) V(S)), nodes to hyperedges and back",
        ("tests/models/test_allset.py",),
    ),
    Entry(
        "unigcn", "cochain.models.hypergraph.unignn:UniGNN", "huang2021unignn", "hypergraph", HYPER, None,
        "h_e = mean of nodes, h' = relu(W D_x^-1/2 H D_e^-1/2 h_e), d_e = mean degree of its nodes",
        ("tests/models/test_unignn.py",),
        options=(("kind", "gcn"),),
    ),
    Entry(
        "unigcnii", "cochain.models.hypergraph.unigcnii:UniGCNII", "huang2021unignn", "hypergraph", HYPER, None,
        "h' = relu(((1 - beta) I + beta W) ((1 - alpha) D_x^-1/2 H D_e^-1/2 h_e + alpha h^0))",
        ("tests/models/test_unignn.py",),
    ),
    Entry(
        "unisage", "cochain.models.hypergraph.unignn:UniGNN", "huang2021unignn", "hypergraph", HYPER, None,
        "h_e = mean of nodes, h' = relu(W (h + mean of h_e))",
        ("tests/models/test_unignn.py",),
        options=(("kind", "sage"),),
    ),
    Entry(
        "unigat", "cochain.models.hypergraph.unignn:UniGNN", "huang2021unignn", "hypergraph", HYPER, None,
        "h_e = mean of nodes, h' = elu(|| sum of softmax_e(LeakyReLU(a^T [W h || W h_e])) W h_e)",
        ("tests/models/test_unignn.py",),
        options=(("kind", "gat"),),
    ),
    Entry(
        "hypersage", "cochain.models.hypergraph.hypersage:HyperSAGE", "arya2020hypersage", "hypergraph", HYPER, None,
        "h' = relu((h + m) / |h + m| W), m = power mean of power means",
        ("tests/models/test_hypersage.py",),
    ),
    Entry(
        "hypersage_2", "cochain.models.hypergraph.hypersage:HyperSAGE", "arya2020hypersage", "hypergraph", HYPER, None,
        "as hypersage, with means of squares",
        ("tests/models/test_hypersage.py",), options=(("power", 2.0),),
    ),
    Entry(
        "hnhn", "cochain.models.hypergraph.hnhn:HNHN", "dong2020hnhn", "hypergraph", HYPER, None,
        "h_e = relu(mean of d^beta h, W + b), h' = relu(mean of |e|^alpha h_e, W + b)",
        ("tests/models/test_hnhn.py",),
    ),
    Entry(
        "hypergat", "cochain.models.hypergraph.hypergat:HyperGAT", "ding2020hypergat", "hypergraph", HYPER, None,
        "h_e = relu(sum of softmax(a^T LeakyReLU(W h)) W h), and likewise back",
        ("tests/models/test_hypergat.py",),
    ),
    Entry(
        "hmpnn", "cochain.models.hypergraph.hmpnn:HMPNN", "heydari2022hmpnn", "hypergraph", HYPER, None,
        "m_e = sum of sigmoid(h W), m = sum of sigmoid([h_e || m_e] W), h' = sigmoid(BN(h) + m)",
        ("tests/models/test_hmpnn.py",),
    ),
    Entry(
        "all_deep_sets", "cochain.models.hypergraph.deep_allset:AllDeepSets", "chien2022allset", "hypergraph",
        HYPER, None,
        "f(S) = relu(MLP(sum of MLP(s))), nodes to hyperedges and back",
        ("tests/models/test_deep_allset.py",),
    ),
    Entry(
        "ed_hnn", "cochain.models.hypergraph.edhnn:EDHNN", "wang2023edhnn", "hypergraph", HYPER, None,
        "h_e = mean of phi(h), h' = relu(psi((1 - alpha) mean of rho(h, h_e) + alpha h^0))",
        ("tests/models/test_edhnn.py",),
    ),
    Entry(
        "cegcn", "cochain.models.hypergraph.cegcn:CEGCN", "chien2022allset", "hypergraph", HYPER, None,
        "X' = relu(D^-1/2 (H W H^T - D_v + I) D^-1/2 X Theta + b)",
        ("tests/models/test_clique_expansion.py",),
    ),
    Entry(
        "cegat", "cochain.models.graph.gat:GAT", "chien2022allset", "hypergraph", HYPER, None,
        "h' = elu(|| sum of softmax(LeakyReLU(a^T W h_x + b^T W h_y)) W h_y), y and x share a hyperedge",
        ("tests/models/test_clique_expansion.py",),
    ),
    Entry(
        "hypergcn", "cochain.models.hypergraph.hypergcn:HyperGCN", "yadati2019hypergcn", "hypergraph", HYPER, None,
        "X' = relu(D^-1/2 (A + I) D^-1/2 X W + b), A = edges of farthest pairs and their mediators",
        ("tests/models/test_hypergcn.py",),
    ),
    Entry(
        "hcha", "cochain.models.hypergraph.hcha:HCHA", "bai2021hcha", "hypergraph", HYPER, None,
        "X' = elu(D^-1 H B^-1 H^T X P + b), H = softmax(LeakyReLU(a^T [P h_x || P' h_e]))",
        ("tests/models/test_hcha.py",),
    ),
    Entry(
        "phenomnn", "cochain.models.hypergraph.phenomnn:PhenomNN", "wang2023phenomnn", "hypergraph", HYPER, None,
        "Y' = relu((1 - alpha) Y + alpha D^-1 (f(X) + (lambda_0 A_C + lambda_1 A_S) Y))",
        ("tests/models/test_phenomnn.py",),
    ),
    Entry(
        "ehgnn", "cochain.models.hypergraph.ehgnn:EHGNN", "jo2021ehgnn", "graph", HYPER, None,
        "H_1' = relu(conv(H^T) H_1 W + b), s = sigmoid(conv(H^T) H_1' w), H_0' = relu(conv(H, s) H_0 W + b)",
        ("tests/models/test_ehgnn.py",),
    ),
    Entry(
        "hyperdrop", "cochain.models.hypergraph.ehgnn:EHGNN", "jo2021ehgnn", "graph", EDGES, None,
        "as ehgnn, keeping the half of the edges with the highest s",
        ("tests/models/test_ehgnn.py",),
        tasks=("whole",), options=(("keep", 0.5),),
    ),
    Entry(
        "hypercluster", "cochain.models.hypergraph.hypercluster:HyperCluster", "jo2021ehgnn", "graph", EDGES, None,
        "C = softmax(conv(H^T) H_1 W), Z = relu(mean[C](H_1) W), H_0' = relu(H_0 W + H C Z)",
        ("tests/models/test_hypercluster.py",), tasks=("whole",),
    ),
    Entry(
        "catwalk", "cochain.models.hypergraph.catwalk:CAtWalk", "behrouz2023catwalk", "hypergraph",
        ("hypergraph", "graph"), None,
        "h_e = MLP(mean over walks into the past of MIX(SetMixer(counts of nodes) || cos(w dt + b)) || mean h)",
        ("tests/models/test_catwalk.py", "tests/nn/test_set_walks.py"),
    ),
    Entry(
        "dhgnn", "cochain.models.hypergraph.dhgnn:DHGNN", "jiang2019dhgnn", "hypergraph", HYPER, None,
        "h_e = mean of nodes of e given, near or clustered, h' = relu(sum of softmax_e(w^T h_e) h_e W + b)",
        ("tests/models/test_dhgnn.py",), breaks=("isolated_cells",),
    ),
    Entry(
        "legcn", "cochain.models.hypergraph.legcn:LEGCN", "yang2022line", "hypergraph", HYPER, None,
        "h_(x,e)' = relu(D^-1/2 (sum over y of h_(y,e) + sum over f of h_(x,f)) D^-1/2 W + b), D = |e| + d_x",
        ("tests/models/test_legcn.py",),
    ),
)  # fmt: skip
