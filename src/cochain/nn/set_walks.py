"""Walks backward in time over hyperedges: what a temporal hypergraph held when a hyperedge came up."""

from dataclasses import dataclass
from math import log

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cochain.complexes import Complex, adjacent, incident
from cochain.kernels import Pattern, gather_ranges

LEAST = 1e-300
"""The smallest number that a choice from [0, 1) counts as; its logarithm is about -690."""


@dataclass(frozen=True)
class _Steps:
    """For each row, where a walk may go: nonzeros sorted by time within the row, and the logarithms of running sums.

    Row i adds i times `apart` to all of them, so that they rise through all rows and no row is heard in the next one.
    """

    bounds: Tensor
    columns: Tensor
    keys: Tensor
    sums: Tensor
    times: int
    apart: float

    def draw(self, row: Tensor, moment: Tensor, uniform: Tensor) -> Tensor:
        """Draw for each row one column earlier than a moment (the rank of a time); -1 where there is none.

        Nothing is enumerated: a place among the running sums is found by bisection.
        """
        if not len(self.columns):
            return torch.full_like(row, -1)
        begin, last = self.bounds[row], torch.searchsorted(self.keys, row * self.times + moment) - 1
        total = self.sums[last.clamp(min=0)]
        place = torch.searchsorted(self.sums, total + uniform.clamp(min=LEAST).log(), right=True)
        place = torch.minimum(torch.maximum(place, begin), last).clamp(min=0)
        some = (last >= begin) & (total > (row - 0.5) * self.apart)
        return torch.where(some, self.columns[place], -1)


def set_walks(
    complex_: Complex,
    time: Float[Tensor, "hyperedges"],
    count: int,
    length: int,
    decay: float = 0.0,
    weight: Float[Tensor, "hyperedges"] | None = None,
    random: bool = True,
) -> Int[Tensor, "members count length"]:
    r"""Walk backward from every node of every hyperedge, each step to an earlier hyperedge that shares a node.

    $$P(e_1 | x \in e) \propto w_{e_1} e^{\lambda (t_{e_1} - t_e)}, \ x \in e_1, \qquad
      P(e_{k+1} | e_k) \propto w_{e_{k+1}} e^{\lambda (t_{e_{k+1}} - t_{e_k})}, \ e_{k+1} \cap e_k \ne \emptyset, \qquad
      t_e > t_{e_1} > t_{e_2} > \dots$$

    Args:
        complex_: a hypergraph, or any complex of rank 1 or more.
        time: when each hyperedge came up.
        count: walks from each node of each hyperedge.
        length: steps of a walk.
        decay: $\lambda$, per unit of time: how much the near past is preferred.
        weight: w, at least 0; by default 1. A hyperedge of weight 0 is never walked to.
        random: draw from torch's generator. Otherwise the walks of every start are the same points of a low-discrepancy
            sequence in the cube of all choices, so that nothing depends on chance, nor, but for equal times, on the
            order of the cells.

    Returns:
        The hyperedges of the walks, -1 from where a walk has ended. Starts are in the order of the nonzeros of
        `complex_.cells(1)`: hyperedge by hyperedge.

    Cost:
        memory for each pair of hyperedges that share a node; each step a bisection.

    Source:
        Behrouz et al., 2023, "CAt-Walk: Inductive Hypergraph Learning via Set Walks".
    """
    members = complex_.cells(1).pattern
    with torch.no_grad():
        clock = time.double()
        moment = torch.unique(clock, return_inverse=True)[1]
        mass = torch.ones_like(clock) if weight is None else weight.double()
        first = _steps(complex_.resolve(incident(0, 1)).matrix.pattern, clock, moment, mass, decay)
        after = _steps(complex_.resolve(adjacent(1, via=0)).matrix.pattern, clock, moment, mass, decay)
        shape = (members.nnz, count, length)
        choice = torch.rand(shape, dtype=torch.float64, device=clock.device) if random else _spread(shape, clock)
        walks = torch.full(shape, -1, dtype=torch.int64, device=clock.device)
        hyperedge = members.rows.long()[:, None].expand(-1, count)
        node = members.indices.long()[:, None].expand(-1, count)
        at = first.draw(node, moment[hyperedge], choice[:, :, 0])
        for step in range(length):
            walks[:, :, step] = at
            if step + 1 < length:
                known = at.clamp(min=0)
                found = after.draw(known, moment[known], choice[:, :, step + 1]) if len(clock) else at
                at = torch.where(at >= 0, found, -1)
    return walks


