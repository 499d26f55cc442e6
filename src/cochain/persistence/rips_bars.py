"""From the pairings of clouds to a diagram: births and deaths are gathered as lengths of edges."""

import numpy as np
import torch
from torch import Tensor

from cochain.persistence.clouds import Clouds, Index, Matrices
from cochain.persistence.diagram import Bars, Diagram
from cochain.persistence.lengths import lengths_of
from cochain.persistence.rips_batch import Found


class Gathered:
    """Values of vertices and edges: points are born at 0, edges as long as their ends are apart."""

    def __init__(self, given: Clouds | Matrices) -> None:
        self.given = given
        self.values = given.points if isinstance(given, Clouds) else given.flat

    def edges(self, cloud: Index, ends: Index) -> Tensor:
        """Give the values of edges, their ends counted within the cloud."""
        device = self.values.device
        if isinstance(self.given, Clouds):
            return lengths_of(self.values, torch.from_numpy(ends + self.given.offsets[cloud, None]).to(device))
        sizes = np.diff(self.given.offsets)
        starts = np.cumsum(sizes**2) - sizes**2
        low, high = ends.min(axis=1), ends.max(axis=1)
        return self.values[torch.from_numpy(starts[cloud] + low * sizes[cloud] + high).to(device)]

    def vertices(self, cloud: Index, vertex: Index) -> Tensor:
        """Give the births of points, counted within their cloud."""
        return self.values.new_zeros(len(vertex))


def diagram_of(found: Found, values: Gathered, max_dim: int, field: int) -> Diagram:
    """Gather births and deaths; bars that die as they are born are left out."""
    finite, essential = _merges(found, values)
    dims_finite, dims_essential = {0: finite}, {0: essential}
    for dim in range(1, max_dim + 1):
        rows = found.cycles.get(dim, np.zeros((0, 5), np.int64))
        mortal = rows[:, 3] >= 0
        dims_finite[dim] = _lasting(_bars(rows[mortal], values, True))
        dims_essential[dim] = _bars(rows[~mortal], values, False)
    return Diagram(dims_finite, dims_essential, len(found.offsets) - 1, int(field))


def _merges(found: Found, values: Gathered) -> tuple[Bars, Bars]:
    """Give the bars of dimension 0, and those of the components that nothing kills."""
    rows, device = found.merged, values.values.device
    cloud, born = rows[:, 0], rows[:, 1]
    pairs = np.column_stack([born, born, rows[:, 2:]])
    deaths = values.edges(cloud, rows[:, 2:])
    finite = Bars(values.vertices(cloud, born), deaths, _tensor(cloud, device), _tensor(pairs, device))
    alive = np.ones(found.offsets[-1], np.bool_)
    alive[found.offsets[cloud] + born] = False
    row = np.flatnonzero(alive)
    owner = np.searchsorted(found.offsets, row, side="right") - 1
    vertex = row - found.offsets[owner]
    births = values.vertices(owner, vertex)
    never = np.full((len(row), 2), -1)
    pairs = np.column_stack([vertex, vertex, never])
    return _lasting(finite), Bars(
        births, torch.full_like(births, torch.inf), _tensor(owner, device), _tensor(pairs, device)
    )


def _bars(rows: Index, values: Gathered, mortal: bool) -> Bars:
    """Gather the bars of cycles, which all die or none does."""
    device = values.values.device
    births = values.edges(rows[:, 0], rows[:, 1:3])
    deaths = values.edges(rows[:, 0], rows[:, 3:5]) if mortal else torch.full_like(births, torch.inf)
    return Bars(births, deaths, _tensor(rows[:, 0], device), _tensor(rows[:, 1:5], device))


def _lasting(bars: Bars) -> Bars:
    lasts = bars.deaths.detach() > bars.births.detach()
    return bars if bool(lasts.all()) else bars.select(lasts)


def _tensor(table: Index, device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(table, np.int64)).to(device)
