"""Models of TopoModelX with our weights and operators: what `benchmarks.higher_order` compares.

Where the peer's equations have more terms than ours, their weights are 0, and the peer's work stays. Where they have
rectifiers that ours lack, or other ones, weights or scores are chosen positive, so that they change nothing.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from benchmarks.harness import peer_folder

HIDDEN = 64
Run = Callable[[], list[Any]]


def hidden_states(network: Any, complex_: Any) -> list[Any]:
    """Run the layers without the readout, as the peer has none."""
    found = network.inputs(complex_)
    for layer in network.layers:
        found = layer(complex_, found)
    return [found[rank] for rank in sorted(found)]


def edges_of(network: Any, complex_: Any) -> list[Any]:
    """Run lift and layers of CAN."""
    import torch

    lift, *layers = network.layers
    found = lift(complex_, network.inputs(complex_))
    kept = torch.ones(len(found), dtype=torch.bool)
    for layer in layers:
        found, kept = layer(complex_, found, kept)
    return [found]


@dataclass(frozen=True)
class Recipe:
    """How one model is built on both sides."""

    build: Callable[[Any], Any]
    """From a complex to our network."""
    peer: Callable[[Any, Any], tuple[Any, Run]]
    """From a complex and our network to the peer's, and the call that gives its last features."""
    ranks: tuple[int, ...] = (0, 1, 2)
    """The ranks with features."""
    odd: tuple[int, ...] = ()
    """Those whose features are odd."""
    run: Callable[[Any, Any], list[Any]] = hidden_states
    """From our network and a complex to its last features."""


def find_peer() -> None:
    """Make the peer importable."""
    try:
        import torch_scatter  # noqa: F401
    except ImportError:
        import torch_geometric.utils

        stand_in = ModuleType("torch_scatter")
        stand_in.scatter = torch_geometric.utils.scatter  # type: ignore[attr-defined]
        sys.modules["torch_scatter"] = stand_in
    try:
        import topomodelx  # noqa: F401
    except ImportError:
        sys.path.append(str(peer_folder("TopoModelX")))


def matrix(complex_: Any, symbol: Any) -> Any:
    """Give the operator of a symbol as the peer reads it."""
    import numpy as np
    import torch

    found = complex_.resolve(symbol).to_scipy().tocoo()
    places = torch.as_tensor(np.stack([found.row, found.col])).long()
    return torch.sparse_coo_tensor(places, torch.as_tensor(found.data).float(), found.shape).coalesce()


def features(complex_: Any, *ranks: int) -> list[Any]:
    """Give what both sides read."""
    return [complex_[rank].x for rank in ranks]


def copy(into: Any, value: Any) -> None:
    """Overwrite a parameter."""
    into.data.copy_(value.data)


def of_catalog(
    name: str, target: int | str = "whole", activation: str = "", embed: bool = True, **options: Any
) -> Callable[[Any], Any]:
    """Give the builder of a model of the catalog; without its embedding where the peer has none."""

    def make(complex_: Any) -> Any:
        import torch

        import cochain as cc
        from cochain.nn import Activate

        chosen = {"dropout": 0.0, **options}
        network: Any = cc.models.build(name, complex_, HIDDEN, HIDDEN, 2, target, seed=0, options=chosen)
        if not embed:
            network.layers = network.layers[1:]
        for parameter_name, parameter in network.named_parameters():
            if parameter_name.endswith("bias"):
                parameter.data.zero_()
        for layer in network.layers[int(embed) :] if activation else []:
            layer.updates = torch.nn.ModuleDict({rank: Activate(activation) for rank in layer.updates})
        return network

    return make


