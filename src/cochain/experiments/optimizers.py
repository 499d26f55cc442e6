"""The optimisers of a training."""

from collections.abc import Callable

import torch
from torch import nn

from cochain.experiments.spec import Training

OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def make_optimizer(model: nn.Module, training: Training) -> torch.optim.Optimizer:
    """Make the optimiser; the weight decay holds for all weights, or for those of the first layer."""
    kind: Callable[..., torch.optim.Optimizer] = OPTIMIZERS[training.optimizer]
    everything = [p for p in model.parameters() if p.requires_grad]
    if training.decays == "all":
        return kind(everything, lr=training.learning_rate, weight_decay=training.weight_decay)
    layers = getattr(model, "layers", None) or list(model.children())
    first = {id(p) for p in layers[0].parameters()}
    groups = [
        {"params": [p for p in everything if id(p) in first], "weight_decay": training.weight_decay},
        {"params": [p for p in everything if id(p) not in first], "weight_decay": 0.0},
    ]
    return kind([group for group in groups if group["params"]], lr=training.learning_rate)
