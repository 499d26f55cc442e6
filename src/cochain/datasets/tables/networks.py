"""Networks with labelled nodes and published splits."""

from cochain.datasets.records import Dataset

PLANETOID_ENDINGS = ("x", "y", "tx", "ty", "allx", "ally", "graph", "test.index")


def _planetoid(name: str, title: str, classes: int, sizes: tuple[int, int], channels: int) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="graph",
        target=0,
        kind="classification",
        classes=classes,
        components=1,
        sizes=sizes,
        channels=channels,
        folds=1,
        features="words of the document, row-normalised (divided by their number) as in Kipf and Welling, 2017",
        protocol="the public split: 20 training documents per class, 500 for validation, 1,000 test",
        metric="accuracy",
        licence="MIT (repository); the citation data by LINQS has no explicit licence",
        citation="Sen et al., 2008, Collective Classification in Network Data; "
        "Yang, Cohen, Salakhutdinov, 2016, Revisiting Semi-Supervised Learning with Graph Embeddings",
        reader="planetoid:read",
        files=tuple(f"planetoid/ind.{name}.{ending}" for ending in PLANETOID_ENDINGS),
    )


def _geom_gcn(
    name: str, title: str, citation: str, sizes: tuple[int, int], channels: int, *options: str, notes: str = ""
) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="graph",
        target=0,
        kind="classification",
        classes=5,
        components=1,
        sizes=sizes,
        channels=channels,
        folds=10,
        features="words of the page, row-normalised (divided by their number) as in Pei et al., 2020",
        protocol="the ten published splits of Pei et al., 2020: 48% training, 32% validation, 20% test",
        metric="accuracy",
        licence="none stated (network); Apache-2.0 (splits)",
        citation=f"{citation}; Pei et al., 2020, Geom-GCN: Geometric Graph Convolutional Networks",
        reader="geom_gcn:read",
        files=(
            f"geom_gcn/new_data/{name}/out1_graph_edges.txt",
            f"geom_gcn/new_data/{name}/out1_node_feature_label.txt",
            *(f"geom_gcn/splits/{name}_split_0.6_0.2_{fold}.npz" for fold in range(10)),
        ),
        options=options,
        notes=notes,
    )


def _heterophilous(
    name: str,
    title: str,
    citation: str,
    classes: int,
    sizes: tuple[int, int],
    channels: int,
    *options: str,
    file: str = "",
    features: str = "as published, not normalised",
    protocol: str = "the ten published splits of Platonov et al., 2023: 50% training, 25% validation, 25% test",
    metric: str = "accuracy",
    notes: str = "",
) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="graph",
        target=0,
        kind="classification",
        classes=classes,
        components=1,
        sizes=sizes,
        channels=channels,
        folds=10,
        features=features,
        protocol=protocol,
        metric=metric,
        licence="MIT",
        citation=f"{citation}Platonov et al., 2023, A critical look at the evaluation of GNNs under heterophily",
        reader="heterophilous:read",
        files=(f"heterophilous_graphs/{file or name}.npz",),
        options=options,
        notes=notes,
    )


_WEBKB = "Craven et al., 1998, Learning to Extract Symbolic Knowledge from the World Wide Web"
_WIKIPEDIA = "Rozemberczki, Allen, Sarkar, 2021, Multi-scale Attributed Node Embedding; "
_PEI = "the ten published splits of Pei et al., 2020: 48% training, 32% validation, 20% test"
_NORMALISED = "row-normalised (divided by their sum) as in Pei et al., 2020"

NETWORKS = (
    _planetoid("cora", "Papers on machine learning and their citations", 7, (2708, 5278), 1433),
    _planetoid("citeseer", "Papers of computer science and their citations", 6, (3327, 4552), 3703),
    _geom_gcn(
        "texas",
        "Web pages of a university and their links",
        _WEBKB,
        (183, 279),
        1703,
        notes="one class has a single page",
    ),
    _geom_gcn("wisconsin", "Web pages of a university and their links", _WEBKB, (251, 450), 1703),
    _geom_gcn(
        "cornell",
        "Web pages of a university and their links, with another university's words and labels",
        _WEBKB,
        (183, 277),
        1703,
        notes="the published file of words and labels is that of texas, byte for byte; published numbers use it, and "
        "so does this set. cornell_corrected has the right ones",
    ),
    _geom_gcn(
        "film",
        "Actors who appear on the same page of Wikipedia",
        "Tang et al., 2009, Social Influence Analysis in Large-scale Networks",
        (7600, 26659),
        932,
        "indices=932",
        notes="also known as actor",
    ),
    _heterophilous(
        "cornell_corrected",
        "Web pages of a university and their links, with their own words and labels",
        _WEBKB + "; ",
        5,
        (183, 277),
        1703,
        "row-normalised",
        file="cornell",
        features=_NORMALISED,
        protocol="the ten splits that Platonov et al., 2023, publish with the corrected file",
        notes="numbers on it do not compare with published ones on Cornell; see cornell",
    ),
    _heterophilous(
        "chameleon",
        "Pages of Wikipedia on chameleons and their links",
        _WIKIPEDIA,
        5,
        (2277, 31371),
        2325,
        "row-normalised",
        features=_NORMALISED,
        protocol=_PEI,
        notes="holds duplicated pages, some in training and test part; chameleon_filtered leaves them out",
    ),
    _heterophilous(
        "squirrel",
        "Pages of Wikipedia on squirrels and their links",
        _WIKIPEDIA,
        5,
        (5201, 198353),
        2089,
        "row-normalised",
        features=_NORMALISED,
        protocol=_PEI,
        notes="holds duplicated pages, some in training and test part; squirrel_filtered leaves them out",
    ),
    _heterophilous(
        "chameleon_filtered",
        "Pages of Wikipedia on chameleons and their links, without duplicates",
        _WIKIPEDIA,
        5,
        (890, 8854),
        2325,
        protocol="the ten published splits of Platonov et al., 2023",
    ),
    _heterophilous(
        "squirrel_filtered",
        "Pages of Wikipedia on squirrels and their links, without duplicates",
        _WIKIPEDIA,
        5,
        (2223, 46998),
        2089,
        protocol="the ten published splits of Platonov et al., 2023",
    ),
    _heterophilous(
        "minesweeper",
        "A board of 100 by 100 squares: which hide a mine?",
        "",
        2,
        (10000, 39402),
        7,
        metric="roc_auc",
    ),
    _heterophilous(
        "tolokers",
        "Workers of a crowdsourcing platform who worked on one task: who was banned?",
        "",
        2,
        (11758, 519000),
        10,
        metric="roc_auc",
    ),
)
