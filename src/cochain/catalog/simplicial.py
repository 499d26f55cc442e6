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
    Entry(
        "scnn", "cochain.models.simplicial.scnn:SCNN", "yang2022scnn", "simplicial", ("simplicial", "cell"), "clique",
        "H_k' = tanh(H_k W + sum_p L_down^p H_k W_p + sum_p L_up^p H_k W_p)", ("tests/models/test_scnn.py",),
        probes=(1, 2),
    ),
    Entry(
        "scn", "cochain.models.simplicial.scn:SCN", "yang2022scn", "simplicial", ("simplicial", "cell"), "clique",
        "H_k' = tanh(D^-1/2 (L_k + 2 I) D^-1/2 H_k W)", ("tests/models/test_scn.py",), probes=(1, 2),
    ),
    Entry(
        "sccn", "cochain.models.simplicial.scn:SCN", "yang2022scn", "simplicial", ("simplicial", "cell"), "clique",
        "H_k' = tanh(D^-1/2 (L_k + 2 I) D^-1/2 H_k W + B_k^T H_{k-1} W + B_{k+1} H_{k+1} W)",
        ("tests/models/test_scn.py",), probes=(1, 2), options=(("between", True),),
    ),
    Entry(
        "scone", "cochain.models.simplicial.scone:SCoNe", "roddenberry2021scone", "simplicial",
        ("simplicial", "cell"), "clique", "H_1' = tanh(H_1 W + L_down H_1 W + L_up H_1 W), y_0 = B_1 H_1 W",
        ("tests/models/test_scone.py",), probes=(1,),
    ),
    Entry(
        "scconv", "cochain.models.simplicial.scconv:SCConv", "bunch2020scconv", "simplicial",
        ("simplicial", "cell", "combinatorial"), "clique",
        "H_k' = LeakyReLU(A_up H_k W + A_down H_k W + B_k^T H_{k-1} W + B_{k+1} H_{k+1} W), rows scaled to 1",
        ("tests/models/test_scconv.py",),
    ),
    Entry(
        "hsn", "cochain.models.simplicial.hsn:HSN", "hajij2022hsn", "simplicial",
        ("graph", "simplicial", "cell", "combinatorial"), None,
        "H_0' = A relu(A H_0 W) W + B_1 relu(B_1^T H_0 W) W", ("tests/models/test_hsn.py",),
    ),
    Entry(
        "san", "cochain.models.simplicial.san:SAN", "giusti2022san", "simplicial", ("simplicial", "cell"), "clique",
        "H_k' = s(sum_p att_down^p H_k W_p + sum_p att_up^p H_k W_p + (I - L_k)^K H_k W)",
        ("tests/models/test_san.py",), probes=(1, 2), breaks=("orientation",),
    ),
    Entry(
        "san_odd", "cochain.models.simplicial.san:SAN", "giusti2022san", "simplicial", ("simplicial", "cell"),
        "clique", "as san, with signed attention and tanh, which keep odd cochains odd",
        ("tests/models/test_san.py",), probes=(1, 2), options=(("odd", True), ("activation", "tanh")),
    ),
    Entry(
        "sat", "cochain.models.simplicial.sat:SAT", "goh2022sat", "simplicial", ("simplicial", "cell"), "clique",
        "H_k' = tanh(H_k W + att_down H_k W + att_up H_k W + B_k^T H_{k-1} W + B_{k+1} H_{k+1} W), att signed",
        ("tests/models/test_sat.py",), probes=(1, 2),
    ),
    Entry(
        "sca", "cochain.models.simplicial.sca:SCA", "hajij2022sca", "simplicial",
        ("simplicial", "cell", "combinatorial"), "clique",
        "h' = MLP(h || attention over lower || attention over faces)", ("tests/models/test_sca.py",),
        tasks=("edge", "whole"),
    ),
    Entry(
        "sca_adjacent", "cochain.models.simplicial.sca:SCA", "hajij2022sca", "simplicial",
        ("simplicial", "cell", "combinatorial"), "clique",
        "h' = MLP(h || attention over upper || attention over cofaces)", ("tests/models/test_sca.py",),
        options=(("scheme", "adjacent"),),
    ),
    Entry(
        "sca_homology", "cochain.models.simplicial.sca:SCA", "hajij2022sca", "simplicial",
        ("simplicial", "cell", "combinatorial"), "clique",
        "h' = MLP(h || attention over faces || attention over cofaces)", ("tests/models/test_sca.py",),
        options=(("scheme", "homology"),),
    ),
    Entry(
        "higcn", "cochain.models.simplicial.higcn:HiGCN", "huang2024higcn", "simplicial", ("simplicial", "cell"),
        "clique", "Y = (||_p sum_k gamma_pk L_p^k MLP(X) Theta_p) W, L_p = D_v^-1/2 H_p D_p^-1 H_p^T D_v^-1/2",
        ("tests/models/test_higcn.py",),
    ),
    Entry(
        "sgat", "cochain.models.simplicial.sgat:SGAT", "lee2022sgat", "simplicial",
        ("simplicial", "cell", "combinatorial"), "clique",
        "h' = elu(h + softmax over upper of LeakyReLU(a W h + b W h_y + c h_u) W h_y)", ("tests/models/test_sgat.py",),
    ),
    Entry(
        "dist2cycle", "cochain.models.simplicial.dist2cycle:Dist2Cycle", "keros2022dist2cycle", "simplicial",
        ("simplicial", "cell"), "clique", "H_k' = LeakyReLU((A * (I + L_k)^-1) H_k W + b), A and * entrywise",
        ("tests/models/test_dist2cycle.py",), probes=(1, 2), breaks=("orientation",),
    ),
    Entry(
        "dist2cycle_odd", "cochain.models.simplicial.dist2cycle:Dist2Cycle", "keros2022dist2cycle", "simplicial",
        ("simplicial", "cell"), "clique", "H_k' = tanh((A * (I + L_k)^-1) H_k W), which keeps odd cochains odd",
        ("tests/models/test_dist2cycle.py",), probes=(1, 2), options=(("activation", "tanh"),),
    ),
    Entry(
        "scrawl", "cochain.models.simplicial.scrawl:SCRaWl", "frantzen2024scrawl", "simplicial",
        ("simplicial", "cell"), "clique",
        "h' = h + MLP(mean over visits of CNN(h || passed face || passed coface || same or adjacent j steps back))",
        ("tests/models/test_scrawl.py",),
        # which walks are taken depends on the order of the neighbours; for the same walks, renumbered, the law holds
        breaks=("relabelling",),
    ),
    Entry(
        "topnets", "cochain.models.simplicial.topnets:TopNets", "verma2024topnets", "simplicial",
        ("simplicial", "cell", "combinatorial"), "clique",
        "dh/dt = MLP(h || sum over N of M(h, h_y, |c - c_y|^2, sizes)), dz/dt = mean of (z - z_y) MLP(m)",
        ("tests/models/test_topnets.py",),
    ),
)  # fmt: skip
