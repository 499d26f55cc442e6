"""What the library knows about a data set before reading it. Importing this needs no torch."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Literal

Kind = Literal["classification", "multilabel", "regression", "link"]

# Where the files of each folder of the manifest are published: the longest matching prefix counts.
ADDRESSES = {
    "planetoid/": "https://raw.githubusercontent.com/kimiyoung/planetoid/af6abf468a772cc055bec88c52e4d6f51b7c37e3/data/",
    "geom_gcn/new_data/": (
        "https://raw.githubusercontent.com/graphdml-uiuc-jlu/geom-gcn/f1fc0d14b3b019c562737240d06ec83b07d16a8f/new_data/"
    ),
    "geom_gcn/splits/": (
        "https://raw.githubusercontent.com/twitter-research/neural-sheaf-diffusion/"
        "11e21b561d884713ab1a18a521a7dc2fb26b9361/splits/"
    ),
    "heterophilous_graphs/": (
        "https://raw.githubusercontent.com/yandex-research/heterophilous-graphs/"
        "a431395582e929d88271309716bea4fe24ce6318/data/"
    ),
    "tu_graphs/": "https://raw.githubusercontent.com/yeweiysh/IHGNN/b17214636dd0a0f83b05849cc6dc9ec2ebd4efbf/data/",
    "hypergraph_allset/": (
        "https://raw.githubusercontent.com/ycq091044/LEGCN/d03f4745370a7493b18fb65f6d46f71b436a027b/data/"
    ),
}


@dataclass(frozen=True)
class File:
    """One file of a data set, as its authors published it."""

    path: str
    """Path below the data folder, `$COCHAIN_DATA` or the cache."""
    url: str
    """Public address of exactly these bytes."""
    sha256: str
    """Checksum of the content, in hexadecimal digits."""
    size: int
    """Length of the content in bytes."""


@dataclass(frozen=True)
class Dataset:
    """One data set: what it is, what is asked of it, how it is split, and where it comes from.

    `protocols` names the ways in which published numbers choose the epoch whose test score they report:

    * `validation`: the epoch that is best on the validation part, per fold.
    * `xu`: training and validation part train together; the test accuracy of every epoch is averaged over the folds,
      and the best average counts. Xu et al., 2019, "How Powerful are Graph Neural Networks?". It selects on the test
      folds, so its numbers are higher; it is here to compare with the papers that use it.
    """

    name: str
    """What `load` is called with."""
    title: str
    """One line for people."""
    domain: str
    """Domain of the complex: graph, hypergraph, simplicial, cell."""
    target: int | Literal["whole"]
    """Where y and split lie: a rank, or "whole" for one row per component."""
    kind: Kind
    """Kind of the task."""
    classes: int
    """Number of classes, or of regression targets."""
    components: int
    """Number of components: graphs, images, surfaces."""
    sizes: tuple[int, ...]
    """Cells per rank, over all components."""
    channels: int
    """Channels of x on rank 0."""
    folds: int
    """Columns of split."""
    features: str
    """What x is and how it was prepared."""
    protocol: str
    """Where the splits come from."""
    metric: str
    """The score of published tables: accuracy, roc_auc, mae."""
    licence: str
    """What the source says about its use."""
    citation: str
    """The work to cite."""
    reader: str
    """`module:function` in this package."""
    files: tuple[str, ...] = ()
    """Paths in the manifest; none for a data set that is always there."""
    options: tuple[str, ...] = ()
    """Variations that the reader understands."""
    protocols: tuple[str, ...] = ("validation",)
    """Ways to choose the reported epoch, the default first."""
    notes: str = ""
    """Traps."""

    @property
    def embedded(self) -> bool:
        """Whether the data set needs no files from outside the package."""
        return not self.files


@cache
def manifest() -> dict[str, File]:
    """Read the checksums that ship with the package, by path."""
    text = package_files("cochain.datasets").joinpath("data/manifest.txt").read_text(encoding="ascii")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {path: File(path, address(path), digest, int(size)) for digest, size, path in rows}


def address(path: str) -> str:
    """Give the public address of a path in the manifest."""
    prefix = next(prefix for prefix in ADDRESSES if path.startswith(prefix))
    return ADDRESSES[prefix] + path.removeprefix(prefix)
