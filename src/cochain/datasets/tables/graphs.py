"""Networks from several collections: with classes, with links to predict, or edges alone."""

from cochain.datasets.records import Dataset, Kind

_SHCHUR = "Shchur et al., 2018, Pitfalls of Graph Neural Network Evaluation"
_BOJCHEVSKI = "Bojchevski, Guennemann, 2018, Deep Gaussian Embedding of Graphs"
_ADAMIC = "Adamic, Glance, 2005, The Political Blogosphere and the 2004 U.S. Election"
_HGCN = "Chami et al., 2019, Hyperbolic Graph Convolutional Neural Networks"
_ZHANG = "Zhang, Chen, 2018, Link Prediction Based on Graph Neural Networks"
_SALA = "Sala et al., 2018, Representation Tradeoffs for Hyperbolic Embeddings"
_FEW = "twenty draws from seeds: 20 training and 30 validation nodes per class, stratified, as in Shchur et al., 2018"
_LINKS = "links are held out as they are drawn: 10% test, 5% validate, with as many pairs that are no links"


def _attributed(
    name: str, title: str, classes: int, sizes: tuple[int, int], channels: int, citation: str, *options: str,
    protocol: str = _FEW, notes: str = "",
) -> Dataset:  # fmt: skip
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
        folds=20,
        features="words or ratings, row-normalised (divided by their sum)" if channels else "none",
        protocol=protocol,
        metric="accuracy",
        licence="MIT (repository)",
        citation=citation,
        reader="networks:attributed",
        files=(f"graphdata_npz/{name}.npz",),
        options=options,
        notes=notes,
    )


def _bare(
    name: str, title: str, sizes: tuple[int, int], kind: Kind, licence: str, citation: str, reader: str, file: str
) -> Dataset:
    link = kind == "link"
    return Dataset(
        name=name,
        title=title,
        domain="graph",
        target=0,
        kind=kind,
        classes=0,
        components=1,
        sizes=sizes,
        channels=0,
        folds=0,
        features="none",
        protocol=_LINKS if link else "none: distortion and mean average precision of an embedding are measured",
        metric="roc_auc" if link else "none",
        licence=licence,
        citation=citation,
        reader=reader,
        files=(file,),
    )


def _seal(name: str, title: str, file: str, sizes: tuple[int, int]) -> Dataset:
    return _bare(name, title, sizes, "link", "MIT", _ZHANG, "networks:matlab", f"linkpred_seal/{file}.mat")


def _hyperbolic(name: str, title: str, file: str, sizes: tuple[int, int]) -> Dataset:
    licence = "WordNet licence" if name == "wordnet" else "none stated"
    return _bare(
        name, title, sizes, "structure", licence, _SALA, "networks:edge_list", f"hyperbolic_graphs/{file}.edges"
    )


def _hgcn(
    name: str, title: str, classes: int, sizes: tuple[int, int], channels: int, features: str, protocol: str,
    metric: str,
    citation: str, reader: str, *files: str, notes: str = "",
) -> Dataset:  # fmt: skip
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
        licence="none stated",
        citation=citation,
        reader=reader,
        files=files,
        notes=notes,
    )


_DISEASE = "ten draws from seeds: 30% training, 10% validation, 60% test, stratified, as in Chami et al., 2019"