def sccnn(complex_: Any, network: Any) -> tuple[Any, Run]:
    """Terms from other ranks have powers of Laplacians at the peer."""
    from topomodelx.nn.simplicial.sccnn import SCCNN

    from cochain.nn import cofaces, laplacian

    wide = (HIDDEN,) * 3
    peer = SCCNN(wide, wide, conv_order=2, sc_order=2, update_func="relu", n_layers=2)
    for rank, map_ in enumerate((peer.in_linear_0, peer.in_linear_1, peer.in_linear_2)):
        copy(map_.weight, network.layers[0].maps[str(rank)].weight)
        map_.bias.data.zero_()
    # The peer's order of terms; a term from another rank has three places, whose powers ours leaves out.
    orders = (("self", "up", "above"), ("below", "self", "down", "up", "above"), ("self", "down", "below"))
    for our_layer, layer in zip(network.layers[1:], peer.layers, strict=True):
        for rank, weight in enumerate((layer.weight_0, layer.weight_1, layer.weight_2)):
            place = 0
            weight.data.zero_()
            for kind in orders[rank]:
                found = _message(our_layer, rank, kind).weight.data.reshape(-1, HIDDEN, HIDDEN)
                weight.data[:, :, place : place + len(found)] = found.permute(1, 2, 0)
                place += {"self": 1, "up": 2, "down": 2}.get(kind, 3)
    sides = [laplacian(0, "up"), laplacian(1, "down"), laplacian(1, "up"), laplacian(2, "down")]
    laplacians = [matrix(complex_, each.normalized("spectral")) for each in sides]
    boundaries = [matrix(complex_, cofaces(rank).signed) for rank in (0, 1)]
    return peer, lambda: list(peer(features(complex_, 0, 1, 2), laplacians, boundaries))


def _message(layer: Any, rank: int, kind: str) -> Any:
    """Find the message that a rank hears: of itself, along a part of its Laplacian, or from the rank above or below."""
    for route in layer.routes:
        symbol = route.neighborhood
        found = {"self": "self", "laplacian": symbol.part}.get(
            symbol.kind, "above" if symbol.source > rank else "below"
        )
        if (symbol.target, found) == (rank, kind):
            return route.message
    raise LookupError(f"rank {rank} hears nothing of kind {kind}")


