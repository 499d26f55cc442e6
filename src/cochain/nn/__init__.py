"""The notation: neighbourhoods, messages, aggregations, updates, readouts.

A layer is a list of routes; a route is a neighbourhood, a message and a reduction:

    Layer(route(upper(0).with_self().normalized("sym"), Linear(16, 32)), update={0: Activate("relu", bias=32)})
"""

from cochain.complexes.neighborhood import (
    Neighborhood,
    adjacent,
    cofaces,
    faces,
    hodge,
    incident,
    laplacian,
    lower,
    self_,
    upper,
)
from cochain.nn.attention import Attention
from cochain.nn.attention_filter import AttentionFilter
from cochain.nn.branches import Branches
from cochain.nn.isomorphic import Isomorphic
from cochain.nn.layer import Embed, Features, Layer, Route, route
from cochain.nn.message import Linear, Message
from cochain.nn.mlp import mlp
from cochain.nn.network import Network, read_inputs
from cochain.nn.pair import Gated, Pair
from cochain.nn.polynomial import Polynomial
from cochain.nn.pool import pool, pool_nodes, spread
from cochain.nn.readout import CellReadout, JumpingReadout, Readout, WholeReadout, read_out
from cochain.nn.spelling import read_neighborhoods
from cochain.nn.update import ACTIVATIONS, Activate, MLPUpdate, Update

__all__ = [
    "ACTIVATIONS",
    "Activate",
    "Attention",
    "AttentionFilter",
    "Branches",
    "CellReadout",
    "Embed",
    "Features",
    "Gated",
    "Isomorphic",
    "JumpingReadout",
    "Layer",
    "Linear",
    "MLPUpdate",
    "Message",
    "Neighborhood",
    "Network",
    "Pair",
    "Polynomial",
    "Readout",
    "Route",
    "Update",
    "WholeReadout",
    "adjacent",
    "cofaces",
    "faces",
    "hodge",
    "incident",
    "laplacian",
    "lower",
    "mlp",
    "pool",
    "pool_nodes",
    "read_inputs",
    "read_neighborhoods",
    "read_out",
    "route",
    "self_",
    "spread",
    "upper",
]
