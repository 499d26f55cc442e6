"""The table is complete, light and honest; unknown names get help."""

import subprocess
import sys
from dataclasses import FrozenInstanceError
from importlib import import_module

import pytest

from cochain import datasets
from cochain.datasets.records import manifest
from cochain.errors import DataError, UnknownNameError
from cochain.experiments.metrics import METRICS

PROBE = """
import sys
from cochain import datasets
rows = [(name, datasets.info(name).sizes, datasets.whereabouts(name)) for name in datasets.names()]
print(len(rows), [name for name in ("torch", "numba", "scipy", "sklearn", "numpy") if name in sys.modules])
"""


def test_listing_needs_no_torch() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{len(datasets.names())} []"


@pytest.mark.parametrize("name", datasets.names())
def test_records_are_complete(name: str) -> None:
    record = datasets.info(name)
    assert record.name == name
    texts = (record.title, record.features, record.protocol, record.licence, record.citation)
    assert all(text and not text.endswith(".") for text in texts)
    assert record.metric in (*METRICS, "none")
    assert (record.metric == "none") == (record.kind == "structure")
    assert record.domain in ("points", "graph", "digraph", "hypergraph", "simplicial", "cell")
    assert record.target == "whole" or record.sizes[record.target]
    assert min(*record.sizes, record.components) >= 1
    assert (min(record.classes, record.folds) >= 1) == (record.kind not in ("link", "structure"))
    assert record.protocols[0] == "validation"
    assert set(record.files) <= set(manifest())
    module, function = record.reader.split(":")
    assert callable(getattr(import_module(f"cochain.datasets.{module}"), function))


def test_every_checksum_is_used() -> None:
    used = {path for name in datasets.names() for path in datasets.info(name).files}
    assert used == set(manifest())


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        datasets.registry["mine"] = datasets.info("karate")  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        datasets.info("karate").folds = 3  # type: ignore[misc]


def test_names_that_are_not_there() -> None:
    with pytest.raises(UnknownNameError, match=r"no data set is called 'coral'; did you mean 'cora'\?"):
        datasets.load("coral")
    with pytest.raises(DataError, match=r"'pubmed' should be complete to be offered, but its features"):
        datasets.load("pubmed")
