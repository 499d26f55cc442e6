"""The table of all data sets: literal records, put together from one file per family. Importing it needs no torch."""

from collections.abc import Mapping
from types import MappingProxyType

from cochain.datasets.records import Dataset
from cochain.datasets.tables.embedded import EMBEDDED
from cochain.datasets.tables.expressivity import EXPRESSIVITY
from cochain.datasets.tables.fields import FIELDS
from cochain.datasets.tables.flows import FLOWS
from cochain.datasets.tables.graphs import GRAPHS
from cochain.datasets.tables.hypergraphs import HYPERGRAPHS
from cochain.datasets.tables.images import IMAGES
from cochain.datasets.tables.manifolds import MANIFOLDS
from cochain.datasets.tables.molecules import MOLECULES
from cochain.datasets.tables.networks import NETWORKS
from cochain.datasets.tables.shapes import SHAPES
from cochain.datasets.tables.temporal import TEMPORAL
from cochain.datasets.tables.tu import TU

FAMILIES = (
    EMBEDDED, NETWORKS, GRAPHS, HYPERGRAPHS, TU, MOLECULES, EXPRESSIVITY, MANIFOLDS, FLOWS, TEMPORAL, SHAPES, IMAGES,
    FIELDS,
)  # fmt: skip
registry: Mapping[str, Dataset] = MappingProxyType({record.name: record for family in FAMILIES for record in family})

# Well-known names that `load` refuses with a reason.
left_out: Mapping[str, str] = MappingProxyType(
    {
        "pubmed": "its features (ind.pubmed.allx) could not be checked, and no record holds their checksum",
        "modelnet40": "only its incidence is published beside the other hypergraphs, without features and classes",
        "roman_empire": "its file could not be checked, and no record holds its checksum",
        "amazon_ratings": "its file could not be checked, and no record holds its checksum",
        "questions": "its file could not be checked, and no record holds its checksum",
        "regina_census": "its triangulations glue a tetrahedron to itself, which needs another kind of complex, and "
        "its signatures are decoded by Regina",
        "england_covid": "its network changes from day to day, for which there is no protocol here yet",
        "pde_reaction": "it belongs to an inverse problem, which is no task here yet",
        "drive": "its owners prohibit copies",
        "faust": "its owners prohibit copies",
    }
)
