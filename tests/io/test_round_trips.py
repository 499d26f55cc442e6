"""What is written comes back: structure, tensors and names, in every format that writes tables, HIF or graphs."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import cochain as cc
from cochain.complexes.schema import Schema
from strategies import DOMAINS, unions


@st.composite
def described(draw: st.DrawFn, base: st.SearchStrategy[cc.Complex]) -> cc.Complex:
    """A complex with named features, labels and weights on the ranks that have cells, and labels on the whole."""
    c = draw(base)
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    features, labels, classes = {}, {}, {}
    for rank, size in enumerate(c.sizes):
        if not size:
            continue
        if draw(st.booleans()):
            c = c.with_cochain(rank, "x", torch.from_numpy(rng.standard_normal((size, 2)).astype(np.float32)))
            features[rank] = ("height (m)", "kind=a")
        if draw(st.booleans()):
            names = ("alpha", "beta, or so")
            c = c.with_cochain(rank, "y", torch.from_numpy(np.append(rng.integers(-1, 2, size), [])[:size]).long())
            if set(c[rank].y.tolist()) >= {0, 1}:
                labels[rank], classes[rank] = ("outcome",), names
            else:
                c = c.without_cochain(rank, "y")
        if draw(st.booleans()):
            c = c.with_cochain(rank, "weight", torch.from_numpy(rng.random(size).astype(np.float32)))
    if c.sizes[0]:
        c = c.with_cochain(0, "split", torch.from_numpy(rng.integers(-1, 3, (c.sizes[0], 2)).astype(np.int8)))
    c = c.with_cochain("whole", "y", torch.from_numpy(rng.standard_normal((len(c), 1)).astype(np.float32)))
    labels["whole"] = ("energy",)
    return c.with_schema(Schema(features, labels, classes))


def alike(found: cc.Complex, c: cc.Complex) -> None:
    """Equal but for ranks without cells."""
    top = max(rank for rank, size in enumerate(c.sizes) if size or rank == 0)
    assert found.domain == c.domain
    assert found.sizes[: top + 1] == c.sizes[: top + 1]
    assert not any(found.sizes[top + 1 :])
    for rank in range(top + 1):
        assert found.offsets(rank).tolist() == c.offsets(rank).tolist()
        torch.testing.assert_close(found.cells(rank).to_dense(), c.cells(rank).to_dense())
    for place in [*range(top + 1), "whole"]:
        ours, theirs = (each.whole if place == "whole" else each[place] for each in (c, found))
        assert theirs.keys() == ours.keys()
        for name in ours.keys():  # noqa: SIM118 (cells are no mapping)
            torch.testing.assert_close(theirs[name], ours[name].to(theirs[name].dtype), equal_nan=True)
    assert found.schema == c.schema


def back(c: cc.Complex, name: str) -> cc.Complex:
    with tempfile.TemporaryDirectory() as folder:
        cc.io.write(c, Path(folder) / name)
        return cc.io.read(Path(folder) / name)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("name", ["tables", "network.json", "c.cochain"])
def test_everything_comes_back(domain: str, name: str) -> None:
    if name == "network.json" and domain == "points":
        return
    base = DOMAINS[domain]() if domain != "points" else unions("points")

    @settings(max_examples=12)
    @given(c=st.one_of(described(base), described(unions(domain))))
    def check(c: cc.Complex) -> None:
        alike(back(c, name), c)

    check()


@settings(max_examples=12)
@given(c=described(st.one_of(DOMAINS["graph"](), unions("digraph"))))
def test_graphml_comes_back(c: cc.Complex) -> None:
    alike(back(c, "c.graphml"), c)


@settings(max_examples=12)
@given(c=st.one_of(DOMAINS["graph"](), unions("digraph")))
def test_gml_comes_back(c: cc.Complex) -> None:
    c = c.with_cochain(0, "x", torch.arange(2.0 * c.sizes[0]).reshape(-1, 2))
    found = back(c, "c.gml")
    alike(found, c.with_schema(found.schema))


def without_isolated(c: cc.Complex) -> cc.Complex:
    used = sorted({n for rank in range(1, c.rank + 1) for n in c.cells(rank).pattern.indices.tolist()})
    return c if len(used) == c.sizes[0] and len(c) == 1 else cc.Complex.graph([(0, 1)])


@pytest.mark.parametrize("domain", ["graph", "digraph", "hypergraph", "simplicial", "cell", "combinatorial"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_single_tables_come_back(domain: str, suffix: str) -> None:
    @settings(max_examples=8)
    @given(c=DOMAINS[domain]())
    def check(c: cc.Complex) -> None:
        c = without_isolated(c)
        if c.rank and c.sizes[1]:
            c = c.with_cochain(1, "x", torch.arange(1.0 * c.sizes[1])[:, None] / 3)
        found = back(c, f"c{suffix}")
        alike(found, c.with_schema(found.schema))

    check()


def test_what_a_format_cannot_hold_is_refused_by_name(tmp_path: Path) -> None:
    c = cc.Complex.graph([(0, 1)], 3)
    refusals: list[tuple[cc.Complex, str, str]] = [
        (c, "c.csv", "node 2 is in no cell"),
        (c.with_cochain(0, "x", torch.ones(3, 1)), "c.csv", r"c\[0\].x has no column there"),
        (c.with_cochain(0, "spin", torch.ones(3, 1)), "c.json", r"c\[0\].spin has no column"),
        (c.with_cochain(1, "x", torch.ones(1, 1), odd=True), "tables", r"c\[1\].x is odd"),
        (c.with_cochain(0, "x", torch.full((3, 1), torch.nan)), "c.graphml", "not finite"),
        (cc.Complex.simplicial([(0, 1, 2)]), "c.graphml", "should hold a graph or digraph, but is given a simplicial"),
        (cc.Complex.points(torch.ones(2, 2)), "c.json", "given points"),
    ]
    for each, name, message in refusals:
        with pytest.raises(cc.ComplexError, match=message):
            cc.io.write(each, tmp_path / name)
        assert not (tmp_path / name).exists()


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    c = cc.Complex.graph([(0, 1)])
    with pytest.raises(cc.DataError, match=r"should end in one of .*, but ends in .docx"):
        cc.io.write(c, tmp_path / "c.docx")
    with pytest.raises(cc.DataError, match="directory that exists"):
        cc.io.write(c, tmp_path / "no" / "c.csv")
    with pytest.raises(cc.DataError, match="can only be read"):
        cc.io.write(c, tmp_path / "c.smi", format="smiles")
    with pytest.raises(cc.UnknownNameError, match="did you mean 'graphml'"):
        cc.io.write(c, tmp_path / "c", format="graphm")


def test_tables_do_not_mix_with_older_ones(tmp_path: Path) -> None:
    cc.io.write(cc.Complex.hypergraph([[0, 1, 2]]), tmp_path / "t")
    with pytest.raises(cc.DataError, match=r"holds hyperedges.csv"):
        cc.io.write(cc.Complex.graph([(0, 1)]), tmp_path / "t")


def test_selected_components_come_back(tmp_path: Path) -> None:
    c = cc.Complex.union([cc.Complex.graph([(0, 1)]), cc.Complex.graph([(0, 1), (1, 2)])])
    c = c.with_cochain(0, "x", torch.arange(5.0)[:, None])
    cc.io.write(c.select([1]), tmp_path / "t")
    assert cc.io.read(tmp_path / "t")[0].x[:, 0].tolist() == [2, 3, 4]


CALLS: dict[str, Callable[[cc.Complex], cc.Complex]] = {
    "select": lambda c: c.select([0, 0]),
    "with_cochain": lambda c: c.with_cochain(0, "spin", torch.zeros(2)),
    "to": lambda c: c.to("cpu"),
    "union": lambda c: cc.Complex.union([c, c]),
    "reorient": lambda c: c.reorient({1: torch.tensor([-1])}),
    "relabel": lambda c: c.relabel({0: torch.tensor([1, 0])}),
    "independent": lambda c: c.select([0]).independent(),
}


@pytest.mark.parametrize("call", CALLS)
def test_the_schema_stays(call: str) -> None:
    c = cc.Complex.graph([(0, 1)]).with_cochain(0, "x", torch.ones(2, 2)).with_schema(Schema({0: ("a", "b")}))
    assert CALLS[call](c).schema == c.schema
