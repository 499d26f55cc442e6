"""Flows on the edges of networks, and cochains on simplicial complexes."""

from typing import Literal

from cochain.datasets.records import Dataset

_JIA = "Jia et al., 2019, Graph-based Semi-Supervised and Active Learning for Edge Flows"
_YANG = "Yang, Borovitskiy, Isufi, 2024, Hodge-Compositional Edge Gaussian Processes"
_SCHAUB = "Schaub et al., 2020, Random Walks on Simplicial Complexes and the Normalized Hodge 1-Laplacian"
_GIUSTI = "Giusti et al., 2022, Simplicial Attention Neural Networks"
_SNN = tuple(
    f"snn_coauthorship/150250_{part}.npy"
    for part in (
        "cochains",
        "percentage_30_input_damaged",
        "percentage_30_known_values",
        "percentage_30_missing_values",
    )
)
_SHOWN = "ten draws from a seed: half of the flows are shown as x; of the others 40% train, 20% validate, 40% test"


def _flow(
    name: str, title: str, domain: Literal["graph", "simplicial"], sizes: tuple[int, ...], licence: str, citation: str,
    reader: str, *files: str, channels: int = 0, features: str = "odd: the flow where it is shown, else 0",
    notes: str = "",
) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain=domain,
        target=1,
        kind="regression",
        classes=1,
        components=1,
        sizes=sizes,
        channels=channels,
        folds=10,
        features=f"on edges, {features}",
        protocol=_SHOWN,
        metric="mae",
        licence=licence,
        citation=citation,
        reader=reader,
        files=files,
        notes=notes or "y is odd: it changes sign with the orientation of the edge",
    )


def _traffic(name: str, title: str, folder: str, file: str, sizes: tuple[int, int]) -> Dataset:
    return _flow(
        name, f"Roads of {title}: how much traffic, and which way?", "graph", sizes,
        "for academic research only", f"Transportation Networks for Research Core Team; {_JIA}", "flows:traffic",
        f"transport_flows/{folder}/{file}_flow.tntp", f"transport_flows/{folder}/{file}_net.tntp",
        features="odd: the net traffic where it is shown, else 0, divided by its mean size; weight is the capacity",
    )  # fmt: skip


def _paths(name: str, title: str, trajectories: int, sizes: tuple[int, ...], *options: str, citation: str) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="simplicial",
        target="whole",
        kind="classification",
        classes=2,
        components=trajectories,
        sizes=sizes,
        channels=0,
        folds=1,
        features="on edges, odd: how often the trajectory passes, signed" + ("; pos on nodes" if options else ""),
        protocol="the published validation part tests; a stratified tenth of the training part validates",
        metric="accuracy",
        licence="none stated",
        citation=citation,
        reader="trajectories:classes",
        files=(f"scone_trajectories/{name}.npz",),
        options=options,
    )


FLOWS = (
    _paths("san_flow", "Trajectories across a square with two holes: which way round?", 1200, (223200, 632400, 408000),
        citation=_GIUSTI),
    _paths(
        "san_ocean", "Drifting buoys around Madagascar: clockwise or not?", 200, (26600, 64000, 37200), "positions",
        citation=f"{_SCHAUB}; {_GIUSTI}",
    ),
    Dataset(
        name="ocean_drifters",
        title="Drifting buoys around Madagascar: to which neighbour does each go next?",
        domain="simplicial",
        target=0,
        kind="classification",
        classes=2,
        components=339,
        sizes=(45087, 108480, 63054),
        channels=0,
        folds=10,
        features="on edges, odd: the steps of the buoy but the last; pos on nodes",
        protocol="ten draws from seeds: 80% of the paths train, 10% validate, 10% test",
        metric="roc_auc",
        licence="MIT (repository); NOAA Global Drifter Program, public domain",
        citation=f"{_SCHAUB}; Roddenberry, Glaze, Segarra, 2021, Principled Simplicial Neural Networks",
        reader="trajectories:steps",
        files=("scone_trajectories/ocean_drifters.npz",),
        notes="only the neighbours of the last place have labels: 1 for the one that the buoy goes to",
    ),
    Dataset(
        name="coauthorship",
        title="Authors who wrote together: how often were their papers cited?",
        domain="simplicial",
        target=0,
        kind="regression",
        classes=1,
        components=1,
        sizes=(352, 1474, 3285, 5019, 5559, 4547, 2732, 1175, 343, 61, 5),
        channels=1,
        folds=1,
        features="on every rank: the citations, where they are missing the median of the known ones",
        protocol="the published 30% of missing values of each rank test; a tenth of the known ones validates",
        metric="mae",
        licence="Semantic Scholar Open Corpus: non-commercial research only",
        citation="Ebli, Defferrard, Spreemann, 2020, Simplicial Neural Networks; Ammar et al., 2018, Construction of "
        "the Literature Graph in Semantic Scholar",
        reader="coauthorship:read",
        files=_SNN,
        notes="y and split lie on every rank; `--target 1` asks for the citations of pairs of authors. The known "
        "values are both x and y, as in the paper, so a model can copy them: what counts is the test part",
    ),
    _flow(
        "forex", "Exchange rates of 18 currencies, free of arbitrage", "simplicial", (18, 77, 99), "MIT",
        f"{_YANG}; {_JIA}", "flows:exchange", "edge_flows_forex_water/forex_2018_small.pkl",
        features="odd: the logarithm of the rate where it is shown, else 0",
    ),
    _flow(
        "water_network", "Pipes of Zhi Jiang: how much water, and which way?", "graph", (114, 164), "MIT",
        _YANG, "flows:water", "edge_flows_forex_water/water_network.pkl",
        channels=2, features="odd: the flow where it is shown, else 0; on nodes demand and pressure head",
    ),
    _traffic("anaheim", "Anaheim", "Anaheim", "Anaheim", (416, 634)),
    _traffic("barcelona", "Barcelona", "Barcelona", "Barcelona", (1020, 1798)),
    _traffic("winnipeg", "Winnipeg", "Winnipeg", "Winnipeg", (1052, 1595)),
    _traffic("sioux_falls", "Sioux Falls", "SiouxFalls", "SiouxFalls", (24, 38)),
    _traffic("chicago_sketch", "Chicago", "Chicago-Sketch", "ChicagoSketch", (933, 1475)),
)  # fmt: skip
