"""Every law catches a network that breaks it, and lets one that keeps it pass."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import cochain as cc
from cochain import laws
from cochain.errors import LawError, SpecError, UnknownNameError
from cochain.nn import (
    Activate,
    CellReadout,
    Embed,
    Layer,
    Linear,
    MLPUpdate,
    Network,
    WholeReadout,
    cofaces,
    faces,
    hodge,
    mlp,
    pool,
    route,
    self_,
    upper,
)
from law_specimens import specimen

GRAPH = specimen("graph", [0])
SIMPLICIAL = specimen("simplicial", [0, 1, 2])
FLOWS = specimen("simplicial", [0, 1, 2], odd=[1, 2])
NODES = (cc.Cochain(0, 3),)


class Own(nn.Module):
    """A network that does to nodes of rank 0 what a function says, after a linear map."""

    reads = NODES
    writes = (cc.Cochain(0, 4),)

    def __init__(self, function: Callable[["Own", cc.Complex, Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function
        self.map = nn.Linear(3, 4)

    def forward(self, complex_: cc.Complex) -> Tensor:
        return self.function(self, complex_, self.map(complex_[0].x))


def adjacency(c: cc.Complex, h: Tensor) -> Tensor:
    return c.resolve(upper(0), h.dtype) @ h


def good(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return torch.relu(h + adjacency(c, h))


def on_edges(*layers: nn.Module, odd: bool = True) -> Network:
    """A network on the flows, with an answer on edges."""
    embed = Embed({0: 3, 1: 3, 2: 3}, 4, odd=(1, 2))
    reads = [cc.Cochain(k, 3, odd=k > 0) for k in range(3)]
    return Network(reads, [embed, *layers], CellReadout(1, {1: 4}, 2, odd=odd))


class Absolute(nn.Module):
    """Messages along the absolute value of a signed operator."""

    def forward(self, c: cc.Complex, features: dict[int, Tensor]) -> dict[int, Tensor]:
        operator = c.resolve(hodge(1), features[1].dtype).matrix
        return {**features, 1: operator.with_values(operator.values.abs()) @ features[1]}


def rectified(bias: int = 0, name: str = "relu") -> Layer:
    update = {1: Activate(name, bias=bias)}
    return Layer(route(hodge(1), Linear(4, 4)), update=update, odd=[1, 2], breaks=("orientation",))


# What breaks a law: the law, the network, the complex, the message ---------------------------------------------------


def with_index(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h + torch.arange(len(h), dtype=h.dtype)[:, None]


def with_previous(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h + h.roll(1, dims=0)


def batch_degree(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return adjacency(c, h) / (c.resolve(upper(0)).nnz / len(h) + 1)


def batch_mean(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h - h.mean(dim=0)


def without_trailing(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    """As by scattering to a tensor whose size is the largest index that occurs."""
    pattern = c.resolve(upper(0)).matrix.pattern
    size = int(pattern.rows.max()) + 1 if pattern.nnz else 0
    return h[:size] + adjacency(c, h)[:size]


def padded_trailing(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    """Isolated cells are packed away, so that rows shift where one stands in front."""
    alive = c.resolve(upper(0)).matrix.pattern.degrees > 0
    out = torch.zeros_like(h)
    out[: int(alive.sum())] = h[alive]
    return out


def by_degree(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    degrees = c.resolve(upper(0)).matrix.pattern.degrees[:, None]
    return adjacency(c, h) / degrees


def component_mean(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h - pool(c, 0, h, "mean")[c.component_of(0)]


def dense_adjacency(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h + c.resolve(upper(0), h.dtype).to_dense() @ h


def all_pairs(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return torch.softmax(h @ h.T, dim=1) @ h


def all_pairs_backward(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return _OuterGradient.apply(h)


class _OuterGradient(torch.autograd.Function):
    """Dense in its backward alone."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        return (grad @ grad.T).sum(dim=1, keepdim=True) * grad


