"""HIF against the libraries that write it: what XGI and HyperNetX write is read, and what is written they read."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

import cochain as cc


def read(tmp_path: Path, network: Any) -> cc.io.Description:
    (tmp_path / "h.json").write_text(network if isinstance(network, str) else json.dumps(network))
    return cc.io.inspect(tmp_path / "h.json")


@pytest.fixture
def xgi() -> Any:
    return pytest.importorskip("xgi")


def test_a_hypergraph_of_xgi(tmp_path: Path, xgi: Any) -> None:
    h = xgi.Hypergraph({"e1": ["a", "b"], "e2": ["b", "c", "d"], "e3": ["a", "d"]})
    h.add_node("alone")
    h.set_node_attributes({n: {"age": k + 0.5, "kind": "xy"[k % 2]} for k, n in enumerate(h.nodes)})
    h.set_edge_attributes({"e1": {"size": 2.5}, "e2": {"size": 3.5}, "e3": {"size": 2.25}})
    xgi.write_hif(h, str(tmp_path / "h.json"))
    found = cc.io.inspect(tmp_path / "h.json")
    c = found.complex_
    assert (c.domain, c.sizes) == ("hypergraph", (5, 3))
    names = found.names[0]
    members = {frozenset(names[n] for n in row.nonzero()[:, 0].tolist()) for row in c.cells(1).to_dense()}
    assert members == {frozenset("ab"), frozenset("bcd"), frozenset("ad")}
    ages = dict(zip(names, c[0].x[:, 0].tolist(), strict=True))
    assert ages == {n: h.nodes[n]["age"] for n in h.nodes}
    assert sorted(c[1].x[:, 0].tolist()) == [2.25, 2.5, 3.5]


def test_a_directed_and_a_simplicial_network_of_xgi(tmp_path: Path, xgi: Any) -> None:
    d = xgi.DiHypergraph([([0], [1]), ([2], [1])])
    xgi.write_hif(d, str(tmp_path / "d.json"))
    c = cc.io.read(tmp_path / "d.json")
    assert c.domain == "digraph"
    assert c.find(1, [(0, 1), (2, 1)]).tolist() == [0, 1]
    wide = xgi.DiHypergraph([([0, 1], [2])])
    xgi.write_hif(wide, str(tmp_path / "w.json"))
    with pytest.warns(cc.io.ReadingNote, match="directions were left out"):
        assert cc.io.read(tmp_path / "w.json").domain == "hypergraph"
    s = xgi.SimplicialComplex([[0, 1, 2], [2, 3]])
    xgi.write_hif(s, str(tmp_path / "s.json"))
    c = cc.io.read(tmp_path / "s.json")
    assert (c.domain, c.sizes) == ("simplicial", (4, 4, 1))


def test_xgi_reads_what_is_written(tmp_path: Path, xgi: Any) -> None:
    c = cc.Complex.hypergraph([[0, 1, 2], [1, 3]], 5).with_cochain(0, "x", torch.arange(5.0)[:, None])
    cc.io.write(c, tmp_path / "h.json")
    h = xgi.read_hif(str(tmp_path / "h.json"))
    assert set(h.nodes) == set(range(5))
    assert sorted(map(sorted, h.edges.members())) == [[0, 1, 2], [1, 3]]
    assert h.nodes[3]["x0"] == 3
    s = cc.Complex.simplicial([(0, 1, 2)])
    cc.io.write(s, tmp_path / "s.json")
    assert isinstance(xgi.read_hif(str(tmp_path / "s.json")), xgi.SimplicialComplex)
    d = cc.Complex.digraph([(1, 0), (2, 1)])
    cc.io.write(d, tmp_path / "d.json")
    tails_and_heads = sorted(
        (sorted(a), sorted(b)) for a, b in xgi.read_hif(str(tmp_path / "d.json")).edges.dimembers()
    )
    assert tails_and_heads == [([1], [0]), ([2], [1])]


def test_hypernetx_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HyperNetX fetches the schema of HIF from the network to validate; here it validates nothing instead."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        hnx = pytest.importorskip("hypernetx")
        from hypernetx import hif

        monkeypatch.setattr(hif.requests, "get", lambda url: type("Answer", (), {"text": "{}"})())
        h = hnx.Hypergraph({"e1": ["a", "b"], "e2": ["b", "c", "d"]})
        hif.to_hif(h, str(tmp_path / "h.json"))
        c = cc.io.read(tmp_path / "h.json")
        assert (c.domain, c.sizes) == ("hypergraph", (4, 2))
        assert sorted(c.cells(1).to_dense().sum(dim=1).tolist()) == [2, 3]
        ours = cc.Complex.hypergraph([[0, 1, 2], [1, 3]]).with_cochain(1, "weight", torch.tensor([2.0, 0.5]))
        cc.io.write(ours, tmp_path / "ours.json")
        back = hif.from_hif(filename=str(tmp_path / "ours.json"))
        assert sorted(sorted(members) for members in back.incidence_dict.values()) == [[0, 1, 2], [1, 3]]


def test_attributes_weights_and_defaults_by_hand(tmp_path: Path) -> None:
    found = read(tmp_path, {
        "nodes": [{"node": "a", "attrs": {"v": [1, 2]}, "weight": 2}, {"node": "b", "attrs": {"v": [3, 4]}}],
        "edges": [{"edge": "e", "weight": 1}, {"edge": "empty"}],
        "incidences": [{"edge": "e", "node": "b"}, {"edge": "e", "node": "a"}, {"edge": "e", "node": "a"}],
    })  # fmt: skip
    c = found.complex_
    assert c[0].x.tolist() == [[1, 2], [3, 4]]
    assert c[0].weight.tolist() == [2, 1]
    assert c[1].keys() == []
    assert found.losses == ("1 edges without nodes were left out, 'empty' first", "1 repeated incidences were merged")


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ('{"incidences": [', r"h.json, line 1: should be JSON, .* \(byte 16\); it may be truncated"),
        ("[" * 100_000, "should be JSON, but holds a number or a nesting too long"),
        ("[]", "should be HIF, a JSON object with a list 'incidences'"),
        ({"incidences": {}}, "'incidences' should be a list, but is a dict"),
        ({"incidences": [3]}, "entry 0 of 'incidences' should be an object, but is 3"),
        ({"incidences": [{"edge": 1}]}, "entry 0 of 'incidences' should have a 'node'"),
        ({"incidences": [], "nodes": [{"node": None}]}, "entry 0 of 'nodes' should have a 'node'"),
        ({"incidences": [], "network-type": "heap"}, "network-type should be one of undirected, directed, asc"),
        ({"incidences": [{"edge": 1, "node": 1}], "network-type": "directed"}, "should have a direction, head or tail"),
        ({"incidences": [], "nodes": [{"node": 1, "attrs": 3}]}, "attrs of entry 0 of 'nodes' should be an object"),
        (
            {"incidences": [{"edge": 1, "node": k} for k in range(70)], "network-type": "asc"},
            "rank should be at most 60",
        ),
        ({"incidences": [{"edge": 1, "node": k} for k in range(50)], "network-type": "asc"}, "faces of the simplices"),
    ],
)
def test_messages(tmp_path: Path, network: Any, message: str) -> None:
    with pytest.raises(cc.CochainError, match=message):
        read(tmp_path, network)


def test_a_damaged_mark_is_passed_over(tmp_path: Path) -> None:
    mark = {"domain": "graph", "components": [-1, 3], "roles": {"²": {}, "0": 3}, "whole": {"y": 1}}
    found = read(tmp_path, {"metadata": {"cochain": mark}, "incidences": [{"edge": 1, "node": k} for k in (1, 2)]})
    assert (found.complex_.domain, found.complex_.sizes, len(found.complex_)) == ("graph", (2, 1), 1)
