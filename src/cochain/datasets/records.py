"""What the library knows about a data set before reading it. Importing this needs no torch."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Literal

from cochain.datasets.addresses import address

Kind = Literal["classification", "multilabel", "regression", "link", "structure"]


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
    pack: str = ""
    """Path of an archive below the data folder in which the file may lie instead."""

    @property
    def member(self) -> str:
        """Name of the file within its archive: its path below the folder of the archive."""
        return self.path.split("/", 1)[1]


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
    """Domain of the complex: points, graph, digraph, hypergraph, simplicial, cell."""
    target: int | Literal["whole"]
    """Where y and split lie: a rank, or "whole" for one row per component; 0 for links, between nodes."""
    kind: Kind
    """Kind of the task. `link`: no y and no split, edges are held out when a model is trained. `structure`: nothing is
    asked, the complex itself is the object of study."""
    classes: int
    """Number of classes, labels or regression targets; 0 without y."""
    components: int
    """Number of components: graphs, images, surfaces."""
    sizes: tuple[int, ...]
    """Cells per rank, over all components."""
    channels: int
    """Channels of x on rank 0; 0 where nodes have no x."""
    folds: int
    """Columns of split; 0 without a split."""
    features: str
    """What x is and how it was prepared."""
    protocol: str
    """Where the splits come from."""
    metric: str
    """The score of published tables: accuracy, roc_auc, average_precision, mae, rmse; none where nothing is asked."""
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
    kept: bool = False
    """Whether the complex stays in the cache once it was read, because reading takes long."""

    @property
    def embedded(self) -> bool:
        """Whether the data set needs no files from outside the package."""
        return not self.files


@cache
def manifest() -> dict[str, File]:
    """Read the checksums that ship with the package, by path."""
    text = package_files("cochain.datasets").joinpath("data/manifest.txt").read_text(encoding="ascii")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {row[2]: File(row[2], address(row[2]), row[0], int(row[1]), *row[3:]) for row in rows}