def global_sum(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h + h.sum(dim=0)


def by_size(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h / len(h)


def cancelled(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return (h + 1e6) - 1e6


def always_single(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h.float()


def own_type(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h @ torch.eye(4)


def from_numpy(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return h * float(np.random.rand())  # noqa: NPY002 - the global state is what breaks the law


def drops_always(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return nn.functional.dropout(h, 0.5, training=True)


def running_size(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    own.largest = max(getattr(own, "largest", 1), len(h))
    return h / own.largest


def writes_input(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    c[0].x.relu_()
    return h


def takes_back(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    c[0].x.mul_(2.0).div_(2.0)
    return h


def writes_operator(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    values = c.resolve(upper(0).normalized("sym"), h.dtype).matrix.values
    return h * values.mul_(0.5).sum()


class HiddenWeight(Own):
    """A weight that is neither parameter nor buffer."""

    def __init__(self) -> None:
        super().__init__(lambda own, c, h: h * own.secret)
        self.secret = torch.rand(4)

    def _apply(self, fn, recurse=True):
        self.secret = fn(self.secret)
        return super()._apply(fn, recurse)


class Tied(Own):
    """Two parameters in one memory, which a safetensors file refuses."""

    def __init__(self) -> None:
        super().__init__(lambda own, c, h: h @ own.first + h @ own.second)
        whole = torch.rand(4, 4)
        self.register_buffer("first", whole)
        self.register_buffer("second", whole)


class Dead(Own):
    """One parameter does nothing, another is zeroed."""

    def __init__(self) -> None:
        super().__init__(lambda own, c, h: good(own, c, h) + 0.0 * own.zeroed)
        self.unused, self.zeroed = nn.Linear(2, 2), nn.Parameter(torch.rand(4))


class ReadsMaps(Own):
    """Reads restriction maps as if they were features."""

    def __init__(self) -> None:
        super().__init__(lambda own, c, h: h + c.resolve(cofaces(0), h.dtype) @ c[1].maps.flatten(1)[:, :4])


class LearnsMaps(Own):
    """Learns restriction maps and reads them as if they were features."""

    def __init__(self) -> None:
        super().__init__(lambda own, c, h: h + own.restrict(c, h).sum(dim=0).flatten())

    def restrict(self, c: cc.Complex, h: Tensor) -> Tensor:
        rows = c.faces(1, 0).pattern.indices.long()
        return h[rows].reshape(-1, 2, 2)


def unread_rank(target: int) -> Network:
    """Rank 2 is embedded and never heard: messages run from nodes and edges upwards alone."""
    up = [route(self_(0), Linear(4, 4)), route(faces(1), Linear(4, 4)), route(faces(2), Linear(4, 4))]
    layer = Layer(*up, update=lambda rank: Activate("tanh"))
    embed = Embed({0: 3, 1: 3, 2: 3}, 4)
    return Network([cc.Cochain(k, 3) for k in range(3)], [embed, layer, layer], CellReadout(target, {target: 4}, 2))


BROKEN = [
    ("relabelling", Own(with_index), GRAPH, "renumbering cells should renumber the answer, but the answer differs"),
    ("relabelling", Own(with_previous), GRAPH, "something reads the position of a cell"),
    ("orientation", on_edges(Absolute()), FLOWS, "absolute value is taken of a signed operator"),
    ("orientation", on_edges(rectified()), FLOWS, "should reverse an odd answer, but the answer differs"),
    ("orientation", on_edges(rectified(bias=4, name="tanh")), FLOWS, "an even nonlinearity or a bias"),
    (
        "orientation",
        Network([cc.Cochain(1, 3, odd=True)], [Absolute()], WholeReadout({1: 3}, 2, odd=[1])),
        FLOWS,
        "should leave an even answer alone",
    ),
    ("gauge", ReadsMaps(), GRAPH.with_cochain(1, "maps", torch.randn(10, 2, 2, 2)), "compared with each other"),
    ("gauge", ReadsMaps(), GRAPH.with_cochain(1, "maps", torch.randn(10, 2, 2)), "should change nothing"),
    ("gauge", LearnsMaps(), GRAPH, "should change nothing"),
    ("union", Own(batch_degree), GRAPH, "beside other components the answer differs"),
    ("union", Own(batch_mean), GRAPH, "normalised or pooled over the whole batch"),
    ("union", Own(without_trailing), GRAPH, "beside .* the answer has shape"),
    ("isolated_cells", Own(without_trailing), GRAPH, r"should have 1\d rows, but has \d+; its size is taken from"),
    ("isolated_cells", Own(padded_trailing), GRAPH, "an isolated node .* rows are lost and shifted"),
    ("isolated_cells", Own(by_degree), specimen("cell", [0]), "should be finite, but row"),
    ("isolated_cells", Own(component_mean), GRAPH, "should change no other answer"),
    ("gradient_flow", unread_rank(0), SIMPLICIAL, "exactly 0 for x of rank 1, x of rank 2; a neighbourhood"),
    ("gradient_flow", unread_rank(1), SIMPLICIAL, "x of rank 2; a neighbourhood runs the wrong way"),
    ("parameters", Dead(), GRAPH, "but unused.bias, unused.weight, zeroed never have"),
    ("no_dense", Own(dense_adjacency), GRAPH, r"to_dense|4 times as many numbers, but has 1\d"),
    ("no_dense", Own(all_pairs), GRAPH, "about 4 times as many numbers, but has 16.0 times"),
    ("no_dense", Own(all_pairs_backward), GRAPH, "16.0 times"),
    ("scale", Own(global_sum), GRAPH, "should be as large, but is .*e[+]0[23]"),
    ("scale", Own(by_size), GRAPH, "should be as large, but is .*e-0[34]"),
    ("precision", Own(cancelled), GRAPH, "should agree to 1e-04, but differ by"),
    ("precision", Own(always_single), GRAPH, "should give an answer of torch.float64, but gave torch.float32"),
    ("precision", Own(own_type), GRAPH, "should run on features and weights of type torch.float64, but raised"),
    ("saving", HiddenWeight(), GRAPH, "a tensor is neither a parameter nor a buffer"),
    ("saving", Tied(), GRAPH, "should go through a safetensors file, but raised"),
    ("determinism", Own(from_numpy), GRAPH, "draw from torch's generator alone"),
    ("determinism", Own(drops_always), GRAPH, "or draws while evaluating"),
    ("determinism", Own(running_size), GRAPH, "keeps something between runs"),
    ("input_unchanged", Own(writes_input), GRAPH, "'x' on 0 should stay as it is"),
    ("input_unchanged", Own(takes_back), GRAPH, "'x' on 0 should stay as it is"),
    ("input_unchanged", Own(writes_operator), GRAPH, "sym.* should stay as it is"),
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
    "function": (Own(good), GRAPH),
    "whole": (
        Network(
            NODES,
            [Layer(route(upper(0), Linear()), update={0: MLPUpdate(mlp(3, 4, 4, norm="batch"))})],
            WholeReadout({0: 4}, 2),
        ),
        GRAPH,
    ),
    "flows": (on_edges(TYPED), FLOWS),
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
    results = laws.check(Own(with_index), GRAPH, ["relabelling", "gauge", "precision"])
    assert [result.kept for result in results] == [False, None, True]
    assert str(results[0]).startswith("relabelling: broken; relabelling: renumbering")
    assert str(results[1]) == "gauge: does not apply; the model exposes no sheaf"
    assert str(results[2]).startswith("precision: kept; float32 and float64 differ by")


def test_unknown_law() -> None:
    with pytest.raises(UnknownNameError, match="no law is called 'orientations'; did you mean 'orientation'"):
        laws.check(Own(good), GRAPH, ["orientations"])


def test_errors_on_the_given_complex_are_the_users_own() -> None:
    with pytest.raises(AttributeError, match="no tensor 'x'"):
        laws.relabelling(Own(good), GRAPH.without_cochain(0, "x"))


def test_orientation_where_there_is_none() -> None:
    hypergraph, digraph = specimen("hypergraph", [0]), specimen("digraph", [0])
    assert laws.orientation(Own(good), hypergraph).message == "the orientation of this hypergraph is not there"
    assert "which is data" in laws.orientation(Own(good), digraph).message
    assert laws.orientation(Own(good), digraph).kept is None


def test_answers_without_a_type_are_placed_by_their_rows() -> None:
    class Untyped(nn.Module):
        def forward(self, c: cc.Complex) -> Tensor:
            return c[0].x.square()

    assert laws.relabelling(Untyped(), GRAPH).kept
    square = cc.Complex.graph([(0, 1), (1, 2), (0, 2)]).with_cochain(0, "x", torch.randn(3, 2))
    with pytest.raises(SpecError, match="3 rows of the answer should belong to one place, but there are cells"):
        laws.relabelling(Untyped(), square)


# What laws are made of -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", ["points", "graph", "digraph", "hypergraph", "simplicial", "cell", "combinatorial"])
def test_strips_have_the_domain_the_ranks_and_the_tensors(domain: str) -> None:
    like = specimen(domain, [0], [])
    for nodes in (2, 8, 40):
        c = laws.strip(like, nodes).validate()
        assert (c.domain, c.rank, c.sizes[0]) == (domain, like.rank, nodes)
        assert c[0].x.shape == (nodes, 3)
        assert c[0].keys() == like[0].keys()
    assert all(size > 20 for size in laws.strip(like, 80).sizes)


def test_strips_keep_parity() -> None:
    c = laws.strip(FLOWS, 9)
    assert c.is_odd(1)
    assert c.is_odd(2)
    assert c.sizes == (9, 15, 7)


@pytest.mark.parametrize("domain", ["graph", "hypergraph", "simplicial", "cell", "combinatorial"])
def test_isolated_cells_are_isolated(domain: str) -> None:
    c = cc.Complex.union([specimen(domain, [0, 1]), specimen(domain, [0, 1])])
    for at in (0, 4, int(c.offsets(0)[1])):
        more, moved = laws.with_isolated(c, at)
        more.validate()
        assert more.sizes == (c.sizes[0] + 1, *c.sizes[1:])
        assert at not in moved[0]
        assert not (more.resolve(upper(0)).matrix.pattern.rows == at).any()
        torch.testing.assert_close(more[0].x[moved[0]], c[0].x)
        assert more.betti()[0] == c.betti()[0] + 1 if c.oriented else True
    for at in (0, int(c.offsets(0)[1])):
        more, moved = laws.with_isolated(c, at, edge=True)
        more.validate()
        assert more.sizes == (c.sizes[0] + 2, c.sizes[1] + 1, *c.sizes[2:])
        torch.testing.assert_close(more[1].x[moved[1]], c[1].x)
        old, new = c.faces(1, 0).to_dense(), more.faces(1, 0).to_dense()
        torch.testing.assert_close(new[moved[1]][:, moved[0]], old)
        assert new.abs().sum() == old.abs().sum() + 2


def test_isolated_cells_need_a_place() -> None:
    with pytest.raises(cc.ComplexError, match="should stand at 0 to 11 of a complex with edges, but at is 12"):
        laws.with_isolated(GRAPH, 12)


def test_the_recorder_sees_forward_and_backward_and_counts_memory() -> None:
    x = torch.randn(5, 3, requires_grad=True)
    with laws.Recorder() as seen:
        (x @ x.T).sum()
    assert (seen.largest, seen.shape) == (25, (5, 5))
    with laws.Recorder() as seen:
        x.detach()[:1].expand(1000, 3)
    assert seen.largest == 15
    y = _OuterGradient.apply(x)
    with laws.Recorder() as seen:
        y.sum().backward()
    assert seen.largest == 25
    assert laws.Recorder().operation == "nothing"
