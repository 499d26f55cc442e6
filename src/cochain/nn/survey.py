"""What a network is made of, read from its layers: what a comparison of models puts side by side."""

from collections.abc import Iterable
from dataclasses import dataclass

from cochain.nn.diagram import arrows_of
from cochain.nn.layer import Embed, Layer, Route
from cochain.nn.network import Network


@dataclass(frozen=True)
class Parts:
    """The four maps of a network's layers, each choice named once."""

    neighborhoods: tuple[str, ...]
    """Along what cells hear each other, as the equations write it."""
    messages: tuple[str, ...]
    """Classes of the messages."""
    within: tuple[str, ...]
    """How a cell reduces what one neighbourhood says."""
    across: tuple[str, ...]
    """How a cell joins several neighbourhoods; empty where no cell of any rank has several."""
    updates: tuple[str, ...]
    """What a cell makes of its own features h and of what it heard, m."""
    own: tuple[str, ...]
    """Layers that are no list of routes, by the names of their classes; of them, the neighbourhoods alone are known."""


def survey(network: Network) -> Parts:
    """Read the four maps from a network's layers.

    Example:
        >>> from cochain.complexes import Cochain
        >>> from cochain.nn import Activate, Layer, Linear, read_out, upper, route
        >>> layer = Layer(route(upper(0), Linear(3, 4)), update={0: Activate("relu")})
        >>> survey(Network([Cochain(0, 3)], [layer], read_out(0, {0: 4}, 2)))
        Parts(neighborhoods=('A↑₀',), messages=('Linear',), within=('sum',), across=(), updates=('relu(m)',), own=())
    """
    layers = [layer for layer in network.layers if isinstance(layer, Layer)]
    routes = [each for layer in layers for each in layer.routes if isinstance(each, Route)]
    others = [layer for layer in network.layers if not isinstance(layer, Layer | Embed)]
    told = [label for each in network.layers for _, _, label in arrows_of(each, []) if label]
    return Parts(
        neighborhoods=_once(told),
        messages=_once(type(each.message).__name__ for each in routes),
        within=_once(each.reduce for each in routes),
        across=_once(layer.across for layer in layers if _joins(layer)),
        updates=_once(each.formula("h", "m") for layer in layers for each in layer.updates.values()),  # type: ignore[operator]
        own=_once(type(layer).__name__ for layer in others),
    )


def _joins(layer: Layer) -> bool:
    """Whether any rank hears along several neighbourhoods."""
    targets = [each.neighborhood.target for each in layer.routes if isinstance(each, Route)]
    return len(set(targets)) < len(targets)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
