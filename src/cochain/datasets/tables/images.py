"""Pictures as cubical complexes. They are large: a record says how much of the original it reads."""

from cochain.datasets.records import Dataset

_ISBI = tuple(f"isbi2012_em/train/{kind}/{number}.png" for kind in ("image", "label") for number in range(30))
_MORTAR = {
    "train": "001 009 011 024 036 041 043 045 048 049",
    "val": "051 052 053 054 055 056",
    "test": "071 072 073 074 075 076 077 078 079 080 121 122 171 172 221 222 271 272 321 322 371 372",
}
_MORTAR_FILES = tuple(
    f"topomortar_sample/{part}/{kind}/{number}.png"
    for part, numbers in _MORTAR.items()
    for kind in ("images", "accurate")
    for number in numbers.split()
)
_MATCHING = {
    "CREMI": "0114 0117 0123",
    "buildings": "0090 0105",
    "colon_cancer_cells": "0020 0022",
    "elegans_cells": "0090 0095",
    "roads": "0111 0113 0122",
}
_MATCHING_FILES = tuple(
    f"betti_matching_examples/{folder}/{kind}s/{kind}_{number}.png"
    for folder, numbers in _MATCHING.items()
    for kind in ("image", "label")
    for number in numbers.split()
)
_OFFICIAL = "the official test part; a stratified tenth of the training part validates"
_VALVERDE = "Valverde et al., 2025, TopoMortar"
_DIGITS = "grey level between 0 and 1; pos is the place in the picture"


def _classified(
    name: str, title: str, components: int, sizes: tuple[int, ...], channels: int, features: str, licence: str,
    citation: str, reader: str, files: tuple[str, ...], options: tuple[str, ...], notes: str,
) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain="cell",
        target="whole",
        kind="classification",
        classes=10,
        components=components,
        sizes=sizes,
        channels=channels,
        folds=1,
        features=features,
        protocol=_OFFICIAL,
        metric="accuracy",
        licence=licence,
        citation=citation,
        reader=reader,
        files=files,
        options=options,
        notes=notes,
    )


def _segmented(
    name: str, title: str, components: int, sizes: tuple[int, ...], folds: int, protocol: str, licence: str,
    citation: str, files: tuple[str, ...], options: tuple[str, ...], notes: str,
) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain="cell",
        target=0,
        kind="classification",
        classes=2,
        components=components,
        sizes=sizes,
        channels=1,
        folds=folds,
        features=_DIGITS,
        protocol=protocol,
        metric="f1_macro",
        licence=licence,
        citation=citation,
        reader="images:segmented",
        files=files,
        options=options,
        notes=notes,
    )


IMAGES = (
    _classified(
        "mnist", "Handwritten digits, each a sheet of squares spanned by its pixels", 1500, (1176000, 2268000,
            1093500), 1, _DIGITS,
        "CC BY-SA 3.0", "LeCun et al., 1998, Gradient-based Learning Applied to Document Recognition", "images:mnist",
        tuple(f"mnist/{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")),
        ("train=1000", "test=500"), "the first 1,000 of 60,000 and 500 of 10,000 pictures",
    ),
    _classified(
        "usps", "Handwritten digits of letters, each a sheet of squares spanned by its pixels", 1500, (384000, 720000,
            337500), 1, _DIGITS,
        "none stated; public research data", "Hull, 1994, A Database for Handwritten Text Recognition Research",
        "images:usps", ("usps/usps.h5",), ("train=1000", "test=500"),
        "the first 1,000 of 7,291 and 500 of 2,007 pictures; read by h5py",
    ),
    _classified(
        "cifar10", "Small photographs, each a sheet of squares spanned by its pixels", 750, (768000, 1488000, 720750),
        3,
        "red, green and blue between 0 and 1; pos is the place in the picture",
        "none stated; free for research with citation",
        "Krizhevsky, 2009, Learning Multiple Layers of Features from Tiny Images", "images:cifar",
        ("cifar10_subset/cifar10_jpg_subset.zip",), ("train=50", "test=25"),
        "50 of 5,000 and 25 of 1,000 pictures of each class, compressed with loss: for trials, not for tables",
    ),
    _segmented(
        "isbi2012", "Slices of a nerve cord under the electron microscope: cell or membrane?", 30, (491520, 975360,
            483870), 5,
        "five folds of slices from a seed; fold k is test, fold k + 1 validation",
        "non-commercial, with citation",
        "Arganda-Carreras et al., 2015, Crowdsourcing the Creation of Image Segmentation "
        "Algorithms for Connectomics; Cardona et al., 2010, An Integrated Micro- and Macroarchitectural Analysis of "
        "the Drosophila Brain", _ISBI, ("crop=128",), "the middle 128 x 128 of 512 x 512 pixels of each slice",
    ),
    _segmented(
        "topomortar", "Walls of bricks: where is the mortar?", 38, (622592, 1235456, 612902), 1,
        "the official small training part (10), 6 of 20 validation and 22 of 350 test pictures", "MIT", _VALVERDE,
        _MORTAR_FILES, ("crop=128", "published"), "the middle 128 x 128 of 512 x 512 pixels of each picture",
    ),
    Dataset(
        name="topomortar_masks",
        title="Mortar between bricks, as the complex of its pixels: how many parts and holes?",
        domain="cell",
        target="whole",
        kind="regression",
        classes=2,
        components=10,
        sizes=(874117, 1629670, 754544),
        channels=0,
        folds=5,
        features="none; x on squares is 1",
        protocol="five folds from a seed; fold k is test, fold k + 1 validation",
        metric="mae",
        licence="MIT",
        citation=_VALVERDE,
        reader="images:masks",
        files=("topomortar_sample/betti_numbers.csv",
               *(f"topomortar_sample/test/accurate/{number:03d}.png" for number in range(71, 81))),
        notes="the first 10 of 350 masks; y is the published Betti numbers 0 and 1, which the complex has",
    ),
    _segmented(
        "betti_matching", "Roads, buildings, cells and membranes: what belongs to the object?", 12, (673792, 1342080,
            668300), 3,
        "three folds of pictures from a seed; fold k is test, fold k + 1 validation", "MIT (repository)",
        "Stucki et al., 2023, Topologically Faithful Image Segmentation via Induced Matching of Persistence Barcodes",
        _MATCHING_FILES, ("crop=256",), "at most the middle 256 x 256 pixels of each picture",
    ),
)  # fmt: skip
