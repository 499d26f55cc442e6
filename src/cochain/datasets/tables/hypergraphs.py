"""Hypergraphs with labelled nodes."""

from cochain.datasets.records import Dataset


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
        protocol="twenty random draws from seeds, 50% training, 25% validation, 25% test, as in Chien et al., 2022",
        metric="accuracy",
        licence=licence,
        citation=f"{citation}; Chien et al., 2022, You are AllSet",
        reader="hypergraphs:read",
        files=(f"hypergraph_allset/{folder}/{folder}.content", f"hypergraph_allset/{folder}/{folder}.edges"),
        notes="the paper draws its splits without fixed seeds, so ours are others of the same law",
    )


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
)  # fmt: skip