GRAPHS = (
    _attributed("amazon_photo", "Cameras that are bought together: of which kind?", 8, (7650, 119081), 745, _SHCHUR),
    _attributed("amazon_cs", "Computers that are bought together: of which kind?", 10, (13752, 245861), 767, _SHCHUR),
    _attributed(
        "coauthor_cs", "Researchers who wrote together: in which field?", 15, (18333, 81894), 6805, _SHCHUR,
        notes="x takes 500 MB",
    ),
    _attributed("cora_ml", "Papers on machine learning and their citations", 7, (2995, 8158), 2879, _BOJCHEVSKI),
    _attributed("dblp", "Papers of computer science and their citations", 4, (17716, 52867), 1639, _BOJCHEVSKI),
    _attributed("citeseer_full", "Papers of computer science and their citations", 6, (4230, 5337), 602, _BOJCHEVSKI),
    _attributed(
        "acm", "Papers that share an author: in which field?", 3, (3025, 13128), 1870,
        "Wang et al., 2019, Heterogeneous Graph Attention Network",
    ),
    _attributed("polblogs", "Political blogs and their links: left or right?", 2, (1490, 16715), 0, _ADAMIC),
    _attributed(
        "karate_club", "Zachary's karate club in four communities", 4, (34, 78), 0,
        "Zachary, 1977, An Information Flow Model for Conflict and Fission in Small Groups; Brandes et al., 2008, On "
        "Modularity Clustering (communities)",
        "train=2",
        protocol="twenty draws from seeds: 2 training members per community, 8 for validation, the rest test",
    ),
    _hgcn(
        "disease", "People whom a disease may reach along a tree: who falls ill?", 2, (2665, 2664), 11,
        "as published, not normalised", _DISEASE, "f1_macro",
        f"Anderson, May, 1991, Infectious Diseases of Humans; {_HGCN}",
        "networks:disease", *(f"hgcn_hyperbolic/disease_lp/disease_lp.{end}" for end in ("edges.csv", "feats.npz",
            "labels.npy")),
        notes="also for links, with `--target link`",
    ),
    _hgcn(
        "disease_tree", "People whom a disease may reach along a smaller tree: who falls ill?", 2, (1044, 1043), 0,
        "none: the file of features is not published in one piece", _DISEASE, "f1_macro", _HGCN,
        "networks:disease", *(f"hgcn_hyperbolic/disease_nc/disease_nc.{end}" for end in ("edges.csv", "labels.npy")),
    ),
    _hgcn(
        "airport", "Airports and flights: how many people live there, in four steps?", 4, (3188, 18630), 4,
        "longitude, latitude, altitude and gross domestic product, as published",
        "ten draws from seeds: 70% training, 15% validation, 15% test, stratified", "accuracy", _HGCN,
        "networks:airport", "hgcn_hyperbolic/airport.npz",
        notes="c[0].population is its logarithm, from which the classes are made; also for links, with `--target link`",
    ),
    Dataset(
        name="us_election",
        title="Counties of the United States that touch: how did they vote in 2016?",
        domain="graph",
        target=0,
        kind="regression",
        classes=1,
        components=1,
        sizes=(3111, 9228),
        channels=6,
        folds=10,
        features="degrees, income, births, deaths, migration, unemployment in 2016, standardised",
        protocol="ten draws from seeds: 60% training, 20% validation, 20% test, as in Jia and Benson, 2020",
        metric="mae",
        licence="none stated (repository); sources of the government of the United States",
        citation="Jia, Benson, 2020, Residual Correlation in Graph Neural Network Regression",
        reader="counties:read",
        files=tuple(
            f"us_election_counties/election/{name}"
            for name in ("adjacency.txt", "education.csv", "election.csv", "income.csv", "population.csv",
                "unemployment.csv")
        ),
        notes="y is the lead of the Democrats over the Republicans as a share of the votes of both; counties that a "
        "table lacks are left out",
    ),
    _seal("usair", "Airports of the United States and flights", "USAir", (332, 2126)),
    _seal("netscience", "Researchers of networks who wrote together", "NS", (1589, 2742)),
    _seal("political_blogs", "Political blogs, the largest component", "PB", (1222, 16714)),
    _seal("yeast", "Proteins of yeast that interact", "Yeast", (2375, 11693)),
    _seal("celegans", "Neurons of a worm", "Celegans", (297, 2148)),
    _seal("power", "Power grid of the western United States", "Power", (4941, 6594)),
    _seal("router", "Routers of the internet", "Router", (5022, 6258)),
    _seal("ecoli", "Metabolites of E. coli that react", "Ecoli", (1805, 14660)),
    _bare(
        "condmat", "Physicists of condensed matter who wrote together", (23133, 93439), "link",
        "MIT (repository); SNAP",
        f"Leskovec, Kleinberg, Faloutsos, 2007, Graph Evolution; {_ZHANG}", "networks:edge_list",
        "linkpred_seal/CA-CondMat.txt",
    ),
    _hyperbolic("phylo_tree", "A phylogenetic tree", "phylo_tree", (344, 343)),
    _hyperbolic("small_tree", "A balanced tree", "smalltree", (40, 39)),
    _hyperbolic("csphd", "Doctors of computer science and their advisers", "ca-CSphd", (1025, 1043)),
    _hyperbolic("diseasome", "Diseases that share a gene", "bio-diseasome", (516, 1188)),
    _hyperbolic("bio_yeast", "Proteins of yeast, the largest component", "bio-yeast", (1458, 1948)),
    _hyperbolic("grqc", "Physicists of gravity who wrote together", "grqc", (4158, 13422)),
    _hyperbolic("web_edu", "Web pages of universities", "web-edu", (3031, 6474)),
    _hyperbolic("power_grid", "Power grid of the western United States", "inf-power", (4941, 6594)),
    _hyperbolic("california", "Web pages on California", "california", (5925, 15770)),
    _hyperbolic("facebook", "Circles of friends", "facebook_combined", (4039, 88234)),
    _hyperbolic("wordnet", "Nouns of English and what they are kinds of", "wordnet", (74374, 75834)),
    _hyperbolic("football", "College teams that played each other", "football.gml", (115, 613)),
    _hyperbolic("polbooks", "Books on politics that were bought together", "polbooks.gml", (105, 441)),
)  # fmt: skip
