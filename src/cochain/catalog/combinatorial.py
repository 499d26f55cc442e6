"""Models published for combinatorial complexes."""

from cochain.catalog.record import Entry

COMBINATORIAL: tuple[Entry, ...] = (
    Entry(
        "hmc", "cochain.models.combinatorial.hmc:HMC", "hajij2022hmc", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h_k' = relu(sum over neighbourhoods of softmax(LeakyReLU(a W_t h_x + b W_s h_y)) W_s h_y), twice",
        ("tests/models/test_hmc.py",),
    ),
    Entry(
        "gccn", "cochain.models.combinatorial.gccn:GCCN", "papillon2025topotune", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = relu(h + sum over neighbourhoods N of MLP((1 + eps) h + sum over N))", ("tests/models/test_gccn.py",),
    ),
    Entry(
        "gccn_gcn", "cochain.models.combinatorial.gccn:GCCN", "papillon2025topotune", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = relu(h + sum over neighbourhoods N of D^-1/2 N D^-1/2 h W)", ("tests/models/test_gccn.py",),
        options=(("message", "gcn"),),
    ),
    Entry(
        "gccn_gat", "cochain.models.combinatorial.gccn:GCCN", "papillon2025topotune", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = relu(h + sum over neighbourhoods N of softmax(LeakyReLU(a W_t h + b W_s h_y)) W_s h_y)",
        ("tests/models/test_gccn.py",), options=(("message", "gat"),),
    ),
    Entry(
        "etnn", "cochain.models.combinatorial.etnn:ETNN", "battiloro2025etnn", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = h + MLP(h || sum over N of M(h, h_y, |c - c_y|^2, sizes)), z' = z + mean of (z - z_y) MLP(m)",
        ("tests/models/test_etnn.py",),
    ),
    Entry(
        "hoan", "cochain.models.combinatorial.gccn:GCCN", "hajij2022hmc", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = relu(sum over neighbourhoods N of softmax(LeakyReLU(a W_t h + b W_s h_y)) W_s h_y)",
        ("tests/models/test_gccn.py",),
        options=(
            ("message", "gat"), ("residual", False),
            ("neighborhoods", "upper:0 lower:1 upper:1 lower:2 0:1 1:0 1:2 2:1 0:2 2:0"),
        ),
    ),
)  # fmt: skip
