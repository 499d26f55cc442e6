"""SCA: its three schemes densely, and which ranks each of them reads."""

import pytest
import torch
from torch.testing import assert_close

from cochain.errors import UnknownNameError
from dense_simplicial import boundary, softmax_over
from model_checks import check_laws, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def patterns(c):
    b = {k: boundary(c, k).abs() for k in (1, 2)}
    found = {}
    for k in (1, 2):
        found[k, k - 1, "between"], found[k - 1, k, "between"] = b[k].T, b[k]
        found[k, k, "down"] = (b[k].T @ b[k] > 0).double().fill_diagonal_(0)
        found[k - 1, k - 1, "up"] = (b[k] @ b[k].T > 0).double().fill_diagonal_(0)
    return found


def attended(message, pattern, target, source):
    value = source @ message.value.weight.T
    query = target @ (message.value if message.query is None else message.query).weight.T
    return softmax_over(pattern, query @ message.target_score[0], value @ message.source_score[0]) @ value


def run(network, c, scheme):
    embed, *layers = network.layers
    h = {int(k): c[int(k)].x @ m.weight.T + m.bias for k, m in embed.maps.items()}
    beside = {"coadjacent": "down", "adjacent": "up"}.get(scheme)
    for layer in layers:
        heard = {}
        for each in layer.routes:
            target, source = each.neighborhood.target, each.neighborhood.source
            pattern = patterns(c)[target, source, beside if target == source else "between"]
            heard.setdefault(target, [h[target]]).append(attended(each.message, pattern, h[target], h[source]))
        for k, parts in heard.items():
            first, last = layer.updates[str(k)].module[0], layer.updates[str(k)].module[-1]
            hidden = torch.relu(torch.cat(parts, dim=1) @ first.weight.T + first.bias)
            h = h | {k: hidden @ last.weight.T + last.bias}
    return h


@pytest.mark.parametrize(
    ("name", "scheme"), [("sca", "coadjacent"), ("sca_adjacent", "adjacent"), ("sca_homology", "homology")]
)
def test_formula(name, scheme) -> None:
    c = triangles(WIDTHS)
    network = model(name, c, "whole")
    h = run(network, c, scheme)
    assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None]))
    network = model(name, c, 1)
    assert_close(network(c), network.readout.map(run(network, c, scheme)[1]))


def test_reads_what_can_reach_the_answer() -> None:
    c = triangles(WIDTHS)
    ranks = {name: [k.rank for k in model(name, c, 1).reads] for name in ("sca", "sca_adjacent", "sca_homology")}
    assert ranks == {"sca": [0, 1], "sca_adjacent": [1, 2], "sca_homology": [0, 1, 2]}
    assert len(model("sca", c, 0).layers) == 1  # nodes keep their features in the coadjacent scheme


@pytest.mark.parametrize("name", ["sca", "sca_adjacent", "sca_homology"])
def test_laws(name) -> None:
    for c in (triangles(WIDTHS), polygons(WIDTHS)):
        check_laws(name, c, targets=(1, 2, "whole"), gradients=())


def test_unknown_schemes_are_named() -> None:
    with pytest.raises(UnknownNameError, match="no scheme is called 'coadjacency'; did you mean 'coadjacent'"):
        model("sca", triangles(WIDTHS), 1, scheme="coadjacency")
