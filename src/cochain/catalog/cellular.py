"""Models published for cell complexes."""

from cochain.catalog.record import ANY, Entry

CELLULAR: tuple[Entry, ...] = (
    Entry(
        "cin", "cochain.models.cellular.cin:CIN", "bodnar2021cin", "cell",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = U(MLP(h + faces) || MLP(h + sum over upper of M(h_y, h_u)))", ("tests/models/test_cin.py",),
    ),
    Entry(
        "can", "cochain.models.cellular.can:CAN", "giusti2023can", "cell", ("simplicial", "cell"), "cycles",
        "h_e' = relu(h_e W + softmax over lower of h W + softmax over upper of h W)", ("tests/models/test_can.py",),
    ),
    Entry(
        "cin_plus_plus", "cochain.models.cellular.cin_plus_plus:CINPlusPlus", "giusti2023cinpp", "cell",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = U(MLP(h + faces) || MLP(h + sum over upper of M(h_y, h_u)) || MLP(h + sum over lower of M(h_y, h_v)))",
        ("tests/models/test_cin_plus_plus.py",),
    ),
    Entry(
        "cwn", "cochain.models.cellular.cwn:CWN", "bodnar2021cin", "cell", ("simplicial", "cell", "combinatorial"),
        "cycles", "h' = U(h || sum over faces of M(h, h_y) || sum over upper of M(h, h_y, h_u))",
        ("tests/models/test_cwn.py",),
    ),
    Entry(
        "cxn", "cochain.models.cellular.cxn:CXN", "hajij2020cxn", "cell", ("simplicial", "cell", "combinatorial"),
        "cycles", "h' = U(h || sum over upper of M(h, h_y, h_u))", ("tests/models/test_cxn.py",),
    ),
    Entry(
        "ccxn", "cochain.models.cellular.cxn:CXN", "hajij2020cxn", "cell", ("simplicial", "cell", "combinatorial"),
        "cycles", "H_k' = relu(D^-1/2 (A_up + I) D^-1/2 H_k W), H_2' = relu(mean over faces of H_1' W)",
        ("tests/models/test_cxn.py",), options=(("convolutional", True),),
    ),
    Entry(
        "cw_cnn", "cochain.models.cellular.cw:CW", "khorana2024cw", "cell", ("simplicial", "cell"), "cycles",
        "H_k' = tanh(H_k W + L_k H_k W)", ("tests/models/test_cw.py",), probes=(1, 2),
    ),
    Entry(
        "cw_an", "cochain.models.cellular.cw:CW", "khorana2024cw", "cell", ("simplicial", "cell"), "cycles",
        "H_k' = tanh(H_k W + att_down H_k W + att_up H_k W), att signed", ("tests/models/test_cw.py",),
        probes=(1, 2), options=(("message", "attention"),),
    ),
    Entry(
        "dcm", "cochain.models.cellular.dcm:DCM", "battiloro2024dcm", "cell", ANY, None,
        "h' = relu(h W + sum_y w_xy h_y W' + mean over edges of what they hear through polygons), cells by entmax",
        ("tests/models/test_dcm.py",),
        # any node may become a neighbour of any other of its component
        breaks=("isolated_cells",),
    ),
)  # fmt: skip
