"""Every law catches a network that breaks it, and lets one that keeps it pass."""

import pytest
import torch
from torch import Tensor, nn

import cochain as cc
import law_breakers as b
from cochain import laws
from cochain.errors import LawError, SpecError, UnknownNameError
from cochain.nn import (
    Activate,
    Layer,
    Linear,
    MLPUpdate,
    Network,
    WholeReadout,
    cofaces,
    faces,
    hodge,
    mlp,
    route,
    upper,
)
from law_specimens import specimen

# The weights of the networks below, whatever was drawn before.
torch.manual_seed(0)

BROKEN = [
    ("relabelling", b.Own(b.with_index), b.GRAPH, "renumbering cells should renumber the answer, .* differs"),
    ("relabelling", b.Own(b.with_previous), b.GRAPH, "something reads the position of a cell"),
    ("orientation", b.on_edges(b.Absolute()), b.FLOWS, "absolute value is taken of a signed operator"),
    ("orientation", b.on_edges(b.rectified()), b.FLOWS, "should reverse an odd answer, but the answer differs"),
    ("orientation", b.on_edges(b.rectified(bias=4, name="tanh")), b.FLOWS, "an even nonlinearity or a bias"),
    (
        "orientation",
        Network([cc.Cochain(1, 3, odd=True)], [b.Absolute()], WholeReadout({1: 3}, 2, odd=[1])),
        b.FLOWS,
        "should leave an even answer alone",
    ),
    ("gauge", b.ReadsMaps(), b.GRAPH.with_cochain(1, "maps", torch.randn(10, 2, 2, 2)), "compared with each other"),
    ("gauge", b.ReadsMaps(), b.GRAPH.with_cochain(1, "maps", torch.randn(10, 2, 2)), "should change nothing"),
    ("gauge", b.LearnsMaps(), b.GRAPH, "should change nothing"),
    ("union", b.Own(b.batch_degree), b.GRAPH, "beside other components the answer differs"),
    ("union", b.Own(b.batch_mean), b.GRAPH, "normalised or pooled over the whole batch"),
    ("union", b.Own(b.without_trailing), b.GRAPH, "beside .* the answer has shape"),
    ("isolated_cells", b.Own(b.without_trailing), b.GRAPH, r"should have 1\d rows, but has \d+; its size is taken"),
    ("isolated_cells", b.Own(b.padded_trailing), b.GRAPH, "an isolated node .* rows are lost and shifted"),
    ("isolated_cells", b.Own(b.by_degree), specimen("cell", [0]), "should be finite, but row"),
    ("isolated_cells", b.Own(b.component_mean), b.GRAPH, "should change no other answer"),
    ("gradient_flow", b.unread_rank(0), b.SIMPLICIAL, "exactly 0 for x of rank 1, x of rank 2; a neighbourhood"),
    ("gradient_flow", b.unread_rank(1), b.SIMPLICIAL, "x of rank 2; a neighbourhood runs the wrong way"),
    ("parameters", b.Dead(), b.GRAPH, "but unused.bias, unused.weight, zeroed never have"),
    ("no_dense", b.Own(b.dense_adjacency), b.GRAPH, r"to_dense|4 times as many numbers, but has 1\d"),
    ("no_dense", b.Own(b.all_pairs), b.GRAPH, "about 4 times as many numbers, but has 16.0 times"),
    ("no_dense", b.Own(b.all_pairs_backward), b.GRAPH, "16.0 times"),
    ("no_dense", b.Own(b.small_graphs_only), b.GRAPH, "should run on a strip of 1000 nodes, but a component should"),
    ("scale", b.Own(b.global_sum), b.GRAPH, "should be as large, but is .*e[+]0[23]"),
    ("scale", b.Own(b.by_size), b.GRAPH, "should be as large, but is .*e-0[34]"),
    ("precision", b.Own(b.cancelled), b.GRAPH, "should agree to 1e-04, but differ by"),
    ("precision", b.Own(b.always_single), b.GRAPH, "should give an answer of torch.float64, but gave torch.float32"),
    ("precision", b.Own(b.own_type), b.GRAPH, "should run on features and weights of type torch.float64, but raised"),
    ("saving", b.HiddenWeight(), b.GRAPH, "a tensor is neither a parameter nor a buffer"),
    ("saving", b.Tied(), b.GRAPH, "should go through a safetensors file, but raised"),
    ("determinism", b.Own(b.from_numpy), b.GRAPH, "draw from torch's generator alone"),
    ("determinism", b.Own(b.drops_always), b.GRAPH, "or draws while evaluating"),
    ("determinism", b.Own(b.running_size), b.GRAPH, "keeps something between runs"),
    ("input_unchanged", b.Own(b.writes_input), b.GRAPH, "'x' on 0 should stay as it is"),
    ("input_unchanged", b.Own(b.takes_back), b.GRAPH, "'x' on 0 should stay as it is"),
    ("input_unchanged", b.Own(b.writes_operator), b.GRAPH, "sym.* should stay as it is"),
]  # fmt: skip


