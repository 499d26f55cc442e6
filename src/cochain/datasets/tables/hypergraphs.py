"""Hypergraphs with labelled nodes."""

from cochain.datasets.records import Dataset, Kind

_ALLSET = "Chien et al., 2022, You are AllSet"
_CHODROW = "Chodrow, Veldt, Benson, 2021, Generative Hypergraph Clustering"
_YADATI = "Yadati et al., 2019, HyperGCN"
_HALF = "twenty random draws from seeds, 50% training, 25% validation, 25% test, as in Chien et al., 2022"
_SEEDS = "the paper draws its splits without fixed seeds, so ours are others of the same law"
_NOISE = (
    "the class of the node in the first of 100 channels, plus normal noise of deviation 1, as in Chien et al., 2022"
)


def _allset(
    name: str, title: str, folder: str, classes: int, sizes: tuple[int, int], channels: int, licence: str, citation: str
) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="hypergraph",
        target=0,
        kind="classification",
        classes=classes,
        components=1,
        sizes=sizes,
        channels=channels,
        folds=20,
        features="as published, not normalised",
        protocol=_HALF,
        metric="accuracy",
        licence=licence,
        citation=f"{citation}; {_ALLSET}",
        reader="hypergraphs:read",
        files=(f"hypergraph_allset/{folder}/{folder}.content", f"hypergraph_allset/{folder}/{folder}.edges"),
        notes=_SEEDS,
    )


def _cited(name: str, title: str, folder: str, classes: int, sizes: tuple[int, int], channels: int) -> Dataset:
    parts = (*(("features",) if channels else ()), "hypergraph", "labels", *(f"splits/{k}" for k in range(1, 11)))
    return Dataset(
        name=name,
        title=title,
        domain="hypergraph",
        target=0,
        kind="classification",
        classes=classes,
        components=1,
        sizes=sizes,
        channels=channels,
        folds=10,
        features="words, row-normalised (divided by their number)" if channels else "none: the words are not published "
        "in one piece",
        protocol="the ten published splits; a stratified fifth of the training nodes validates",
        metric="accuracy",
        licence="Apache-2.0 (repository)",
        citation=f"{_YADATI}; Sen et al., 2008, Collective Classification in Network Data",
        reader="hyperedges:cited",
        files=tuple(f"hypergraph_hypergcn/{folder}/{part}.pickle" for part in parts),
    )  # fmt: skip


def _labelled(
    name: str, title: str, folder: str, classes: int, sizes: tuple[int, int], citation: str,
    kind: Kind = "classification",
) -> Dataset:  # fmt: skip
    several = kind == "multilabel"
    return Dataset(
        name=name,
        title=title,
        domain="hypergraph",
        target=0,
        kind=kind,
        classes=classes,
        components=1,
        sizes=sizes,
        channels=0 if several else 100,
        folds=20,
        features="none" if several else _NOISE,
        protocol=_HALF,
        metric="roc_auc" if several else "accuracy",
        licence="MIT (repository)",
        citation=f"{citation}; {_CHODROW}",
        reader="hyperedges:labelled",
        files=tuple(f"hypergraph_labeled_benson/{folder}/{part}-{folder}.txt" for part in ("hyperedges",
            "node-labels")),
        options=("multilabel",) if several else (),
        notes=f"the {classes} most frequent of 641 tags" if several else "x holds a noisy class, so a model without "
        "structure learns something too; " + _SEEDS,
    )  # fmt: skip


HYPERGRAPHS = (
    _allset(
        "zoo", "Animals that share a trait", "zoo", 7, (101, 43), 16,
        "CC BY 4.0 (UCI); none stated (repository)", "Forsyth, 1990, Zoo, UCI Machine Learning Repository",
    ),
    _allset(
        "mushroom", "Mushrooms that share a trait: edible or poisonous?", "Mushroom", 2, (8124, 298), 22,
        "CC BY 4.0 (UCI); none stated (repository)", "Schlimmer, 1987, Mushroom, UCI Machine Learning Repository",
    ),
    _allset(
        "20newsgroups", "Postings that share a word", "20newsW100", 4, (16242, 100), 100,
        "none stated", "Lang, 1995, NewsWeeder: Learning to Filter Netnews",
    ),
    _allset(
        "ntu2012", "Shapes whose pictures look alike", "NTU2012", 67, (2012, 2012), 100,
        "none stated", "Chen et al., 2003, On Visual Similarity Based 3D Model Retrieval; "
        "Feng et al., 2019, Hypergraph Neural Networks",
    ),
    _cited("cora_cocitation", "Papers on machine learning, joined where one paper cites them", "cocitation/cora",
           7, (2708, 1579), 1433),
    _cited("cora_coauthorship", "Papers on machine learning, joined where they share an author", "coauthorship/cora",
           7, (2708, 1072), 1433),
    _cited("citeseer_cocitation", "Papers of computer science, joined where one paper cites them",
        "cocitation/citeseer",
           6, (3312, 1079), 3703),
    _cited("pubmed_cocitation", "Papers on diabetes, joined where one paper cites them", "cocitation/pubmed",
           3, (19717, 7963), 0),
    _cited("dblp_coauthorship", "Papers of computer science, joined where they share an author", "coauthorship/dblp",
           6, (41302, 22363), 0),
    _labelled("house", "Members of the House of Representatives and their committees: which party?",
              "house-committees", 2, (1290, 341), "Stewart, Woon, 2017, Congressional Committee Assignments"),
    _labelled("senate", "Members of the Senate and their committees: which party?",
              "senate-committees", 2, (282, 315), "Stewart, Woon, 2017, Congressional Committee Assignments"),
    _labelled("congress_bills", "Members of congress who sponsor a bill: which party?",
              "congress-bills", 2, (1718, 84799),
              "Fowler, 2006, Legislative Cosponsorship Networks in the US House and Senate"),
    _labelled("senate_bills", "Members of the Senate who sponsor a bill: which party?",
              "SN-congress-bills", 2, (294, 29157),
              "Fowler, 2006, Legislative Cosponsorship Networks in the US House and Senate"),
    _labelled("walmart", "Products that are bought together: in which department?",
              "walmart-trips", 11, (88860, 69906), "Amburg, Veldt, Benson, 2020, Clustering in Graphs and Hypergraphs "
              "with Categorical Edge Labels"),
    _labelled("high_school_classes", "Pupils who stand together: in which class?",
              "contact-high-school-classes", 9, (327, 7818),
              "Mastrandrea, Fournet, Barrat, 2015, Contact Patterns in a "
              "High School"),
    _labelled("primary_school_classes", "Pupils who stand together: in which class?",
              "contact-primary-school-classes", 11, (242, 12704),
              "Stehle et al., 2011, High-Resolution Measurements of "
              "Face-to-Face Contact Patterns in a Primary School"),
    _labelled("mathoverflow", "Questions of mathematics that one user answered: which tags?",
              "mathoverflow-answers", 50, (73851, 5446),
              "Veldt, Benson, Kleinberg, 2020, Minimizing Localized Ratio Cut "
              "Objectives in Hypergraphs", "multilabel"),
)  # fmt: skip
