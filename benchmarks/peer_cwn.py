"""cwn, which has no release: found in $COCHAIN_PEERS/cwn, with stand-ins for what it imports.

Nothing of it is changed. It searches for rings by graph-tool's subgraph isomorphism, which no package index has; here
networkx lists the same chordless cycles. Its `scatter` comes from torch_geometric, which took over torch_scatter's; the
base class of its inspector, gone from torch_geometric since, is written out below.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from benchmarks.harness import peer_folder


class Inspector:
    """What torch_geometric's class of this name did for cwn: which arguments its functions take."""

    def __init__(self, base_class: Any) -> None:
        self.base_class = base_class
        self.params: dict[str, Any] = {}

    def keys(self, names: list[str] | None = None) -> set[str]:
        """Give the arguments of some functions."""
        return {key for name in names or self.params for key in self.params[name]}

    def implements(self, name: str) -> bool:
        """Whether a class below the base defines a function."""
        return self.__implements__(type(self.base_class), name)  # type: ignore[attr-defined, no-any-return]

    def distribute(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """Choose from all that is known what a function takes."""
        return {
            key: given[key] if parameter.default is parameter.empty else given.get(key, parameter.default)
            for key, parameter in self.params[name].items()
        }


def _stand_in(name: str, **contents: Any) -> None:
    module = ModuleType(name)
    module.__dict__.update(contents)
    sys.modules.setdefault(name, module)
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, sys.modules[name])


def cwn_modules() -> tuple[Any, Any, Any]:
    """Import cwn's complexes, its lifts and its models."""
    import gudhi
    from torch_geometric.utils import scatter

    import_module("torch_geometric.nn.conv.utils")
    _stand_in("torch_geometric.nn.conv.utils.helpers", expand_left=None)
    _stand_in("torch_geometric.nn.conv.utils.inspector", Inspector=Inspector)
    _stand_in("torch_scatter", scatter=scatter, gather_csr=None, segment_csr=None)
    _stand_in("torch_sparse", SparseTensor=type("SparseTensor", (), {}))
    for name in ("graph_tool", "graph_tool.topology", "ogb", "ogb.graphproppred"):
        _stand_in(name)
    _stand_in("ogb.graphproppred.mol_encoder", AtomEncoder=None, BondEncoder=None)
    folder = str(peer_folder("cwn"))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    utils = import_module("data.utils")
    utils.get_rings = chordless
    utils.gd = ModuleType("gudhi")

    class SimplexTree(gudhi.SimplexTree):  # type: ignore[misc]
        """GUDHI's, one of whose arguments had another name then."""

        def get_cofaces(self, simplex: Any, codimension: int) -> Any:
            return super().get_cofaces(simplex, codimension)

    utils.gd.SimplexTree = SimplexTree
    return import_module("data.complex"), utils, import_module("mp.models")


def chordless(edge_index: Any, max_k: int = 7) -> list[tuple[int, ...]]:
    """List the chordless cycles of a graph by networkx, as walks, in place of graph-tool."""
    import networkx as nx

    graph = nx.Graph(edge_index.T.tolist())
    return [tuple(cycle) for cycle in nx.chordless_cycles(graph, length_bound=max_k) if len(cycle) >= 3]


def ring_complexes(graphs: list[Any], largest: int) -> list[Any]:
    """Lift torch_geometric's graphs to cwn's complexes, with features on edges and rings by sums."""
    _, utils, _ = cwn_modules()
    return [
        utils.compute_ring_2complex(
            graph.x, graph.edge_index, None, graph.num_nodes, y=graph.y, max_k=largest, include_down_adj=False,
            init_method="sum", init_edges=True, init_rings=True,
        )
        for graph in graphs
    ]  # fmt: skip
