"""Models published for sheaves."""

from cochain.catalog.record import GRAPHS, HYPER, Entry

SHEAF: tuple[Entry, ...] = (
    Entry(
        "sheaf_nn", "cochain.models.sheaf.sheaf_nn:SheafNN", "hansen2020sheaf", "sheaf", GRAPHS, None,
        "X' = elu((I - Delta_F) (I x A) X B), F given on the edges", ("tests/models/test_sheaf_nn.py",),
    ),
    Entry(
        "nsd", "cochain.models.sheaf.nsd:NSD", "bodnar2022nsd", "sheaf", GRAPHS, None,
        "X' = (1 + tanh eps) X - elu(Delta_F (I x W_1) X W_2), F orthogonal, learned", ("tests/models/test_nsd.py",),
    ),
    Entry(
        "nsd_diagonal", "cochain.models.sheaf.nsd:NSD", "bodnar2022nsd", "sheaf", GRAPHS, None,
        "as nsd, F diagonal", ("tests/models/test_nsd.py",), options=(("maps", "diagonal"),),
    ),
    Entry(
        "nsd_general", "cochain.models.sheaf.nsd:NSD", "bodnar2022nsd", "sheaf", GRAPHS, None,
        "as nsd, F any matrices", ("tests/models/test_nsd.py",), options=(("maps", "general"),),
    ),
    Entry(
        "conn_nsd", "cochain.models.sheaf.conn_nsd:ConnNSD", "barbero2022connection", "sheaf", GRAPHS, None,
        "as nsd, F aligning the tangent planes of the data at both ends", ("tests/models/test_conn_nsd.py",),
    ),
    Entry(
        "sheaf_hypergraph", "cochain.models.sheaf.sheaf_hypergraph:SheafHypergraph", "duta2023sheafhypergraph",
        "sheaf", HYPER, None, "X' = elu(D_v^-1/2 F^T D_e^-1 F D_v^-1/2 (I x W_1) X W_2), F diagonal, learned",
        ("tests/models/test_sheaf_hypergraph.py",),
    ),
    Entry(
        "sheaf_hypergraph_general", "cochain.models.sheaf.sheaf_hypergraph:SheafHypergraph", "duta2023sheafhypergraph",
        "sheaf", HYPER, None, "as sheaf_hypergraph, F any matrices", ("tests/models/test_sheaf_hypergraph.py",),
        options=(("maps", "general"),),
    ),
    Entry(
        "nsd_linear", "cochain.models.sheaf.nsd:NSD", "bodnar2022nsd", "sheaf", GRAPHS, None,
        "X' = (1 + tanh eps) X - Delta_F (I x W_1) X W_2, one F for all steps, with rows for low and high frequencies",
        ("tests/models/test_nsd.py",), options=(("linear", True), ("low", True), ("high", True)),
    ),
)  # fmt: skip
