"""The fourth noun: births and deaths of the homology of a filtration, for a whole union of components at once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from cochain.errors import ShapeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Bars:
    r"""The bars of one dimension: homology classes with the interval $[b, d)$ of filtration values in which they live.

    Bars are sorted by component and within a component as the engine found them, which is deterministic. The values are
    gathered from the filtration at `pairs`, so that gradients reach what the filtration was computed from.

    Args:
        births: $b$, in the units of the filtration.
        deaths: $d$, or infinite for classes that never die.
        component: which component of the union a bar belongs to, ascending.
        pairs: where a bar begins and ends. Two places: the cell of rank dim that gives birth and the cell of rank
            dim + 1 that kills (for images: flat pixel indices). Four places, for distances between points: the two
            vertices of the edge that gives birth (twice the same for a vertex) and the two of the edge that kills.
            Where nothing kills, -1. Cells, pixels and vertices are numbered within their component, so that diagrams
            can be selected and joined.

    Raises:
        ShapeError: when the four do not describe the same number of bars.
    """

    __slots__ = ("births", "component", "deaths", "pairs")

    def __init__(
        self,
        births: Float[Tensor, "bars"],
        deaths: Float[Tensor, "bars"],
        component: Int[Tensor, "bars"],
        pairs: Int[Tensor, "bars places"],
    ) -> None:
        counts = {len(births), len(deaths), len(component), len(pairs)}
        if len(counts) > 1 or pairs.ndim != 2:
            raise ShapeError(
                "births, deaths, component and pairs should have one row per bar, but have shapes "
                f"{tuple(births.shape)}, {tuple(deaths.shape)}, {tuple(component.shape)} and {tuple(pairs.shape)}"
            )
        self.births = births
        self.deaths = deaths
        self.component = component
        self.pairs = pairs

    @classmethod
    def none(cls, places: int = 2, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu") -> "Bars":
        """Give no bars at all."""
        index = torch.zeros(0, dtype=torch.int64, device=device)
        value = torch.zeros(0, dtype=dtype, device=device)
        return cls(value, value, index, index.reshape(0, places))

    def __len__(self) -> int:
        return len(self.births)

    @property
    def lifetimes(self) -> Float[Tensor, "bars"]:
        """How long each class lives: |d - b|, in the units of the filtration."""
        return (self.deaths - self.births).abs()

    @property
    def points(self) -> Float[Tensor, "bars 2"]:
        """(birth, death) of every bar."""
        return torch.stack([self.births, self.deaths], dim=1)

    def select(self, which: Bool[Tensor, "bars"] | Int[Tensor, "chosen"]) -> "Bars":
        """Keep some bars: those under a mask, or those listed."""
        return Bars(self.births[which], self.deaths[which], self.component[which], self.pairs[which])

    def detach(self) -> "Bars":
        """Give the same bars without gradients."""
        return Bars(self.births.detach(), self.deaths.detach(), self.component, self.pairs)

    def to(self, device: torch.device | str) -> "Bars":
        """Copy to a device."""
        return Bars(*(part.to(device) for part in (self.births, self.deaths, self.component, self.pairs)))

    def as_array(self) -> np.ndarray[Any, np.dtype[Any]]:
        """Give (birth, death) of every bar as a numpy array (bars, 2)."""
        array: np.ndarray[Any, np.dtype[Any]] = self.points.detach().cpu().numpy()
        return array

    def __repr__(self) -> str:
        return f"Bars({len(self)})"


class Diagram:
    """Persistence diagrams of a union of components, one dimension at a time.

    `d[1]` are the finite bars of dimension 1 of all components together, `d.essential[1]` those that never die. A
    diagram of many components is the same type as a diagram of one.

    Args:
        finite: the bars with a death, per dimension.
        essential: the bars without, per dimension; the same dimensions.
        components: how many components the union has, those without bars counted.
        field: the prime p; homology has coefficients in Z/p.

    Raises:
        ShapeError: when finite and essential bars name different dimensions.
    """

    __slots__ = ("_finite", "components", "essential", "field")

    def __init__(
        self, finite: Mapping[int, Bars], essential: Mapping[int, Bars], components: int, field: int = 2
    ) -> None:
        if set(finite) != set(essential):
            raise ShapeError(
                f"finite and essential bars should name the same dimensions, but name {sorted(finite)} and "
                f"{sorted(essential)}"
            )
        self._finite = {dim: finite[dim] for dim in sorted(finite)}
        self.essential = {dim: essential[dim] for dim in sorted(essential)}
        self.components = components
        self.field = field

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The dimensions that were computed, ascending."""
        return tuple(self._finite)

    def __len__(self) -> int:
        return self.components

    def __getitem__(self, dim: int) -> Bars:
        if dim not in self._finite:
            raise ShapeError(
                f"the diagram should be asked for one of its dimensions {list(self._finite)}, but was asked for {dim}; "
                "compute more dimensions"
            )
        return self._finite[dim]

    def _map(self, change: Any) -> "Diagram":
        finite = {dim: change(bars) for dim, bars in self._finite.items()}
        essential = {dim: change(bars) for dim, bars in self.essential.items()}
        return Diagram(finite, essential, self.components, self.field)

    def detach(self) -> "Diagram":
        """Give the same diagram without gradients."""
        return self._map(Bars.detach)

    def to(self, device: torch.device | str) -> "Diagram":
        """Copy to a device."""
        return self._map(lambda bars: bars.to(device))

    def to_lists(self) -> list[dict[int, np.ndarray[Any, np.dtype[Any]]]]:
        """Give, for every component, an array (bars, 2) of births and deaths per dimension, the infinite ones last."""
        lists: list[dict[int, np.ndarray[Any, np.dtype[Any]]]] = [{} for _ in range(self.components)]
        for dim in self.dimensions:
            parts = (self._finite[dim], self.essential[dim])
            points = np.concatenate([bars.as_array() for bars in parts])
            component = np.concatenate([bars.component.cpu().numpy() for bars in parts])
            order = np.argsort(component, kind="stable")
            cuts = np.searchsorted(component[order], np.arange(1, self.components))
            for k, one in enumerate(np.split(points[order], cuts)[: self.components]):
                lists[k][dim] = one
        return lists

    def select(self, components: Int[Tensor, "chosen"] | Bool[Tensor, "components"] | Sequence[int] | int) -> "Diagram":
        """Take some components: those listed, in that order and as often as they are, or those under a mask.

        Raises:
            ShapeError: when there is no such component, or a mask does not have one entry per component.
        """
        device = next(iter(self._finite.values())).births.device if self._finite else torch.device("cpu")
        given = torch.as_tensor(components, device=device).reshape(-1)
        if given.dtype == torch.bool:
            if len(given) != self.components:
                raise ShapeError(
                    f"a mask should have {self.components} entries, one per component, but has {len(given)}"
                )
            given = torch.nonzero(given).squeeze(1)
        chosen = given.to(torch.int64)
        if len(chosen) and not (int(chosen.min()) >= 0 and int(chosen.max()) < self.components):
            wrong = chosen[(chosen < 0) | (chosen >= self.components)][0]
            raise ShapeError(f"components should be from 0 to {self.components - 1}, but one is {int(wrong)}")
        picked = self._map(lambda bars: _select(bars, chosen, self.components))
        picked.components = len(chosen)
        return picked

    @classmethod
    def union(cls, diagrams: Sequence["Diagram"]) -> "Diagram":
        """Put diagrams side by side: the components of the first, then those of the second, and so on.

        Raises:
            ShapeError: when there are none, or when their dimensions or fields differ.
        """
        if not diagrams:
            raise ShapeError("a union should be of at least one diagram, but is of none")
        first = diagrams[0]
        for other in diagrams:
            if (other.dimensions, other.field) != (first.dimensions, first.field):
                raise ShapeError(
                    f"diagrams of a union should share dimensions and field, but one has {list(first.dimensions)} over "
                    f"Z/{first.field} and another {list(other.dimensions)} over Z/{other.field}"
                )
        starts = np.cumsum([0, *(d.components for d in diagrams)]).tolist()
        finite = {dim: _joined([d[dim] for d in diagrams], starts) for dim in first.dimensions}
        essential = {dim: _joined([d.essential[dim] for d in diagrams], starts) for dim in first.dimensions}
        return cls(finite, essential, starts[-1], first.field)

    def padded(
        self, dim: int, fill: float = 0.0
    ) -> tuple[Float[Tensor, "components most 2"], Bool[Tensor, "components most"]]:
        """Lay the finite bars of a dimension out as one table, a row of bars per component.

        Returns:
            The points (birth, death), `fill` where a component has fewer bars than the largest; and a mask, true where
            a bar stands.
        """
        bars = self[dim]
        counts = torch.bincount(bars.component, minlength=self.components)
        most = int(counts.max()) if self.components else 0
        starts = counts.cumsum(0) - counts
        place = torch.arange(len(bars), device=counts.device) - starts[bars.component]
        points = bars.births.new_full((self.components, most, 2), fill)
        points = points.index_put((bars.component, place), bars.points)
        mask = torch.arange(most, device=counts.device) < counts[:, None]
        return points, mask

    def betti_at(self, value: float) -> Int[Tensor, "components dimensions"]:
        """Count the bars alive at a filtration value, b <= value < d, per component and dimension (`dimensions` order).

        For a superlevel diagram, whose bars run downwards, b >= value > d.
        """
        columns = []
        for dim in self.dimensions:
            alive = torch.zeros(self.components, dtype=torch.int64)
            for bars in (self._finite[dim], self.essential[dim]):
                births, deaths = bars.births.detach(), bars.deaths.detach()
                up = (births <= value) & (value < deaths) & (births <= deaths)
                down = (births >= value) & (value > deaths) & (births > deaths)
                alive = alive + torch.bincount(bars.component[up | down], minlength=self.components).cpu()
            columns.append(alive)
        return torch.stack(columns, dim=1) if columns else torch.zeros(self.components, 0, dtype=torch.int64)

    def plot(self, component: int = 0) -> "Figure":
        """Draw one component's diagram; `cochain.persistence.plotting` has more."""
        from cochain.persistence.plotting import plot_diagram

        return plot_diagram(self, component)

    def __repr__(self) -> str:
        counts = ", ".join(
            f"H{dim}: {len(self._finite[dim])} + {len(self.essential[dim])} essential" for dim in self.dimensions
        )
        many = f"{self.components} component" + ("" if self.components == 1 else "s")
        return f"Diagram({many}; {counts}; Z/{self.field})"


def _select(bars: Bars, chosen: Tensor, components: int) -> Bars:
    counts = torch.bincount(bars.component, minlength=components)
    starts = counts.cumsum(0) - counts
    wanted = counts[chosen]
    component = torch.repeat_interleave(torch.arange(len(chosen), device=wanted.device), wanted)
    offset = torch.arange(int(wanted.sum()), device=wanted.device) - (wanted.cumsum(0) - wanted)[component]
    rows = starts[chosen][component] + offset
    return Bars(bars.births[rows], bars.deaths[rows], component, bars.pairs[rows])


def _joined(parts: Sequence[Bars], starts: Sequence[int]) -> Bars:
    component = torch.cat([bars.component + start for bars, start in zip(parts, starts, strict=False)])
    return Bars(
        torch.cat([bars.births for bars in parts]),
        torch.cat([bars.deaths for bars in parts]),
        component,
        torch.cat([bars.pairs for bars in parts]),
    )