@dataclass(frozen=True)
class WalkMembers:
    """The nodes in the hyperedges of walks, known by how often they stand where. See `walk_members`."""

    real: Int[Tensor, "steps"]
    """Positions in the flattened walks that have not ended."""
    sets: Pattern
    """Rows are the steps, nonzeros the nodes in their hyperedges."""
    counted: Int[Tensor, "nonzeros"]
    """For each nonzero of `sets`, its row in `counts`."""
    counts: Int[Tensor, "known length"]
    """For each start and node: in how many of its walks the node stands at each position."""
    hyperedge: Int[Tensor, "known"]
    """The hyperedge of the start of each row of `counts`."""
    pair: Int[Tensor, "known"]
    """Rows of `counts` with one number here are the same node seen from the starts of one hyperedge."""
    pairs: int
    """How many numbers there are."""


def walk_members(members: Pattern, nodes: int, walks: Int[Tensor, "members count length"]) -> WalkMembers:
    """Count, for every start and every node that its walks meet, at which positions it stands.

    Args:
        members: rows list the nodes of the hyperedges; each nonzero is a start.
        nodes: number of nodes.
        walks: from `set_walks`.

    Cost:
        sorts the nodes of all hyperedges of all walks.
    """
    _, count, length = walks.shape
    steps = walks.flatten()
    real = (steps >= 0).nonzero()[:, 0]
    place, bounds = gather_ranges(members.indptr, steps[real])
    node, each = members.indices[place].long(), bounds.diff()
    start, position = (real // (count * length)).repeat_interleave(each), (real % length).repeat_interleave(each)
    known, counted = torch.unique(start * nodes + node, return_inverse=True)
    counts = steps.new_zeros(len(known) * length)
    counts = counts.index_add(0, counted * length + position, torch.ones_like(position)).view(len(known), length)
    hyperedge = members.rows[known // max(nodes, 1)].long()
    numbers, pair = torch.unique(hyperedge * nodes + known % max(nodes, 1), return_inverse=True)
    ticks = torch.arange(len(node), device=node.device)
    sets = Pattern(bounds, ticks, (len(real), len(node)))
    return WalkMembers(real, sets, counted, counts, hyperedge, pair, len(numbers))


def _steps(pattern: Pattern, clock: Tensor, moment: Tensor, mass: Tensor, decay: float) -> _Steps:
    times = len(clock) + 1
    rows, columns = pattern.rows.long(), pattern.indices.long()
    keys, order = torch.sort(rows * times + moment[columns], stable=True)
    rows, columns = rows[order], columns[order]
    # Logarithms, since with a large decay the far past underflows beside the near one, from which a walk may start.
    level = mass.log() + decay * clock
    known = level[mass > 0]
    level = level - known.max() if len(known) else level
    span = float(known.max() - known.min()) if len(known) else 0.0
    apart = 2 * (span - log(LEAST) + 100.0)
    sums = torch.logcumsumexp(level[columns] + apart * rows, dim=0)
    return _Steps(pattern.indptr.long(), columns, keys, sums, times, apart)


def _spread(shape: tuple[int, int, int], like: Tensor) -> Tensor:
    """Give the same points of a Kronecker sequence to every start: steps are powers of a generalised golden ratio."""
    _, count, length = shape
    ratio = 2.0
    for _ in range(60):  # the root of x^(length + 1) = x + 1, a contraction
        ratio = (1 + ratio) ** (1 / (length + 1))
    slopes = ratio ** -torch.arange(1, length + 1, dtype=like.dtype, device=like.device)
    points = (0.5 + torch.arange(1, count + 1, dtype=like.dtype, device=like.device)[:, None] * slopes) % 1.0
    return points.expand(shape)