@pytest.mark.parametrize(("law", "model", "complex_", "match"), BROKEN)
def test_the_law_catches(law: str, model: nn.Module, complex_: cc.Complex, match: str) -> None:
    # An in-place model changes the complex that it is given, so that each gets its own.
    own = complex_.with_cochain(0, "x", complex_[0].x.clone()) if "x" in complex_[0] else complex_
    with pytest.raises(LawError, match=f"(?s)^{law}: .*{match}"):
        laws.LAWS[law](model, own, 0)


def test_every_law_is_seen_to_catch() -> None:
    assert {row[0] for row in BROKEN} == laws.LAWS.keys()


# What keeps them -----------------------------------------------------------------------------------------------------

TYPED = Layer(
    route(hodge(1), Linear(4, 4)),
    route(faces(1).signed, Linear(4, 4)),
    route(cofaces(1).signed, Linear(4, 4)),
    update={1: Activate("tanh")},
    odd=[1, 2],
)
KEEPING = {
    "function": (b.Own(b.good), b.GRAPH),
    "whole": (
        Network(
            b.NODES,
            [Layer(route(upper(0), Linear()), update={0: MLPUpdate(mlp(3, 4, 4, norm="batch"))})],
            WholeReadout({0: 4}, 2),
        ),
        b.GRAPH,
    ),
    "flows": (b.on_edges(TYPED), b.FLOWS),
}


@pytest.mark.parametrize("case", KEEPING)
def test_a_good_network_passes(case: str) -> None:
    model, complex_ = KEEPING[case]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.random.get_rng_state()
    results = laws.check(model, complex_)
    assert [result.law for result in results] == list(laws.LAWS)
    assert not [str(result) for result in results if result.kept is False]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert model.training


def test_check_goes_on_after_a_broken_law() -> None:
    results = laws.check(b.Own(b.with_index), b.GRAPH, ["relabelling", "gauge", "precision"])
    assert [result.kept for result in results] == [False, None, True]
    assert str(results[0]).startswith("relabelling: broken; relabelling: renumbering")
    assert str(results[1]) == "gauge: does not apply; the model exposes no sheaf"
    assert str(results[2]).startswith("precision: kept; float32 and float64 differ by")


def test_unknown_law() -> None:
    with pytest.raises(UnknownNameError, match="no law is called 'orientations'; did you mean 'orientation'"):
        laws.check(b.Own(b.good), b.GRAPH, ["orientations"])


def test_errors_on_the_given_complex_are_the_users_own() -> None:
    with pytest.raises(AttributeError, match="no tensor 'x'"):
        laws.relabelling(b.Own(b.good), b.GRAPH.without_cochain(0, "x"))


def test_orientation_where_there_is_none() -> None:
    hypergraph, digraph = specimen("hypergraph", [0]), specimen("digraph", [0])
    assert laws.orientation(b.Own(b.good), hypergraph).message == "the orientation of this hypergraph is not there"
    assert "which is data" in laws.orientation(b.Own(b.good), digraph).message
    assert laws.orientation(b.Own(b.good), digraph).kept is None


def test_answers_without_a_type_are_placed_by_their_rows() -> None:
    class Untyped(nn.Module):
        def forward(self, c: cc.Complex) -> Tensor:
            return c[0].x.square()

    assert laws.relabelling(Untyped(), b.GRAPH).kept
    square = cc.Complex.graph([(0, 1), (1, 2), (0, 2)]).with_cochain(0, "x", torch.randn(3, 2))
    with pytest.raises(SpecError, match="3 rows of the answer should belong to one place, but there are cells"):
        laws.relabelling(Untyped(), square)
