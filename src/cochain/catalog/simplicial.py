"""Models published for simplicial complexes."""

from cochain.catalog.record import Entry

SIMPLICIAL: tuple[Entry, ...] = (
    Entry(
        "sccnn", "cochain.models.simplicial.sccnn:SCCNN", "yang2023sccnn", "simplicial",
        ("simplicial", "cell"), "clique",
        "H_k' = tanh(sum_p L_down^p H_k W_p + sum_p L_up^p H_k W_p + B_k^T H_{k-1} W + B_{k+1} H_{k+1} W)",
        ("tests/models/test_sccnn.py",), probes=(1, 2),
    ),
    Entry(
        "snn", "cochain.models.simplicial.snn:SNN", "ebli2020snn", "simplicial", ("simplicial", "cell"), "clique",
        "H_k' = LeakyReLU(sum_p T_p(L_k) H_k W_p + b)", ("tests/models/test_snn.py",), probes=(1, 2),
        breaks=("orientation",),
    ),
    Entry(
        "snn_odd", "cochain.models.simplicial.snn:SNN", "ebli2020snn", "simplicial", ("simplicial", "cell"), "clique",
        "H_k' = tanh(sum_p T_p(L_k) H_k W_p), which keeps odd cochains odd", ("tests/models/test_snn.py",),
        probes=(1, 2), options=(("activation", "tanh"),),
    ),
    Entry(
        "mpsn", "cochain.models.simplicial.mpsn:MPSN", "bodnar2021mpsn", "simplicial",
        ("simplicial", "cell", "combinatorial"), "clique",
        "h' = MLP(MLP(h + faces) || MLP(h + sum over upper of MLP(h_y || h_u)))", ("tests/models/test_mpsn.py",),
    ),
)  # fmt: skip
