"""The tables of docs/performance.md are those of the committed rows."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_its_program_makes() -> None:
    module = runpy.run_path(str(DOCS / "make_performance.py"))
    assert module["render"]() == (DOCS / "performance.md").read_text("utf-8"), "run: python docs/make_performance.py"


def test_rows_become_lines_by_hand() -> None:
    lines = runpy.run_path(str(DOCS / "make_performance.py"))["_lines"]
    own = {"case": "a", "what": "work", "contestant": "cochain", "median_s": 0.01, "goal": {"seconds": 0.02}}
    peer = {"case": "a", "what": "work", "contestant": "pyg", "median_s": 2.0, "ratio": 200.0, "memory_ratio": 0.5,
            "goal": {"ratio": 3.0, "memory": None}, "failure": ""}  # fmt: skip
    alone = {"case": "b", "what": "other", "contestant": "cochain", "median_s": None, "failure": "out of memory"}
    assert lines([own, peer, alone])[2:] == [
        "| work | 10 ms (goal 20 ms) | pyg | 2 s | **200** (3) | 0.50 |",
        "| other | out of memory | | | | |",
    ]
