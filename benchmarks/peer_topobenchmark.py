"""TopoBenchmark's cycle lifting, from a checkout in $COCHAIN_PEERS/TopoBenchmark.

The package imports its training stack (lightning, hydra) on the way to a lift. Here the lift's own files are imported,
unchanged, and the packages above them are stood in for by empty ones.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.harness import peer_folder


def _bare(name: str, folder: Path) -> None:
    """Put a package in place that runs nothing when it is imported."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


def _from_sparse(matrix: Any) -> Any:
    """Give a torch sparse tensor: stands in for TopoModelX's function of that name where that is not installed."""
    import numpy as np
    import torch

    entries = matrix.tocoo()
    places = torch.from_numpy(np.stack([entries.row, entries.col]).astype(np.int64))
    values = torch.from_numpy(entries.data.astype(np.float32))
    return torch.sparse_coo_tensor(places, values, entries.shape).coalesce()


def cycle_lifting(largest: int) -> Any:
    """Give TopoBenchmark's lift of graphs to cell complexes of a cycle basis."""
    folder = peer_folder("TopoBenchmark") / "topobenchmark"
    for name in ("", ".data", ".data.utils", ".transforms"):
        _bare(f"topobenchmark{name}", folder.joinpath(*name.split(".")))
    try:
        import_module("topomodelx.utils.sparse")
    except ImportError:
        for name in ("topomodelx", "topomodelx.utils", "topomodelx.utils.sparse"):
            sys.modules[name] = ModuleType(name)
        sys.modules["topomodelx.utils.sparse"].from_sparse = _from_sparse  # type: ignore[attr-defined]
    sys.modules.setdefault("omegaconf", ModuleType("omegaconf"))
    utils = import_module("topobenchmark.data.utils.utils")
    sys.modules["topobenchmark.data.utils"].get_complex_connectivity = utils.get_complex_connectivity  # type: ignore[attr-defined]
    lift = import_module("topobenchmark.transforms.liftings.graph2cell.cycle")
    return lift.CellCycleLifting(max_cell_length=largest, feature_lifting="ProjectionSum")
