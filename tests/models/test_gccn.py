"""GCCN: its formula densely for each kind of message, any set of neighbourhoods, and the lift that it stands on."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.errors import SpecError
from dense_cells import embedded, neighborhood, two_layers
from dense_simplicial import softmax_over
from model_checks import F64, check_laws, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
NAMES = ("gccn", "gccn_gcn", "gccn_gat", "hoan")


def combinatorial():
    c = cc.Complex.combinatorial({0: 9, 1: [[0, 1], [1, 2], [2, 3], [5, 6]], 2: [[0, 1, 2], [1, 2, 3, 5], [6, 7]]})
    for k, width in WIDTHS.items():
        c = c.with_cochain(k, "x", torch.randn(c.sizes[k], width, dtype=F64))
    return c


def message(kind, module, a, source, target):
    if kind == "gin":
        return two_layers(module.module, (1 + module.epsilon) * target + a @ source)
    if kind == "gcn":
        rows, columns = (torch.where(d > 0, d.clamp(min=1).rsqrt(), 0.0) for d in (a.sum(dim=1), a.sum(dim=0)))
        return rows[:, None] * a * columns @ source @ module.weight
    value = source @ module.value.weight.T
    query = target @ (module.value if module.query is None else module.query).weight.T
    return softmax_over(a, query @ module.target_score[0], value @ module.source_score[0]) @ value


def run(network, c, kind, neighborhoods):
    h = embedded(network, c)
    known = [neighborhood(c, text) for text in neighborhoods.split()]
    for layer in network.layers[1:]:
        heard = {}
        left = [each for each in known if str(each[0]) in layer.updates]
        for (t, s, a), each in zip(left, layer.routes, strict=True):
            heard[t] = heard.get(t, 0.0) + message(kind, each.message, a, h[s], h[t])
        h = h | {t: torch.relu(m + (h[t] if layer.updates[str(t)].residual else 0.0)) for t, m in heard.items()}
    return h


DEFAULT = "upper:0 lower:1 upper:1 lower:2 0:1 1:0 1:2 2:1"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("neighborhoods", [DEFAULT, "0:2 2:0 1:0 upper:0"])
def test_formula(name, neighborhoods) -> None:
    kind = {"gccn": "gin", "gccn_gcn": "gcn"}.get(name, "gat")
    for c in (triangles(WIDTHS), combinatorial()):
        network = model(name, c, "whole", neighborhoods=neighborhoods)
        h = run(network, c, kind, neighborhoods)
        assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None]))
        network = model(name, c, 0, neighborhoods=neighborhoods)
        assert_close(network(c), network.readout.map(run(network, c, kind, neighborhoods)[0]))


@pytest.mark.parametrize("name", NAMES)
def test_laws(name) -> None:
    for c in (combinatorial(), polygons(WIDTHS)):
        check_laws(name, c, targets=(0, 1, 2, "whole"), gradients=())


@pytest.mark.parametrize("text", ["upper", "upper:2", "lower:0", "upper:3", "1:1", "a:b", "upper:-1", "0:1:2"])
def test_what_is_no_neighbourhood_is_refused(text) -> None:
    with pytest.raises(SpecError, match="a neighbourhood should be upper:0, upper:1, lower:1"):
        model("gccn", triangles(WIDTHS), 0, neighborhoods=f"upper:0 {text}")


def test_lifts_of_a_benchmark_have_the_cells_that_counting_gives() -> None:
    """K4 has 6 edges, 4 triangles and a tetrahedron; a cycle basis has E - V + C cycles."""
    k4 = cc.Complex.graph([(i, j) for i in range(4) for j in range(i)], 4)
    assert cc.lift.clique(k4, 3).sizes == (4, 6, 4, 1)
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 2), (6, 7)], 9)
    lifted = cc.lift.cycles(c, 12, kind="basis")
    assert lifted.sizes[2] == 8 - 9 + 3  # edges - nodes + connected parts
