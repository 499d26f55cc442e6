"""One literal table of all models. Listing it imports no torch."""

from dataclasses import dataclass
from typing import Any

from cochain.errors import unknown_name


@dataclass(frozen=True)
class Entry:
    """One model of the catalog."""

    name: str
    """What users call it."""
    path: str
    """Module and class."""
    reference: str
    """Key of the paper in `references.bib`."""
    domain: str
    """The domain that it was published for."""
    domains: tuple[str, ...]
    """The domains of complexes that it runs on as they are."""
    lift: str | None
    """The lift that makes its domain from a graph, if it needs one."""
    equation: str
    """The layer in one line."""
    verified: tuple[str, ...]
    """Tests that hold it to its paper."""
    tasks: tuple[str, ...] = ("node", "edge", "whole")
    """What it answers."""
    probes: tuple[int, ...] = ()
    """Ranks whose odd features it reads: where the data has none, random probes stand in."""
    breaks: tuple[str, ...] = ()
    """Laws that the published form breaks by design."""
    options: tuple[tuple[str, Any], ...] = ()
    """Fields of the model's config that make this entry, where several share one class."""


GRAPHS = ("graph", "digraph", "simplicial", "cell")
HYPER = ("hypergraph", "graph", "simplicial", "cell", "combinatorial")
ANY = ("points", "graph", "digraph", "hypergraph", "simplicial", "cell", "combinatorial")

CATALOG: tuple[Entry, ...] = (
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
    Entry(
        "deep_sets", "cochain.models.pointcloud.deep_sets:DeepSets", "zaheer2017deepsets", "points", ANY, None,
        "y = rho(sum of phi(h)); for points h' = relu(h Lambda + mean(h) Gamma + b)",
        ("tests/models/test_deep_sets.py",),
    ),
    Entry(
        "cin", "cochain.models.cellular.cin:CIN", "bodnar2021cin", "cell",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = U(MLP(h + faces) || MLP(h + sum over upper of M(h_y, h_u)))", ("tests/models/test_cin.py",),
    ),
    Entry(
        "sccnn", "cochain.models.simplicial.sccnn:SCCNN", "yang2023sccnn", "simplicial",
        ("simplicial", "cell"), "clique",
        "H_k' = tanh(sum_p L_down^p H_k W_p + sum_p L_up^p H_k W_p + B_k^T H_{k-1} W + B_{k+1} H_{k+1} W)",
        ("tests/models/test_sccnn.py",), probes=(1, 2),
    ),
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
        "can", "cochain.models.cellular.can:CAN", "giusti2023can", "cell", ("simplicial", "cell"), "cycles",
        "h_e' = relu(h_e W + softmax over lower of h W + softmax over upper of h W)", ("tests/models/test_can.py",),
    ),
    Entry(
        "hmc", "cochain.models.combinatorial.hmc:HMC", "hajij2022hmc", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h_k' = relu(sum over neighbourhoods of softmax(LeakyReLU(a W_t h_x + b W_s h_y)) W_s h_y), twice",
        ("tests/models/test_hmc.py",),
    ),
)  # fmt: skip

_BY_NAME = {row.name: row for row in CATALOG}


def entry(name: str) -> Entry:
    """Give the entry of a model.

    Raises:
        UnknownNameError: with the nearest name that there is.
    """
    found = _BY_NAME.get(name)
    if found is None:
        raise unknown_name("model", name, _BY_NAME)
    return found


def names() -> list[str]:
    """Give the names of all models, in the order of the table."""
    return [row.name for row in CATALOG]
