"""Five folders as strangers would make them, each with a small signal planted, from the command line alone."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from cochain import cli
from cochain.errors import DataError


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments], catch_exceptions=False)


def table(path: Path, header: str, rows: list[tuple[object, ...]]) -> None:
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")


def hypergraph(folder: Path, rng: np.random.Generator) -> None:
    """Guests at parties: those who like cats meet one another, and are a little older."""
    side = np.arange(40) % 2
    names = np.array(["cats", "dogs"])[side]
    rows = [(f"guest {k}", f"{30 + 6 * side[k] + rng.normal(0, 3):.1f}", "rgb"[k % 3], names[k]) for k in range(40)]
    table(folder / "nodes.csv", "id,age,colour,label", rows)
    parties = [(f"party {e}", rng.choice(np.flatnonzero(side == e % 2), 3, replace=False)) for e in range(40)]
    table(folder / "hyperedges.csv", "edge,node", [(e, f"guest {k}") for e, members in parties for k in members])


def molecules(folder: Path, rng: np.random.Generator) -> None:
    """Aromatic molecules are toxic."""
    rings, chains = ("c1ccccc1", "c1ccncc1", "c1ccsc1"), ("CCCCCC", "CCNCCC", "CCSCC")
    rows = [
        (f"m{k}", "CCC"[: rng.integers(3)] + (rings if k % 2 else chains)[rng.integers(3)], "yes" if k % 2 else "no")
        for k in range(30)
    ]
    table(folder / "molecules.csv", "name,smiles,toxic", rows)


def meshes(folder: Path, rng: np.random.Generator) -> None:
    """Closed surfaces and discs, in a subfolder each."""
    for kind in ("ball", "disc"):
        (folder / kind).mkdir()
        for k in range(10):
            n = int(rng.integers(5, 9))
            angle = 2 * np.pi * np.arange(n) / n
            points = [*np.c_[np.cos(angle), np.sin(angle), 0 * angle], (0, 0, 1), (0, 0, -1)]
            faces = [(i + 1, (i + 1) % n + 1, n + 1) for i in range(n)]
            if kind == "ball":
                faces += [((i + 1) % n + 1, i + 1, n + 2) for i in range(n)]
            else:
                points.pop()
            lines = [f"v {x:.4f} {y:.4f} {z:.4f}" for x, y, z in points] + [f"f {a} {b} {c}" for a, b, c in faces]
            (folder / kind / f"{k}.obj").write_text("\n".join(lines) + "\n")


def graphml(folder: Path, rng: np.random.Generator) -> None:
    """Houses of two districts with more roads within than between."""
    graph = nx.Graph()
    for k in range(40):
        graph.add_node(f"house {k}", income=20000 + 9000 * (k % 2) + 4000 * rng.normal(), label="NS"[k % 2])
    for k in range(40):
        for step in (2, 4, int(rng.choice([6, 7]))):
            graph.add_edge(f"house {k}", f"house {(k + step) % 40}")
    nx.write_graphml(graph, folder / "town.graphml")


def hif(folder: Path, rng: np.random.Generator) -> None:
    """Authors of two fields, and their papers."""
    side = np.arange(40) % 2
    papers = [rng.choice(np.flatnonzero(side == e % 2), 3, replace=False).tolist() for e in range(40)]
    nodes = [
        {"node": f"author {k}", "attrs": {"h": float(rng.normal(side[k])), "label": ["maths", "music"][side[k]]}}
        for k in range(40)
    ]
    found = {
        "network-type": "undirected",
        "nodes": nodes,
        "edges": [{"edge": f"paper {e}"} for e in range(40)],
        "incidences": [{"edge": f"paper {e}", "node": f"author {k}"} for e, each in enumerate(papers) for k in each],
    }
    (folder / "papers.json").write_text(json.dumps(found))


MADE: dict[str, tuple[Callable[[Path, np.random.Generator], None], str, str, tuple[str, str], str]] = {
    "hypergraph": (hypergraph, "hypergraph", "hgnn,gcn", ("cats", "dogs"), "guest 0"),
    "molecules": (molecules, "cell", "deep_sets,gin", ("no", "yes"), "m0"),
    "meshes": (meshes, "simplicial", "deep_sets,gin", ("ball", "disc"), "ball/0.obj"),
    "graphml": (graphml, "graph", "gcn,gat", ("N", "S"), "house 0"),
    "hif": (hif, "hypergraph", "hgnn,gcn", ("maths", "music"), "author 0"),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_strangers_folder(kind: str, tmp_path: Path) -> None:
    make, domain, models, classes, first = MADE[kind]
    data = tmp_path / kind
    data.mkdir()
    make(data, np.random.default_rng(0))

    facts = json.loads(run("describe", data, "--json").stdout)
    assert facts["domain"] == domain
    assert [tuple(each["values"]) for each in facts["columns"] if each["role"] == "label"] == [classes]

    quick = ("--epochs", 40)
    found = run("compare", data, "--models", models, "--folds", 1, *quick, "--runs", tmp_path / "runs", "--json")
    assert found.exit_code == 0
    assert max(row["mean"] for row in json.loads(found.stdout)["rows"]) > 0.7

    out = tmp_path / "net"
    assert run("train", data, "--model", models.split(",")[0], *quick, "--out", out).exit_code == 0
    answered = run("predict", out, data)
    rows = list(csv.DictReader(io.StringIO(answered.stdout)))
    assert first in rows[0].values()
    assert {row["prediction"] for row in rows} <= set(classes)
    assert set(rows[0]) >= {f"p({name})" for name in classes}
    assert float(answered.stderr.rsplit(" ", 1)[1]) > 0.7


def test_the_network_of_one_stranger_refuses_the_data_of_another(tmp_path: Path) -> None:
    for kind in ("hypergraph", "hif"):
        (tmp_path / kind).mkdir()
        MADE[kind][0](tmp_path / kind, np.random.default_rng(0))
    run("train", tmp_path / "hypergraph", "--model", "hgnn", "--epochs", 2, "--out", tmp_path / "net")
    with pytest.raises(DataError, match="'age', 'colour=b', 'colour=g', 'colour=r', as in training, but has 'h'"):
        run("predict", tmp_path / "net", tmp_path / "hif")
