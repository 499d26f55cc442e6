"""The page of the models is what the models give, and model files stay within their budgets."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from cochain.catalog import CATALOG

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "src" / "cochain" / "models").glob("*/*.py"))
REMEDY = "run python docs/make_models.py"


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_models", ROOT / "docs" / "make_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def made() -> tuple[str, dict[str, str]]:
    text, pictures = maker().page()
    return text, pictures


def test_the_page_is_what_the_models_give() -> None:
    assert (ROOT / "docs" / "models.md").read_text("utf-8") == made()[0], REMEDY


def test_the_pictures_are_what_the_models_draw() -> None:
    folder = ROOT / "docs" / "pictures" / "models"
    assert {path.stem: path.read_text("utf-8") for path in folder.glob("*.svg")} == made()[1], REMEDY
    assert sum(len(svg.encode()) for svg in made()[1].values()) < 1_000_000


def test_what_is_declared_is_declared_for_a_model() -> None:
    from cochain.nn.survey import survey

    built = {row: maker().build(row) for row in CATALOG}
    assert {maker().stem(row) for row, model in built.items() if survey(model).own} == set(maker().OWN)
    assert {name for model in built.values() for name in survey(model).messages} <= set(maker().KINDS)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("gcn", "sym[(A↑₀ + I)] | convolution | sum | - | relu(m + b) | even | none"),
        ("cin", "A↑₀, |B₁|ᵀ, A↑₁, |B₂|ᵀ | general, convolution | sum | concat |"),
        ("scone", "I, spectral[L↓₁], spectral[L↑₁] | convolution | sum | sum | tanh(m) | odd on 1 | none"),
        ("can", "A↓₁, A↑₁ | attention | sum | sum | relu(h W + m) | even | none"),
        ("snn", "| odd on 1, 2 | orientation"),
    ],
)
def test_lines_by_hand(name: str, line: str) -> None:
    row = next(row for row in CATALOG if row.name == name)
    assert line in " | ".join(maker().cells(row, maker().build(row)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_model_is_a_short_file(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 120


def test_all_models_together_are_short() -> None:
    assert sum(len(path.read_text().splitlines()) for path in FILES) < 6000


def test_there_are_models_for_every_domain() -> None:
    assert len(CATALOG) >= 60
    assert {row.domain for row in CATALOG} >= {
        "graph", "hypergraph", "simplicial", "cell", "combinatorial", "sheaf",
    }  # fmt: skip
