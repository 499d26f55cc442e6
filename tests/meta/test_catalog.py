"""The catalog is what there is: files, papers, tests, laws and lifts that its lines name exist, and none is missing."""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from torch import nn

import cochain as cc
from cochain import catalog, laws, lift, models
from cochain.catalog import CATALOG, Entry
from cochain.complexes.structure import DOMAINS
from cochain.models.build import model_class
from law_specimens import domain_of, specimen

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cochain"
KEYS = re.findall(r"^@\w+\{([^,\s]+),", (SOURCE / "references.bib").read_text(), flags=re.MULTILINE)
each = pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)


@each
def test_a_line_names_a_model(row: Entry) -> None:
    found = model_class(row)
    assert issubclass(found, nn.Module)
    assert dataclasses.is_dataclass(found.Config)
    assert found.Config.__dataclass_params__.frozen
    options = {field.name for field in dataclasses.fields(found.Config)}
    assert {"hidden", "layers", "dropout"} <= options
    assert {name for name, _ in getattr(row, "options", ())} <= options
    assert set(row.probes) <= set(found.ranks)


@each
def test_a_line_names_its_paper_and_its_tests(row: Entry) -> None:
    assert row.reference in KEYS, f"{row.reference} is not in references.bib"
    assert row.verified
    missing = [path for path in row.verified if not (ROOT / path.split("::")[0]).is_file()]
    assert not missing, f"'{row.name}' is said to be verified by {missing}, which are not there"


@each
def test_a_line_names_domains_lifts_tasks_and_laws_that_exist(row: Entry) -> None:
    assert row.domains
    assert set(row.domains) <= set(DOMAINS)
    assert row.lift is None or hasattr(lift, row.lift)
    assert set(row.tasks) <= {"node", "edge", "cell", "whole"}
    assert set(row.breaks) <= laws.LAWS.keys()
    assert re.fullmatch(r"[a-z][a-z0-9_]*", row.name)


@each
def test_a_model_runs_on_every_domain_of_its_line(row: Entry) -> None:
    """As it is built by name, with its own defaults, for nodes and for the whole."""
    for domain in row.domains:
        c = specimen(domain, list(model_class(row).ranks), row.probes)
        for target, task in ((0, "node"), ("whole", "whole")):
            if task in row.tasks:
                model = models.build(row.name, c, out=2, target=target, seed=0).eval()
                assert model(c).shape == (c.sizes[0] if target == 0 else 1, 2), (domain, target)


@each
def test_a_model_says_what_it_reads_prints_and_draws(row: Entry) -> None:
    c = specimen(domain_of(row), model_class(row).ranks, row.probes)
    model = models.build(row.name, c, hidden=8, out=2, target="whole")
    assert {cochain.rank for cochain in model.reads} >= set(model_class(row).ranks)
    assert all(cochain.odd == (cochain.rank in row.probes) for cochain in model.reads)
    assert all(isinstance(line, str) and line for line in model.equations())
    assert model.diagram().startswith("<svg")
    assert all(line in repr(model) for line in model.equations())


def test_no_two_lines_have_one_name() -> None:
    names = catalog.names()
    assert len(set(names)) == len(names)
    assert len(set(KEYS)) == len(KEYS)


def test_every_file_of_models_is_in_the_catalog() -> None:
    listed = {row.path.split(":")[0] for row in CATALOG}
    files = [path for path in (SOURCE / "models").glob("*/*.py") if path.name != "__init__.py"]
    found = {".".join(path.relative_to(SOURCE.parent).with_suffix("").parts) for path in files}
    assert found == listed


def test_every_test_of_a_model_is_named_by_a_line() -> None:
    named = {path.split("::")[0] for row in CATALOG for path in row.verified}
    stems = {row.path.split(":")[0].rsplit(".", 1)[1] for row in CATALOG}
    files = {path.stem.removeprefix("test_"): path for path in (ROOT / "tests" / "models").glob("test_*.py")}
    unnamed = [path.name for stem, path in files.items() if stem in stems and f"tests/models/{path.name}" not in named]
    assert not unnamed


def test_listing_imports_no_torch() -> None:
    probe = (
        "import json, sys, cochain.catalog as c; names = c.names();"
        "print(json.dumps([names, [m for m in ('torch', 'numba', 'scipy', 'numpy') if m in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    names, heavy = json.loads(done.stdout)
    assert names == catalog.names()
    assert heavy == []


def test_unknown_names() -> None:
    with pytest.raises(cc.UnknownNameError, match="no model is called 'gcnn'; did you mean 'gcn'"):
        catalog.entry("gcnn")
