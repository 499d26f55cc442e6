"""Networks and hypergraphs in time, and knowledge graphs."""

from cochain.datasets.records import Dataset, Kind

_BENSON = "Benson et al., 2018, Simplicial Closure and Higher-order Link Prediction"
_KUMAR = "Kumar et al., 2016, Edge Weight Prediction in Weighted Signed Networks"
_ROZEMBERCZKI = "Rozemberczki et al., 2021, PyTorch Geometric Temporal"
_SUN = "Sun et al., 2019, RotatE"


def _timed(name: str, title: str, folder: str, sizes: tuple[int, int]) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="hypergraph",
        target=1,
        kind="structure",
        classes=0,
        components=1,
        sizes=sizes,
        channels=0,
        folds=0,
        features="on hyperedges, time: when it was seen, in the unit of the source",
        protocol="none: hyperedges are to be predicted from earlier ones",
        metric="none",
        licence="none stated; public research data",
        citation=_BENSON,
        reader="hyperedges:timed",
        files=tuple(f"scholp/{folder}/{folder}-{part}.txt.gz" for part in ("nverts", "simplices", "times")),
        notes="a set of nodes that comes at several times is as many hyperedges, in the order of the file",
    )


def _series(
    name: str,
    title: str,
    components: int,
    sizes: tuple[int, int],
    reader: str,
    file: str,
    *options: str,
    notes: str = "",
) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="graph",
        target=0,
        kind="regression",
        classes=1,
        components=components,
        sizes=sizes,
        channels=4,
        folds=1,
        features="the four steps before the one that is asked for, standardised",
        protocol="in time: the first 70% of the steps train, the next 10% validate, the rest test",
        metric="mae",
        licence="MIT (repository)",
        citation=_ROZEMBERCZKI,
        reader=reader,
        files=(f"temporal_graphs/pyg_temporal/{file}.json",),
        options=options,
        notes=notes or "each component is the whole network at one step, whole.time",
    )


def _rated(name: str, title: str, file: str, sizes: tuple[int, int]) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="digraph",
        target=1,
        kind="classification",
        classes=2,
        components=1,
        sizes=sizes,
        channels=0,
        folds=1,
        features="none",
        protocol="in time: the first 70% of the ratings train, the next 15% validate, the rest test",
        metric="roc_auc",
        licence="none stated (repository); SNAP, free for research",
        citation=_KUMAR,
        reader="temporal:ratings",
        files=(f"temporal_graphs/soc-sign-{file}.csv",),
        notes="c[1].weight is the rating from -10 to 10, of which y is the sign; c[1].time is its second",
    )


def _triples(name: str, title: str, classes: int, sizes: tuple[int, int], kind: Kind, licence: str, citation: str,
             reader: str, *files: str) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain="hypergraph",
        target=1,
        kind=kind,
        classes=classes,
        components=1,
        sizes=sizes,
        channels=0,
        folds=1,
        features="none; on triples, forward: whether the triple runs from the lower entity to the higher",
        protocol="the published parts; y is the relation of a triple",
        metric="accuracy",
        licence=licence,
        citation=f"{citation}; {_SUN}",
        reader=reader,
        files=files,
        notes="a triple is a hyperedge of its two entities; published tables rank entities instead",
    )


def _country(level: int, sizes: tuple[int, int]) -> Dataset:
    return _triples(
        f"countries_s{level}", f"Countries, regions, neighbours: level {level}", 2, sizes, "classification", "MIT",
        "Bouchard, Singh, Trouillon, 2015, On Approximate Reasoning Capabilities of Low-rank Vector Spaces",
        "knowledge:named", *(f"knowledge_graphs/countries_S{level}/{part}.txt" for part in ("train", "valid", "test")),
    )  # fmt: skip


TEMPORAL = (
    _timed("email_enron", "Messages within a company: sender and receivers", "email-Enron", (143, 10883)),
    _timed("email_eu", "Messages within an institute: sender and receivers", "email-Eu", (998, 234760)),
    _timed("contact_high_school", "Pupils who stand together", "contact-high-school", (327, 172035)),
    _timed("contact_primary_school", "Pupils who stand together", "contact-primary-school", (242, 106879)),
    _timed("ndc_classes", "Classes of drugs of one product", "NDC-classes", (1161, 49724)),
    _timed("ndc_substances", "Substances of one product", "NDC-substances", (5311, 112405)),
    _timed("tags_ask_ubuntu", "Tags of one question", "tags-ask-ubuntu", (3029, 271233)),
    _timed("congress_bills_timed", "Members of congress who sponsor a bill", "congress-bills", (1718, 260851)),
    Dataset(
        name="college_messages",
        title="Messages between students",
        domain="digraph",
        target=0,
        kind="structure",
        classes=0,
        components=1,
        sizes=(1899, 20296),
        channels=0,
        folds=0,
        features="on arcs: time of the first message, last of the last, weight their number",
        protocol="none: later messages are to be predicted from earlier ones",
        metric="none",
        licence="MIT (repository); SNAP, free for research",
        citation="Panzarasa, Opsahl, Carley, 2009, Patterns and Dynamics of Users' Behavior and Interaction",
        reader="temporal:messages",
        files=("temporal_graphs/CollegeMsg.txt",),
    ),
    _rated("bitcoin_otc", "Traders who rate each other: trust or distrust?", "bitcoinotc", (5881, 35592)),
    _rated("bitcoin_alpha", "Traders who rate each other: trust or distrust?", "bitcoinalpha", (3783, 24186)),
    _series("chickenpox", "Cases of chickenpox in the counties of Hungary", 517, (10340, 21197), "temporal:chickenpox",
        "chickenpox"),
    _series("pedalme", "Deliveries by bicycle in London", 31, (465, 3255), "temporal:deliveries", "pedalme_london"),
    _series(
        "montevideo_bus", "Passengers at the bus stops of Montevideo", 168, (113400, 115920), "temporal:buses",
        "montevideo_bus",
        "hours=168", notes="the last week of the month: each component is the whole network in one hour, whole.time",
    ),
    _triples(
        "wn18rr", "Words of English: how are two related?", 11, (40943, 93003), "classification",
        "MIT (repository); WordNet licence", "Dettmers et al., 2018, Convolutional 2D Knowledge Graph Embeddings",
        "knowledge:named", *(f"knowledge_graphs/wn18rr/{part}.txt" for part in ("train", "valid", "test")),
    ),
    _triples(
        "fb15k237", "Things of the world: how are two related?", 237, (14541, 310116), "classification",
        "none stated (repository); Freebase, CC BY", "Toutanova, Chen, 2015, Observed versus Latent Features",
        "knowledge:numbered", *(f"knowledge_graphs/FB15K237/{part}2id.txt" for part in ("train", "valid", "test")),
    ),
    _country(1, (271, 1159)),
    _country(2, (271, 1111)),
    _country(3, (271, 1033)),
)  # fmt: skip
