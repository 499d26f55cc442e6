"""Molecules: graphs of atoms and bonds, with their rings where rdkit reads them."""

from cochain.datasets.records import Dataset, Kind

_WU = "Wu et al., 2018, MoleculeNet"
_SCAFFOLD = "by Murcko scaffolds, the largest groups in training: 80%, 10%, 10%, as in Wu et al., 2018"
_RANDOM = "ten draws from seeds: 80% training, 10% validation, 10% test, as in Wu et al., 2018"
_HIV_PARTS = tuple(f"moleculenet/ogbg_molhiv_scaffold_split/{part}_idx-0.txt" for part in ("train", "val", "test"))
_TOX21 = "NR-AR|NR-AR-LBD|NR-AhR|NR-Aromatase|NR-ER|NR-ER-LBD|NR-PPAR-gamma|SR-ARE|SR-ATAD5|SR-HSE|SR-MMP|SR-p53"
_SIDER = "|".join(
    (
        "Hepatobiliary disorders",
        "Metabolism and nutrition disorders",
        "Product issues",
        "Eye disorders",
        "Investigations",
        "Musculoskeletal and connective tissue disorders",
        "Gastrointestinal disorders",
        "Social circumstances",
        "Immune system disorders",
        "Reproductive system and breast disorders",
        "Neoplasms benign, malignant and unspecified (incl cysts and polyps)",
        "General disorders and administration site conditions",
        "Endocrine disorders",
        "Surgical and medical procedures",
        "Vascular disorders",
        "Blood and lymphatic system disorders",
        "Skin and subcutaneous tissue disorders",
        "Congenital, familial and genetic disorders",
        "Infections and infestations",
        "Respiratory, thoracic and mediastinal disorders",
        "Psychiatric disorders",
        "Renal and urinary disorders",
        "Pregnancy, puerperium and perinatal conditions",
        "Ear and labyrinth disorders",
        "Cardiac disorders",
        "Nervous system disorders",
        "Injury, poisoning and procedural complications",
    )
)


def _molecules(
    name: str, title: str, file: str, kind: Kind, classes: int, molecules: int, sizes: tuple[int, int, int],
    citation: str, columns: str, *further: str, split: str = "scaffold", notes: str = "",
) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain="cell",
        target="whole",
        kind=kind,
        classes=classes,
        components=molecules,
        sizes=sizes,
        channels=36,
        folds=10 if split == "random" else 1,
        features="of atoms (element, degree, hydrogens, hybridisation, chirality, charge, aromatic, ring), of bonds, "
        "of rings",
        protocol={"random": _RANDOM, "scaffold": _SCAFFOLD}.get(split, "the scaffold split of Hu et al., 2020"),
        metric="rmse" if kind == "regression" else "roc_auc",
        licence="Apache-2.0 (repository); public sources",
        citation=f"{citation}; {_WU}",
        reader="molecules:read",
        files=(f"moleculenet/{file}.csv", *further),
        options=(columns, split),
        notes=notes,
        kept=True,
    )


_LEFT_OUT = "molecules that cannot exist, by the rules of valence, are left out: "

MOLECULES = (
    Dataset(
        name="zinc",
        title="Molecules of ZINC: penalised solubility",
        domain="graph",
        target="whole",
        kind="regression",
        classes=1,
        components=12000,
        sizes=(277957, 299196),
        channels=28,
        folds=1,
        features="one channel per type of atom; on edges one channel per type of bond",
        protocol="the published 1,000 validation and 1,000 test molecules of Dwivedi et al., 2023; 10,000 train",
        metric="mae",
        licence="MIT; none stated (validation and test part)",
        citation="Irwin et al., 2012, ZINC; Dwivedi et al., 2023, Benchmarking Graph Neural Networks",
        reader="zinc:read",
        files=tuple(f"zinc_jtnn/zinc12k_{part}.npz" for part in ("train_substitute", "val", "test")),
        notes="the training molecules are others than the published 10,000, drawn from the same 220,010; their targets "
        "were computed anew, with a mean error of 0.0025 on the published ones",
    ),
    _molecules(
        "esol", "How well does a molecule dissolve in water?", "esol", "regression", 1, 1128, (14991, 15428, 1569),
        "Delaney, 2004, ESOL", "measured log solubility in mols per litre", split="random",
    ),
    _molecules(
        "freesolv", "Free energy of hydration of a molecule", "freesolv", "regression", 1, 642, (5600, 5385, 427),
        "Mobley, Guthrie, 2014, FreeSolv", "expt", split="random",
    ),
    _molecules(
        "lipo", "Octanol or water: where does a molecule go?", "lipo", "regression", 1, 4200, (113568, 123899, 14642),
        "Hersey, 2015, ChEMBL Deposited Data Set", "exp", split="random",
    ),
    _molecules(
        "bbbp", "Does a molecule pass from the blood to the brain?", "bbbp", "classification", 2, 2039, (49068, 52921,
            6101),
        "Martins et al., 2012, A Bayesian Approach to in Silico Blood-Brain Barrier Penetration Modeling", "p_np",
        notes=_LEFT_OUT + "11 of 2,050",
    ),
    _molecules(
        "bace", "Does a molecule inhibit beta-secretase 1?", "bace", "classification", 2, 1513, (51577, 55768, 5715),
        "Subramanian et al., 2016, Computational Modeling of beta-Secretase 1 (BACE-1) Inhibitors", "Class",
    ),
    _molecules(
        "clintox", "Is a drug approved, and did it fail for its toxicity?", "clintox", "multilabel", 2, 1480, (38845,
            41415, 4088),
        "Gayvert, Madhukar, Elemento, 2016, A Data-Driven Approach to Predicting Successes and Failures of Clinical "
        "Trials", "FDA_APPROVED|CT_TOX", notes=_LEFT_OUT + "4 of 1,484",
    ),
    _molecules(
        "sider", "Which organs do the side effects of a drug concern?", "sider", "multilabel", 27, 1427, (48006, 50456,
            4523),
        "Kuhn et al., 2016, The SIDER Database of Drugs and Side Effects", _SIDER,
    ),
    _molecules(
        "tox21", "In which of twelve tests is a molecule toxic?", "tox21", "multilabel", 12, 7823, (145256, 150901,
            14266),
        "Huang et al., 2016, Tox21Challenge", _TOX21,
        notes="tests that were not made are NaN; " + _LEFT_OUT + "8 of 7,831",
    ),
    _molecules(
        "hiv", "Does a molecule stop the replication of HIV?", "hiv_41127_ogb_order", "classification", 2, 41120,
        (1048955, 1129451, 127183), "AIDS Antiviral Screen Data; Hu et al., 2020, Open Graph Benchmark",
        "HIV_active", *_HIV_PARTS,
        split="published", notes="takes half a minute to read, the first time; " + _LEFT_OUT + "7 of 41,127",
    ),
)  # fmt: skip
