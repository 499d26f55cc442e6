"""The page of data sets in the documentation is what the registry says."""

import runpy
from pathlib import Path

from cochain.datasets import names

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_made_from_the_registry() -> None:
    made = runpy.run_path(str(DOCS / "make_datasets.py"))["page"]()
    assert made == (DOCS / "datasets.md").read_text(encoding="utf-8"), "run python docs/make_datasets.py"
    assert all(f"| `{name}` |" in made for name in names())
