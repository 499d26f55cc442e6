"""Families of graphs that show how much a network can tell apart."""

from cochain.datasets.records import Dataset

_CWN = "Bodnar et al., 2021, Weisfeiler and Lehman Go Cellular: CW Networks"
_SPENCE = f"Spence, Strongly Regular Graphs on at most 64 vertices; {_CWN}"
_MCKAY = "McKay, Combinatorial Data: Graphs"
_BREC_PARTS = ("basic", "regular", "str", "extension", "cfi", "4vtx", "dr")
_BREC = tuple(f"expressivity/brec/{part}.npy" for part in _BREC_PARTS)
_CSL = tuple(f"expressivity/csl/splits_benchmarking_gnns/CSL_{part}.index" for part in ("train", "val", "test"))


def _structure(
    name: str, title: str, graphs: int, sizes: tuple[int, int], *, licence: str, citation: str, reader: str,
    files: tuple[str, ...], notes: str = "",
) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain="graph",
        target="whole",
        kind="structure",
        classes=0,
        components=graphs,
        sizes=sizes,
        channels=0,
        folds=0,
        features="none",
        protocol="none: no two graphs are isomorphic, and a network should give no two of them one answer",
        metric="none",
        licence=licence,
        citation=citation,
        reader=reader,
        files=files,
        notes=notes,
    )


def _strongly_regular(name: str, graphs: int, sizes: tuple[int, int]) -> Dataset:
    return _structure(
        name,
        f"Strongly regular graphs {_PARAMETERS[name]}",
        graphs,
        sizes,
        licence="MIT (repository); a public enumeration",
        citation=_SPENCE,
        reader="expressive:family",
        files=(f"expressivity/sr_graphs/{name}.g6",),
    )


def _formulas(name: str, title: str, sizes: tuple[int, int]) -> Dataset:
    return Dataset(
        name=name.lower(),
        title=title,
        domain="graph",
        target="whole",
        kind="classification",
        classes=2,
        components=1200,
        sizes=sizes,
        channels=2,
        folds=10,
        features="one channel for literals, one for clauses",
        protocol="ten folds of pairs from a seed; fold k is test, fold k + 1 validation",
        metric="accuracy",
        licence="GPL-3.0 (repository)",
        citation="Abboud et al., 2021, The Surprising Power of Graph Neural Networks with Random Node Initialization",
        reader="expressive:satisfiable",
        files=(f"expressivity/exp_cexp/{name}/GRAPHSAT.txt",),
        notes="whole.pair numbers the pairs; colour refinement gives both graphs of a pair one answer",
    )


_PARAMETERS = {
    "sr16622": "(16, 6, 2, 2): the rook's graph and Shrikhande's",
    "sr251256": "(25, 12, 5, 6)",
    "sr261034": "(26, 10, 3, 4)",
    "sr281264": "(28, 12, 6, 4)",
    "sr291467": "(29, 14, 6, 7)",
    "sr351668": "(35, 16, 6, 8)",
    "sr361446": "(36, 14, 4, 6)",
}

EXPRESSIVITY = (
    _strongly_regular("sr16622", 2, (32, 96)),
    _strongly_regular("sr251256", 15, (375, 2250)),
    _strongly_regular("sr261034", 10, (260, 1300)),
    _strongly_regular("sr281264", 4, (112, 672)),
    _strongly_regular("sr291467", 41, (1189, 8323)),
    _strongly_regular("sr351668", 3854, (134890, 1079120)),
    _strongly_regular("sr361446", 180, (6480, 45360)),
    *(
        _structure(
            f"graph{nodes}c",
            f"All connected graphs with {nodes} nodes",
            graphs,
            (nodes * graphs, edges),
            licence="MIT (repository); a public enumeration",
            citation=f"{_MCKAY}; Balcilar et al., 2021, Breaking the Limits of Message Passing Graph Neural Networks",
            reader="expressive:family",
            files=(f"expressivity/all_simple_graphs/graph{nodes}c.g6",),
        )
        for nodes, graphs, edges in ((6, 112, 951), (7, 853, 9552), (8, 11117, 160220))
    ),
    _structure(
        "brec",
        "Pairs of graphs that are hard to tell apart, in seven categories",
        800,
        (27804, 114752),
        licence="MIT",
        citation="Wang, Zhang, 2024, An Empirical Study of Realized GNN Expressiveness",
        reader="expressive:pairs",
        files=_BREC,
        notes="whole.pair numbers the 400 pairs; whole.category: 60 basic, 50 regular, 50 strongly regular, 100 "
        "extension, 100 CFI, 20 4-vertex condition, 20 distance-regular pairs. The published protocol compares 32 "
        "relabellings of each graph",
    ),
    Dataset(
        name="csl",
        title="Circles of 41 nodes with skip links: which skip length?",
        domain="graph",
        target="whole",
        kind="classification",
        classes=10,
        components=150,
        sizes=(6150, 12300),
        channels=0,
        folds=5,
        features="none",
        protocol="the five published folds of Dwivedi et al., 2023: 90 graphs train, 30 validate, 30 test",
        metric="accuracy",
        licence="none stated (graphs); MIT (folds)",
        citation="Murphy et al., 2019, Relational Pooling for Graph Representations; Dwivedi et al., 2023, "
        "Benchmarking Graph Neural Networks",
        reader="expressive:circulant",
        files=("expressivity/csl/graphs_Kary_Deterministic_Graphs.pkl", *_CSL),
        notes="the loops at all nodes that the file adds are left out",
    ),
    _formulas("EXP", "Formulas in pairs that colour refinement cannot tell apart: satisfiable or not?", (58442, 72530)),
    _formulas(
        "CEXP", "Formulas, some of them in pairs that colour refinement cannot tell apart: satisfiable?", (66938, 83736)
    ),
)
