"""GCN, GIN and GAT give PyTorch Geometric's outputs and gradients on its weights: whole models and batches.

Where the two read the papers differently:
* its `GIN` with jumping knowledge leaves out the features that come in, layer 0 of the paper's readout, and joins
  nodes, not sums over graphs; so the readout is assembled here from its convolutions and its `global_add_pool`;
* its `GAT` has as many heads in the layer that answers as in the others, where the paper has 1 (Cora) or 8 (Pubmed),
  and relu for the paper's elu unless told.
"""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close
from torch_geometric.nn import MLP, global_add_pool
from torch_geometric.nn import models as pyg

import cochain as cc
from cochain.models import build
from model_checks import with_features

CHANNELS, HIDDEN, OUT = 5, 12, 3


def batch() -> cc.Complex:
    """Three graphs with isolated nodes first, inside and last, one of them without any edge."""
    edges = [(1, 2), (2, 3), (1, 3), (3, 5), (5, 6), (11, 12), (10, 12), (12, 13), (10, 13)]
    c = with_features(cc.Complex.graph(edges, [8, 2, 6]), {0: CHANNELS})
    return c.with_cochain(0, "x", c[0].x.float())


def both_ways(c: cc.Complex) -> Tensor:
    edges = c.simplices(1).T
    return torch.cat([edges, edges.flip(0)], dim=1)


def agree(ours: nn.Module, theirs: nn.Module, c: cc.Complex) -> None:
    """The same answer, and the same gradient of it, to 1e-5; in training too, where nothing is dropped."""
    for training in (False, True):
        ours.train(training), theirs.train(training)
        x, z = c[0].x.clone().requires_grad_(), c[0].x.clone().requires_grad_()
        y, expected = ours(c.with_cochain(0, "x", x)), theirs(z, both_ways(c))
        assert_close(y, expected, atol=1e-5, rtol=1e-5)
        direction = torch.randn_like(y)
        (y * direction).sum().backward()
        (expected * direction).sum().backward()
        assert_close(x.grad, z.grad, atol=1e-5, rtol=1e-5)


def ours_for(name: str, target: int | str, layers: int, **options: object) -> nn.Module:
    return build(name, batch(), HIDDEN, OUT, layers, target, seed=1, options={"dropout": 0.0, **options})


def randomise(module: nn.Module) -> None:
    """Biases and statistics begin at 0 and 1, where a forgotten copy would not show."""
    with torch.no_grad():
        for key, tensor in [*module.named_parameters(), *module.named_buffers()]:
            if tensor.is_floating_point() and tensor.ndim == 1:
                tensor.copy_(torch.rand_like(tensor) + (0.5 if "var" in key or "weight" in key else -0.5))


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_gcn(layers: int) -> None:
    theirs = pyg.GCN(CHANNELS, HIDDEN, layers, OUT)
    randomise(theirs)
    ours = ours_for("gcn", 0, layers)
    with torch.no_grad():
        for layer, conv in zip(ours.layers, theirs.convs, strict=True):
            layer.routes[0].message.weight.copy_(conv.lin.weight.T)
            layer.updates["0"].bias.copy_(conv.bias)
    agree(ours, theirs, batch())


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (2, 1), (2, 4), (3, 6)])
def test_gat(layers: int, heads: int) -> None:
    theirs = pyg.GAT(CHANNELS, HIDDEN, layers, OUT, heads=heads, act="elu")
    randomise(theirs)
    ours = ours_for("gat", 0, layers, heads=heads, out_heads=heads)
    with torch.no_grad():
        for layer, conv in zip(ours.layers, theirs.convs, strict=True):
            message = layer.routes[0].message
            message.value.weight.copy_(conv.lin.weight)
            message.source_score.copy_(conv.att_src[0])
            message.target_score.copy_(conv.att_dst[0])
            layer.updates["0"].bias.copy_(conv.bias)
    agree(ours, theirs, batch())


def copy_perceptron(ours: nn.Sequential, theirs: MLP, last: nn.Module) -> None:
    """Linear, norm, relu, linear are in their MLP; the norm after it belongs to their model."""
    first, second = theirs.lins
    for mine, other in zip((0, 1, 3, 4), (first, theirs.norms[0].module, second, last.module), strict=True):
        ours[mine].load_state_dict(other.state_dict())


def copy_layers(ours: nn.Module, theirs: pyg.GIN) -> None:
    for layer, conv, norm in zip(ours.layers, theirs.convs, theirs.norms, strict=True):
        copy_perceptron(layer.updates["0"].module, conv.nn, norm)
        conv.eps.zero_()
        if layer.updates["0"].epsilon is not None:
            conv.eps.fill_(0.3)
            layer.updates["0"].epsilon.fill_(0.3)


@pytest.mark.parametrize("epsilon", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
def test_gin_on_nodes(layers: int, epsilon: bool) -> None:
    theirs = pyg.GIN(CHANNELS, HIDDEN, layers, OUT, norm="batch_norm", jk="last", train_eps=epsilon)
    randomise(theirs)
    ours = ours_for("gin", 0, layers, epsilon=epsilon)
    with torch.no_grad():
        copy_layers(ours, theirs)
        ours.readout.map.load_state_dict(theirs.lin.state_dict())
    agree(ours, theirs, batch())


class Jumping(nn.Module):
    """The readout of the paper around their convolutions."""

    def __init__(self, model: pyg.GIN, maps: nn.ModuleList, components: Tensor) -> None:
        super().__init__()
        self.model, self.maps, self.components = model, maps, components

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        states = [x]
        for conv, norm in zip(self.model.convs, self.model.norms, strict=True):
            states.append(norm(conv(states[-1], edges)).relu())
        sums = [each(global_add_pool(h, self.components, 3)) for each, h in zip(self.maps, states, strict=True)]
        return torch.stack(sums).sum(dim=0)


def test_gin_on_whole_graphs() -> None:
    inner = pyg.GIN(CHANNELS, HIDDEN, 3, norm="batch_norm", jk="cat")
    maps = nn.ModuleList(nn.Linear(width, OUT) for width in (CHANNELS, HIDDEN, HIDDEN, HIDDEN))
    theirs = Jumping(inner, maps, batch().component_of(0))
    randomise(theirs)
    ours = ours_for("gin", "whole", 3)
    with torch.no_grad():
        copy_layers(ours, inner)
        ours.readout.maps.load_state_dict(maps.state_dict())
    agree(ours, theirs, batch())
