"""Neural Sheaf Diffusion beside its authors' code: an epoch on Squirrel and on Film, general maps, stalks of R^3.

An epoch is a training step and an evaluation on all nodes, as in the authors' loop. Both sides have four steps of 20
channels for each of the three dimensions, learn maps from all features of both ends, and drop what their configuration
says. Weights are carried over, and the losses of an evaluation before the first step must agree; the authors perturb D
in training, so later ones do not.

The authors' code has no release. It is found as a checkout in $COCHAIN_PEERS/neural-sheaf-diffusion, unchanged. Its two
functions from packages that no index has for this torch, torch_sparse.spmm and torch_scatter.scatter_add, are what
those packages do in plain torch: gather, multiply, scatter.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from benchmarks.harness import Case, Goal, peer_folder

HIDDEN, LAYERS, STALK, DROPOUT = 20, 4, 3, 0.5


def problem(name: str) -> tuple[Any, Any, Any, Any]:
    """Load a graph: the complex, dense features, labels and the nodes of the training part."""
    import torch

    import cochain as cc

    complex_ = cc.datasets.load(name)
    y = complex_[0].y
    training = torch.rand(len(y), generator=torch.Generator().manual_seed(0)) < 0.6
    return complex_, complex_[0].x, y, training


def epoch_of(model: Any, answer: Callable[[], Any], y: Any, training: Any) -> Callable[[], float]:
    """Give the work: one step of Adam, then an evaluation; the loss of an evaluation with the weights as they came."""
    import torch
    from torch.nn.functional import cross_entropy

    torch.manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    model.eval()
    with torch.no_grad():
        before = float(cross_entropy(answer(), y))

    def epoch() -> float:
        model.train()
        optimizer.zero_grad()
        cross_entropy(answer()[training], y[training]).backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            answer()
        return before

    return epoch


def our_model(channels: int, out: int) -> Any:
    """Build our network, the same every time."""
    import torch

    from cochain.models.sheaf.nsd import NSD, NSDConfig

    torch.manual_seed(0)
    config = NSDConfig(HIDDEN, LAYERS, DROPOUT, 0.0, STALK, "general", pooled=False)
    return NSD({0: channels}, out, 0, config)


def cochain_epoch(name: str) -> Callable[[], float]:
    """Prepare our epoch."""
    complex_, x, y, training = problem(name)
    model = our_model(x.shape[1], int(y.max()) + 1)
    return epoch_of(model, lambda: model(complex_), y, training)


def peer_modules() -> ModuleType:
    """Import the authors' models, with stand-ins for what they import."""
    import torch

    def spmm(index: Any, value: Any, m: int, n: int, matrix: Any) -> Any:
        rows, columns = index
        return matrix.new_zeros(m, matrix.shape[1]).index_add(0, rows, matrix.index_select(0, columns) * value[:, None])

    def scatter_add(source: Any, index: Any, dim: int, dim_size: int) -> Any:
        return source.new_zeros(dim_size, *source.shape[1:]).index_add(dim, index, source)

    contents: dict[str, dict[str, Any]] = {
        "torch_sparse": {"spmm": spmm},
        "torch_scatter": {"scatter_add": scatter_add},
        "torch_householder": {"torch_householder_orgqr": torch.linalg.householder_product},
    }
    for name, functions in contents.items():
        module = ModuleType(name)
        module.__dict__.update(functions)
        sys.modules.setdefault(name, module)
    sys.path.insert(0, str(peer_folder("neural-sheaf-diffusion")))
    return import_module("models.disc_models")


def peer_epoch(name: str) -> Callable[[], float]:
    """Prepare the authors' epoch, with our weights."""
    import torch

    complex_, x, y, training = problem(name)
    out = int(y.max()) + 1
    pairs = complex_.faces(1, 0).pattern.indices.long().view(-1, 2).T
    flags = ("add_lp", "add_hp", "deg_normalised", "linear", "sparse_learner", "second_linear", "edge_weights")
    arguments = dict.fromkeys(flags, False) | {
        "d": STALK, "device": torch.device("cpu"), "graph_size": len(y), "layers": LAYERS, "normalised": True,
        "input_dropout": 0.0, "dropout": DROPOUT, "left_weights": True, "right_weights": True, "use_act": True,
        "input_dim": x.shape[1], "hidden_channels": HIDDEN, "output_dim": out, "sheaf_act": "tanh", "orth": "euler",
        "max_t": 1.0,
    }  # fmt: skip
    model = peer_modules().DiscreteGeneralSheafDiffusion(torch.cat([pairs, pairs.flip(0)], dim=1), arguments)
    carry_over(our_model(x.shape[1], out), model)
    return epoch_of(model, lambda: model(x), y, training)


def carry_over(ours: Any, theirs: Any) -> None:
    """Give the authors' model our weights."""
    import torch

    encoder, *steps = ours.layers
    readout = next(part for part in ours.readout.modules() if isinstance(part, torch.nn.Linear))
    with torch.no_grad():
        theirs.lin1.load_state_dict(encoder.map.state_dict())
        theirs.lin2.load_state_dict(readout.state_dict())
        for place, step in enumerate(steps):
            theirs.lin_left_weights[place].weight.copy_(step.left)
            theirs.lin_right_weights[place].weight.copy_(step.right.T)
            theirs.sheaf_learners[place].linear1.weight.copy_(step.sheaf.maps.weight)


CASES = [
    Case(
        f"nsd_{name}", f"epoch of Neural Sheaf Diffusion, general maps, stalk 3, {title}",
        "cochain_epoch", {"authors": "peer_epoch"}, {"name": name}, {"authors": Goal(ratio=4.0)}, agree=1e-3,
    )
    for name, title in {"squirrel": "Squirrel (5,201 nodes, 198,353 edges)", "film": "Film (7,600 nodes)"}.items()
]  # fmt: skip