def scn(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The peer reads the normalised Laplacians that ours has."""
    from topomodelx.nn.simplicial.scn2 import SCN2

    peer = SCN2(HIDDEN, HIDDEN, HIDDEN, n_layers=2)
    for our_layer, layer in zip(network.layers, peer.layers, strict=True):
        for route, conv in zip(
            our_layer.routes, (layer.conv_0_to_0, layer.conv_1_to_1, layer.conv_2_to_2), strict=True
        ):
            copy(conv.weight, route.message.weight)
    laplacians = [matrix(complex_, route.neighborhood) for route in network.layers[0].routes]
    return peer, lambda: list(peer(*features(complex_, 0, 1, 2), *laplacians))


def san(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The peer's scores pass an elu and ours a leaky rectifier: positive ones in the first layer, 0 in the second."""
    from topomodelx.nn.simplicial.san import SAN

    from cochain.nn import hodge, laplacian

    up, down = (matrix(complex_, laplacian(1, part)) for part in ("up", "down"))
    bound = (
        complex_.resolve(hodge(1)).matrix.values.abs().max()
        / complex_.resolve(hodge(1).normalized("spectral")).matrix.values.abs().max()
    )
    peer = SAN(HIDDEN, HIDDEN, n_filters=2, order_harmonic=5, epsilon_harmonic=1 / float(bound), n_layers=2)
    for our_layer, layer in zip(network.layers, peer.layers, strict=True):
        below, above, harmonic = (route.message for route in our_layer.routes)
        for message, conv in ((below, layer.conv_down), (above, layer.conv_up)):
            copy(conv.weight, message.weight)
            target, source = message.score.weight
            conv.att_weight.data[: 2 * HIDDEN], conv.att_weight.data[2 * HIDDEN :] = source.data, target.data
        copy(layer.conv_harmonic.weight, harmonic.weight)
    return peer, lambda: [peer(complex_[1].x, up, down)]


def _positive_scores(complex_: Any) -> Any:
    network = of_catalog("san", 1, activation="identity", embed=False)(complex_)
    for place, layer in enumerate(network.layers):
        for route in list(layer.routes)[:2]:
            route.message.weight.data.abs_()
            route.message.score.weight.data.abs_().mul_(1.0 - place)
    return network


def can(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The lift from nodes differs: ours gives 0 here, the peer has none; both read the edges.

    The peer sums up to the last edge that has a neighbour, so one loop there keeps the others. Where an adjacency has
    fewer pairs than there are edges, its softmax fails but for loops everywhere, which ours does not have.
    """
    import torch
    from topomodelx.nn.cell.can import CAN

    from cochain.nn import lower, upper

    below, above = matrix(complex_, lower(1)), matrix(complex_, upper(1))
    last = complex_.sizes[1] - 1
    loop = torch.sparse_coo_tensor([[last], [last]], [1.0], above.shape)
    below, above = (below + loop).coalesce(), (above + loop).coalesce()
    loops = above.values().shape[0] <= last
    peer = CAN(HIDDEN, HIDDEN, HIDDEN, heads=4, n_layers=2, att_lift=False, add_self_loops=loops)
    for our_layer, layer in zip(list(network.layers)[1:], peer.layers, strict=True):
        layer.eps = 1.0
        copy(layer.lin.weight, our_layer.own.weight[:, -HIDDEN:])
        for message, attention in ((our_layer.below, layer.lower_att), (our_layer.above, layer.upper_att)):
            copy(attention.lin.weight, message.value.weight[:, -HIDDEN:])
            copy(attention.att_weight_src, message.source_score[None])
            copy(attention.att_weight_dst, message.target_score[None])
    return peer, lambda: [peer(complex_[0].x, complex_[1].x, below, below, above)]


def _without_lift(complex_: Any) -> Any:
    network = of_catalog("can", 1)(complex_)
    network.layers[0].map.weight.data.zero_()
    return network


def cwn(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The peer's equations, in which edges alone are updated; our weights where ours is written in them."""
    from topomodelx.nn.cell.cwn import CWN

    from cochain.nn import cofaces, faces, upper

    peer = CWN(HIDDEN, HIDDEN, HIDDEN, HIDDEN, 2)
    if len(list(network.layers[0].children())) == 2:  # no embedding: written in the peer's equations
        first, *layers = network.layers
        for rank, map_ in enumerate((peer.proj_0, peer.proj_1, peer.proj_2)):
            map_.load_state_dict(first.updates[str(rank)].module[0].state_dict())
        for our_layer, layer in zip(layers, peer.layers, strict=True):
            convs = (layer.conv_1_to_1.conv_1_to_1, layer.conv_1_to_1.conv_2_to_1, layer.conv_0_to_1.conv_0_to_1)
            for route, conv in zip(our_layer.routes, convs, strict=True):
                copy(conv.weight, route.message.weight)
            layer.update_fn.transform.load_state_dict(our_layer.updates["1"].module[0].state_dict())
    operators = [matrix(complex_, each) for each in (upper(1), cofaces(1), faces(1))]
    return peer, lambda: list(peer(*features(complex_, 0, 1, 2), *operators))


def hmc(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The peer has one pair of maps for the two directions between ranks, ours one for each: they begin equal."""
    from topomodelx.nn.combinatorial.hmc import HMC

    wide = [[HIDDEN] * 3] * 3
    peer = HMC([wide, wide], update_func_attention=None)
    levels = list(network.layers)
    for place, layer in enumerate(peer.layers):
        first, second = ([route.message for route in level.routes] for level in levels[2 * place : 2 * place + 2])
        # The peer's source is the higher rank, and both directions have the weights that ours has on the way up.
        between = (layer.hbns_0_1_level1, layer.hbns_1_2_level1, layer.hbns_0_1_level2, layer.hbns_1_2_level2)
        for block, up in zip(between, (first[2], first[4], second[2], second[4]), strict=True):
            copy(block.w_s, up.query.weight.T)
            copy(block.w_t, up.value.weight.T)
            block.att_weight.data[:HIDDEN, 0] = up.target_score.data[0]
            block.att_weight.data[HIDDEN:, 0] = up.source_score.data[0]
        within = (layer.hbs_0_level1, layer.hbs_0_level2, layer.hbs_1_level2, layer.hbs_2_level2)
        for block, message in zip(within, (first[0], second[0], second[1], second[3]), strict=True):
            copy(block.weight[0], message.value.weight.T)
            block.att_weight[0].data[:HIDDEN, 0] = message.target_score.data[0]
            block.att_weight[0].data[HIDDEN:, 0] = message.source_score.data[0]
    symbols = {str(r.neighborhood): r.neighborhood for level in levels for r in level.routes}
    squares = [matrix(complex_, s) for s in symbols.values() if s.source == s.target]
    incidences = [matrix(complex_, s) for s in symbols.values() if s.source > s.target]
    return peer, lambda: list(peer(*features(complex_, 0, 1, 2), *squares, *incidences))


def _tied(complex_: Any) -> Any:
    network = of_catalog("hmc", embed=False)(complex_)
    for level in list(network.layers)[::2]:
        messages = [route.message for route in level.routes]
        for down, up in ((messages[1], messages[2]), (messages[3], messages[4])):
            copy(down.query.weight, up.value.weight)
            copy(down.value.weight, up.query.weight)
            copy(down.target_score, up.source_score)
            copy(down.source_score, up.target_score)
    return network


def unigcn(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The peer sums where the paper and ours average; our weights where ours is written in the peer's equations."""
    from topomodelx.nn.hypergraph.unigcn import UniGCN

    from cochain.nn import Linear, incident

    peer = UniGCN(HIDDEN, HIDDEN, 2)
    for our_layer, layer in zip(list(network.layers)[1::2], peer.layers, strict=False):
        message = our_layer.routes[0].message
        if isinstance(message, Linear) and message.weight is not None:
            copy(layer.conv_level2_1_to_0.weight, message.weight)
    incidence = matrix(complex_, incident(0, 1))
    return peer, lambda: list(peer(complex_[0].x, incidence))


def all_deep_sets(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The peer has one more rectifier and one more map: of positive numbers, and the identity."""
    import torch
    from topomodelx.nn.hypergraph.allset import AllSet

    from cochain.nn import incident

    peer = AllSet(HIDDEN, HIDDEN, n_layers=2, mlp_activation=torch.nn.ReLU)
    blocks = [block for layer in peer.layers for block in (layer.vertex2edge, layer.edge2vertex)]
    for our_layer, block in zip(network.layers, blocks, strict=True):
        (update,) = our_layer.updates.values()
        for maps, ours in ((block.encoder, our_layer.routes[0].message.module), (block.decoder, update.module)):
            for theirs, own in zip(_linears(maps), _linears(ours), strict=True):
                copy(theirs.weight, own.weight)
        torch.nn.init.eye_(block.conv.weight)
    incidence = matrix(complex_, incident(0, 1))
    return peer, lambda: list(peer(complex_[0].x, incidence))


def _positive_encoder(complex_: Any) -> Any:
    network = of_catalog("all_deep_sets", 0, reduce="mean")(complex_)
    for layer in network.layers:
        _linears(layer.routes[0].message.module)[1].weight.data.abs_()
    return network


def _linears(maps: Any) -> list[Any]:
    return [each for each in maps if hasattr(each, "in_features")]


def allset_transformer(complex_: Any, network: Any) -> tuple[Any, Run]:
    """The peer rectifies scores, its MLPs and its steps: of positive numbers here."""
    from topomodelx.nn.hypergraph.allset_transformer import AllSetTransformer

    from cochain.nn import incident

    peer = AllSetTransformer(HIDDEN, HIDDEN, n_layers=2, heads=4)
    blocks = [block for layer in peer.layers for block in (layer.vertex2edge, layer.edge2vertex)]
    for our_layer, block in zip(network.layers, blocks, strict=True):
        message, (update,), attention = our_layer.routes[0].message, our_layer.updates.values(), block.multihead_att
        heads, width = message.seed.shape
        copy(attention.Q_weight, message.seed[:, None])
        for theirs, own in ((attention.K_weight, message.key), (attention.V_weight, message.value)):
            copy(theirs, own.weight.unflatten(0, (heads, width)).transpose(1, 2))
        for theirs, own in zip(_linears(block.mlp), _linears(update.mlp), strict=True):
            copy(theirs.weight, own.weight)
        copy(block.ln1.bias, update.after.bias)
    incidence = matrix(complex_, incident(0, 1))
    return peer, lambda: list(peer(complex_[0].x, incidence))


def _positive_steps(complex_: Any) -> Any:
    network = of_catalog("allset_transformer", 0, heads=4)(complex_)
    for layer in network.layers:
        message, (update,) = layer.routes[0].message, layer.updates.values()
        for weight in (message.seed, message.key.weight, _linears(update.mlp)[1].weight):
            weight.data.abs_()
        update.after.bias.data.fill_(HIDDEN**0.5)  # more than any of 64 normalised numbers is below 0
    return network


def _edges_in_notation(complex_: Any) -> Any:
    """The peer's CWN: three rectified messages to the edges, then a map."""
    import torch
    from torch import nn

    from cochain.complexes import Cochain
    from cochain.nn import Layer, Linear, MLPUpdate, Network, cofaces, faces, read_out, route, self_, upper

    class Rectified(Linear):
        def forward(self, *arguments: Any) -> Any:
            return nn.functional.elu(super().forward(*arguments))

    def mapped() -> Any:
        return MLPUpdate(nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.ELU()), join="none")

    torch.manual_seed(0)
    symbols = (upper(1), cofaces(1), faces(1))
    first = Layer(*(route(self_(rank), Linear()) for rank in range(3)), update=lambda rank: mapped())
    layers = [
        Layer(*(route(each, Rectified(HIDDEN, HIDDEN)) for each in symbols), update={1: mapped()}) for _ in range(2)
    ]
    readout = read_out("whole", dict.fromkeys(range(3), HIDDEN), HIDDEN)
    return Network([Cochain(rank, HIDDEN) for rank in range(3)], [first, *layers], readout)


def _sums_in_notation(complex_: Any) -> Any:
    """The peer's UniGCN: sums to the hyperedges and back."""
    import torch

    from cochain.complexes import Cochain
    from cochain.nn import Layer, Linear, Network, incident, read_out, route

    torch.manual_seed(0)
    layers = [
        Layer(route(incident(rank, 1 - rank), Linear() if rank else Linear(HIDDEN, HIDDEN))) for rank in (1, 0, 1, 0)
    ]
    return Network([Cochain(0, HIDDEN)], layers, read_out(0, {0: HIDDEN}, HIDDEN))


RECIPES = {
    "sccnn": Recipe(of_catalog("sccnn", activation="relu"), sccnn, odd=(1, 2)),
    "scn": Recipe(of_catalog("scn", activation="relu", embed=False), scn, odd=(1, 2)),
    "san": Recipe(_positive_scores, san, ranks=(1,), odd=(1,)),
    "can": Recipe(_without_lift, can, ranks=(0, 1), run=edges_of),
    "cwn": Recipe(of_catalog("cwn"), cwn),
    "cwn_equations": Recipe(_edges_in_notation, cwn),
    "hmc": Recipe(_tied, hmc),
    "unigcn": Recipe(of_catalog("unigcn", 0), unigcn, ranks=(0,)),
    "unigcn_equations": Recipe(_sums_in_notation, unigcn, ranks=(0,)),
    "all_deep_sets": Recipe(_positive_encoder, all_deep_sets, ranks=(0,)),
    "allset_transformer": Recipe(_positive_steps, allset_transformer, ranks=(0,)),
}
