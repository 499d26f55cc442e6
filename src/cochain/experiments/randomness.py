"""What is random in a training, and how it becomes the same again."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def seeds_of(seed: int, fold: int) -> tuple[int, int, int]:
    """Give independent seeds for weights, dropout and batches."""
    weights, noise, order = np.random.SeedSequence([seed, fold]).generate_state(3)
    return int(weights), int(noise), int(order)


@contextmanager
def deterministic(seed: int) -> Iterator[None]:
    """Seed torch and forbid operations that give other bits each time; afterwards all is as it was before."""
    before = torch.are_deterministic_algorithms_enabled()
    warn_before = torch.is_deterministic_algorithms_warn_only_enabled()
    fill = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True, warn_only=bool(devices))
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before, warn_only=warn_before)
            torch.utils.deterministic.fill_uninitialized_memory = fill  # type: ignore[attr-defined]
