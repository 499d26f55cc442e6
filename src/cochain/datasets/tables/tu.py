"""Collections of graphs with a label for each graph."""

from cochain.datasets.records import Dataset

_FEATURES = {
    "tags": "one channel per node tag",
    "degrees": "one channel per degree that occurs, as in Xu et al., 2019",
    "degrees<64": "one channel per degree up to 62 that occurs, one for all above (Xu et al., 2019, use 369 channels, "
    "which take 550 MB)",
    "ones": "a single channel of ones, as in Xu et al., 2019",
}


def _tu(
    name: str, title: str, file: str, classes: int, graphs: int, nodes: int, edges: int, channels: int, *options: str,
    citation: str,
) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain="graph",
        target="whole",
        kind="classification",
        classes=classes,
        components=graphs,
        sizes=(nodes, edges),
        channels=channels,
        folds=10,
        features=_FEATURES[options[0]]
        + ("; pos holds coordinates" if "positions" in options else "")
        + ("; then 18 attributes, standardised" if "attributes" in options else ""),
        protocol="the ten published folds of Zhang et al., 2018; a stratified ninth of the training part validates",
        metric="accuracy",
        licence="MIT (repository); the TUDataset collection is free for research",
        citation=f"{citation}; Morris et al., 2020, TUDataset; Zhang et al., 2018, An End-to-End Deep Learning "
        "Architecture for Graph Classification",
        reader="tu:read",
        files=(
            f"tu_graphs/{file}.zip",
            *([f"tu_graphs/{file}/{file}_node_attributes.txt"] if "attributes" in options else []),
        ),
        options=options,
        protocols=("validation", "xu"),
    )


_PTC = "Helma et al., 2001, The Predictive Toxicology Challenge"
_CHEMICAL = "Wale, Watson, Karypis, 2008, Comparison of Descriptor Spaces for Chemical Compound Retrieval"
_SOCIAL = "Yanardag, Vishwanathan, 2015, Deep Graph Kernels"
_SUTHERLAND = "Sutherland, O'Brien, Weaver, 2003, Spline-Fitting with a Genetic Algorithm"
_KRIEGE = _SUTHERLAND + "; Kriege, Mutzel, 2012, Subgraph Matching Kernels for Attributed Graphs"
_PROTEIN = "Borgwardt et al., 2005, Protein Function Prediction via Graph Kernels"
_MUTAG = "Debnath et al., 1991, Structure-Activity Relationship of Mutagenic Nitro Compounds"
_DOBSON = "Dobson, Doig, 2003, Distinguishing Enzyme Structures from Non-enzymes Without Alignments"
_KKI = "Pan et al., 2017, Task Sensitive Feature Exploration and Learning for Multitask Graph Classification"

# name, title, file, classes, graphs, nodes, edges, channels, options
TU = (
    _tu("mutag", "Nitro compounds: mutagenic or not?",
        "MUTAG", 2, 188, 3371, 3721, 7, "tags", citation=_MUTAG),
    _tu("ptc", "Compounds with hydrogens: carcinogenic for male rats or not?",
        "PTC", 2, 344, 8792, 8931, 19, "tags", citation=_PTC),
    _tu("ptc_mr", "Compounds: carcinogenic for male rats or not?",
        "PTC_MR", 2, 344, 4915, 5054, 18, "tags", citation=_PTC),
    _tu("ptc_fm", "Compounds: carcinogenic for female mice or not?",
        "PTC_FM", 2, 349, 4925, 5055, 18, "tags", citation=_PTC),
    _tu("ptc_fr", "Compounds: carcinogenic for female rats or not?",
        "PTC_FR", 2, 351, 5110, 5266, 19, "tags", citation=_PTC),
    _tu("ptc_mm", "Compounds: carcinogenic for male mice or not?",
        "PTC_MM", 2, 336, 4695, 4812, 20, "tags", citation=_PTC),
    _tu("proteins", "Proteins: enzyme or not?",
        "PROTEINS", 2, 1113, 43471, 81044, 3, "tags", citation=_PROTEIN),
    _tu("nci1", "Compounds: active against lung cancer cells or not?",
        "NCI1", 2, 4110, 122747, 132753, 37, "tags", citation=_CHEMICAL),
    _tu("nci109", "Compounds: active against ovarian cancer cells or not?",
        "NCI109", 2, 4127, 122494, 132604, 38, "tags", citation=_CHEMICAL),
    _tu("enzymes", "Enzymes: which of six classes?",
        "ENZYMES", 6, 600, 19580, 37282, 3, "tags", citation=_PROTEIN),
    _tu("enzymes_attributes", "Enzymes with measured properties: which of six classes?",
        "ENZYMES", 6, 600, 19580, 37282, 21, "tags", "attributes", citation=_PROTEIN),
    _tu("dd", "Proteins by their amino acids: enzyme or not?",
        "DD", 2, 1178, 334925, 843046, 82, "tags", citation=_DOBSON),
    _tu("dhfr", "Inhibitors of dihydrofolate reductase: active or not?",
        "DHFR", 2, 756, 32075, 33676, 9, "tags", "positions", citation=_SUTHERLAND),
    _tu("bzr_md", "Ligands of the benzodiazepine receptor: active or not?",
        "BZR_MD", 2, 306, 6519, 68867, 8, "tags", citation=_KRIEGE),
    _tu("cox2_md", "Inhibitors of cyclooxygenase-2: active or not?",
        "COX2_MD", 2, 303, 7962, 101542, 7, "tags", citation=_KRIEGE),
    _tu("dhfr_md", "Inhibitors of dihydrofolate reductase, all atoms joined: active or not?",
        "DHFR_MD", 2, 393, 9380, 111226, 7, "tags", citation=_KRIEGE),
    _tu("kki", "Brain networks: attention deficit or not?",
        "KKI", 2, 83, 2238, 4019, 190, "tags", citation=_KKI),
    _tu("imdb_binary", "Actors who played together, around one actor: action or romance?",
        "IMDBBINARY", 2, 1000, 19773, 96531, 65, "degrees", citation=_SOCIAL),
    _tu("imdb_multi", "Actors who played together, around one actor: comedy, romance or science fiction?",
        "IMDBMULTI", 3, 1500, 19502, 98903, 59, "degrees", citation=_SOCIAL),
    _tu("collab", "Researchers who wrote together, around one of them: which field?",
        "COLLAB", 3, 5000, 372474, 12286079, 63, "degrees<64", citation=_SOCIAL),
    _tu("reddit_binary", "Users who answered each other in a thread: question and answer, or discussion?",
        "REDDIT-BINARY", 2, 2000, 859254, 995508, 1, "ones", citation=_SOCIAL),
)  # fmt: skip
