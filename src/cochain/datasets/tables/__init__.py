"""The table of all data sets: literal records, put together from one file per family. Importing it needs no torch."""

from collections.abc import Mapping
from types import MappingProxyType

from cochain.datasets.records import Dataset
from cochain.datasets.tables.embedded import EMBEDDED
from cochain.datasets.tables.hypergraphs import HYPERGRAPHS
from cochain.datasets.tables.networks import NETWORKS
from cochain.datasets.tables.tu import TU

registry: Mapping[str, Dataset] = MappingProxyType(
    {record.name: record for record in (*EMBEDDED, *NETWORKS, *HYPERGRAPHS, *TU)}
)

# Well-known names that `load` refuses with a reason.
left_out: Mapping[str, str] = MappingProxyType(
    {
        "pubmed": "its features (ind.pubmed.allx) could not be checked, and no record holds their checksum",
        "modelnet40": "only its incidence is published beside the other hypergraphs, without features and classes",
        "roman_empire": "its file could not be checked, and no record holds its checksum",
        "amazon_ratings": "its file could not be checked, and no record holds its checksum",
        "questions": "its file could not be checked, and no record holds its checksum",
    }
)
