"""Small networks that each break one law, and `good`, which breaks none."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

import cochain as cc
from cochain.nn import (
    Activate,
    CellReadout,
    Embed,
    Layer,
    Linear,
    Network,
    cofaces,
    faces,
    hodge,
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


# Functions that break a law ------------------------------------------------------------------------------------------


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


def small_graphs_only(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    """Says itself that it cannot bear many nodes."""
    if len(h) > 100:
        raise cc.ComplexError(f"a component should have at most 100 nodes, but one has {len(h)}")
    return h


def all_pairs_backward(own: Own, c: cc.Complex, h: Tensor) -> Tensor:
    return OuterGradient.apply(h)


class OuterGradient(torch.autograd.Function):
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
