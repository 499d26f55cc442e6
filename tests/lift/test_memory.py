"""What does not fit is refused before it is made, with what would."""

from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest
import torch

from cochain import Complex, ComplexError, lift
from cochain.lift import memory

GRAPH = Complex.graph(list(nx.complete_graph(10).edges))
POINTS = torch.rand(10, 2)
LIFTS: dict[str, Callable[[], Any]] = {
    "clique": lambda: lift.clique(GRAPH, 2),
    "closure": lambda: lift.closure(lift.dual(GRAPH), 2),
    "cycles": lambda: lift.cycles(GRAPH, 4),
    "dowker": lambda: lift.dowker(GRAPH, 2, "cells"),
    "expand": lambda: lift.expand(lift.dual(GRAPH)),
    "khop": lambda: lift.khop(GRAPH),
    "knn": lambda: lift.knn(POINTS, 5),
    "line": lambda: lift.line(GRAPH),
    "neighborhood": lambda: lift.neighborhood(GRAPH, "complex"),
    "paths": lambda: lift.paths(GRAPH),
    "rips": lambda: lift.rips(POINTS, 2.0),
}


@pytest.mark.parametrize("name", LIFTS)
def test_little_free_memory_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    LIFTS[name]()
    monkeypatch.setattr(memory, "free_memory", lambda: 700)
    with pytest.raises(
        ComplexError, match=r"at most [0-9]+ .*, which fill the 0.0 GB of memory that are free, but would make"
    ):
        LIFTS[name]()


def test_an_unknown_memory_allows_what_the_user_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: None)
    assert lift.clique(GRAPH).sizes == (10, 45, 120)
    with pytest.raises(ComplexError, match="at most max_cells = 100 cells of rank 2, but would make 120"):
        lift.clique(GRAPH, max_cells=100)


def test_free_memory_is_that_of_this_machine(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    psutil = pytest.importorskip("psutil", reason="compares with the library that reads all systems")
    free = memory.free_memory()
    assert free is None or 0.5 < free / psutil.virtual_memory().available < 2

    class Nowhere:
        def __init__(self, path: str) -> None:
            pass

        def read_text(self) -> str:
            raise OSError

    monkeypatch.setattr("cochain.kernels.memory.Path", Nowhere)
    assert memory.free_memory() is None
