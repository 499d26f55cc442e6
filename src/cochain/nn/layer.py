"""A layer as a list of routes: the notation's four maps put together."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from cochain.complexes import Complex, Neighborhood
from cochain.errors import ParityError, ShapeError, unknown_name
from cochain.nn.message import REDUCTIONS, Linear, Message, with_reduction
from cochain.nn.update import Activate, MLPUpdate, Update

Features = dict[int, Tensor]
Across = Literal["sum", "mean", "max", "concat"]
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def symbol_of(rank: int, name: str = "h") -> str:
    """Write the features of a rank, such as h₁."""
    return f"{name}{rank}".translate(_SUBSCRIPTS)


class Route(nn.Module):
    """Along one neighbourhood: a message, and how a cell reduces what its neighbours say. Written `route(...)`."""

    def __init__(self, neighborhood: Neighborhood, message: Message, reduce: str) -> None:
        super().__init__()
        if reduce not in REDUCTIONS:
            raise ShapeError(f"a reduction should be one of {', '.join(REDUCTIONS)}, but is {reduce!r}")
        if message.sums_only and reduce != "sum":
            raise ShapeError(
                f"{type(message).__name__} has a sum of its own and should be reduced by 'sum', but by {reduce!r}"
            )
        if message.square and neighborhood.source != neighborhood.target:
            raise ShapeError(
                f"{type(message).__name__} takes several steps and should stay on one rank, but {neighborhood} joins "
                f"rank {neighborhood.source} to {neighborhood.target}"
            )
        self.neighborhood = neighborhood.triples if message.reads_via and not neighborhood.listed else neighborhood
        self.message = message
        self.reduce = reduce

    @property
    def ranks_read(self) -> set[int]:
        """The ranks whose features the route reads."""
        ranks = {self.neighborhood.source}
        if self.message.reads_target:
            ranks.add(self.neighborhood.target)
        if self.message.reads_via and self.neighborhood.via is not None:
            ranks.add(self.neighborhood.via)
        return ranks

    @property
    def sums_unchanged(self) -> bool:
        """Whether the route brings sums of the features as they are."""
        return isinstance(self.message, Linear) and self.message.weight is None and self.reduce == "sum"

    def forward(self, complex_: Complex, features: Features) -> Tensor:
        """Give what each target cell hears."""
        for rank in self.ranks_read:
            if rank not in features:
                raise ShapeError(
                    f"{self.formula()} should find features on rank {rank}, but there are some on {sorted(features)} "
                    "alone; embed that rank first"
                )
        source = features[self.neighborhood.source]
        operator = complex_.resolve(self.neighborhood, source.dtype)
        target = features.get(self.neighborhood.target)
        via = features.get(operator.via_rank) if operator.via_rank is not None else None
        return self.message(operator, source, target, via, self.reduce)  # type: ignore[no-any-return]

    def formula(self) -> str:
        """Give the route as a term of the layer's equation."""
        source, target = symbol_of(self.neighborhood.source), symbol_of(self.neighborhood.target)
        text = self.message.formula(str(self.neighborhood), source, target)
        if text.startswith("Σ["):  # a message per pair: the reduction stands in place of the sum
            return text if self.reduce == "sum" else self.reduce + text[1:]
        return with_reduction(text, self.reduce)


def route(neighborhood: Neighborhood, message: Message, reduce: str = "sum") -> Route:
    """Write one route of a layer: `route(upper(0), Linear(16, 32))`.

    Args:
        neighborhood: a symbol, from its source rank to its target rank.
        message: what a neighbour says.
        reduce: sum, mean, max, min, std or logsumexp over the neighbours; only a sum uses the operator's values.
    """
    return Route(neighborhood, message, reduce)


class Layer(nn.Module):
    r"""One layer: for every rank, what its routes bring, joined, and an update.

    $$h_x' = U\big(h_x,\ \mathrm{ACROSS}_N \ \mathrm{AGG}_{y \in N(x)} M(h_x, h_y)\big)$$

    Ranks without a route keep their features. Parities are checked on construction: signed neighbourhoods carry odd
    cochains to odd ones, unsigned ones even to even, and messages and updates of odd ranks must be odd functions.
    Rank 0 fits both, since a node has only one orientation.

    Args:
        routes: the routes, in the order in which `across="concat"` joins them.
        update: one update for each target rank, as a mapping or a function of the rank; by default the sum itself.
        across: how a rank joins its routes: sum, mean, max or concat.
        odd: the ranks whose features are odd.
        breaks: laws that the layer breaks by design, as its paper defines it ("orientation"); parities are then not
            checked.
    """

    def __init__(
        self,
        *routes: Route,
        update: Mapping[int, Update] | Callable[[int], Update] | None = None,
        across: Across = "sum",
        odd: Iterable[int] = (),
        breaks: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        if across not in get_args(Across):
            raise unknown_name("way to join routes", across, get_args(Across))
        self.routes = nn.ModuleList(routes)
        self.across: Across = across
        self.odd = frozenset(odd) - {0}
        self.breaks = breaks
        self.ranks = frozenset(rank for r in routes for rank in r.ranks_read | {r.neighborhood.target})
        targets = sorted({r.neighborhood.target for r in routes})
        make = (lambda rank: Activate("identity")) if update is None else update
        if isinstance(make, Mapping) and set(make) != set(targets):
            raise ShapeError(
                f"a layer should have one update for each of the ranks {targets} that it writes, but has {sorted(make)}"
            )
        self.updates = nn.ModuleDict({str(k): make[k] if isinstance(make, Mapping) else make(k) for k in targets})
        if "orientation" not in breaks:
            self._check_parity()

    def keep(self, wanted: frozenset[int]) -> "tuple[Layer, frozenset[int]]":
        """Give the layer without what only ranks outside of `wanted` would hear, and the ranks that it then reads.

        A network does this from its last layer to its first, so that it holds no weight which its answer never sees.
        The parts that remain are shared with this layer, which stays as it is.
        """
        kept = [each for each in self.routes if isinstance(each, Route) and each.neighborhood.target in wanted]
        updates = {int(k): each for k, each in self.updates.items() if int(k) in wanted and isinstance(each, Update)}
        layer = Layer(*kept, update=updates, across=self.across, odd=self.odd, breaks=self.breaks)
        # A rank without a route keeps its features, and an update may or may not look at the old ones.
        own = {k for k in wanted if k not in updates or updates[k].reads_own}
        return layer, frozenset(own.union(*(each.ranks_read for each in kept)))

    def _check_parity(self) -> None:
        for each in self.routes:
            assert isinstance(each, Route)
            symbol = each.neighborhood
            odd = [k for k in (symbol.source, symbol.target) if k in self.odd]
            even = [k for k in (symbol.source, symbol.target) if k not in self.odd and k != 0]
            if symbol.odd and even:
                raise ParityError(
                    f"{symbol} should carry odd cochains, but rank {even[0]} is even; "
                    "declare it odd, or use the unsigned neighbourhood"
                )
            if odd and not symbol.odd and symbol.kind != "self":
                raise ParityError(
                    f"{symbol} should carry even cochains, but rank {odd[0]} is odd; "
                    "use the signed neighbourhood, or declare it even"
                )
            if each.message.reads_via and symbol.via in self.odd:
                raise ParityError(
                    f"a message through {symbol} should read even features of the shared cell, but rank {symbol.via} "
                    "is odd; declare it even"
                )
            if odd:
                self._check_odd(each, odd[0])
        for rank, update in self.updates.items():
            if int(rank) in self.odd and not getattr(update, "keeps_odd", False):
                formula = update.formula("h", "m")  # type: ignore[operator]
                raise ParityError(
                    f"the update of odd rank {rank} should be an odd function, but {formula} is not; "
                    "use tanh or another odd activation, and no bias"
                )

    def _check_odd(self, each: Route, rank: int) -> None:
        if not each.message.keeps_odd:
            raise ParityError(
                f"a message on odd rank {rank} should be linear without bias, but {type(each.message).__name__} is not "
                "an odd function"
            )
        if each.reduce != "sum":
            raise ParityError(
                f"odd features of rank {rank} should be summed with their signs, but are reduced by {each.reduce}"
            )
        if self.across == "max" and each.neighborhood.target in self.odd:
            raise ParityError(
                f"the routes of odd rank {rank} should be joined by sum, mean or concat, but are joined by max, "
                "which is not odd"
            )

    def forward(self, complex_: Complex, features: Features) -> Features:
        """Give the features of every rank after the layer."""
        heard: dict[int, list[Tensor]] = {}
        sums: set[int] = set()
        narrow = self._narrowed(features)
        for each in self.routes:
            rank: int = each.neighborhood.target  # type: ignore[union-attr, assignment]
            told = heard.setdefault(rank, [])
            told.append(each(complex_, {**features, rank: narrow[rank]} if rank in narrow else features))
            if self.across == "sum" and len(told) > 1:  # at once, so that messages do not wait in memory
                told[:] = [told[0].add_(told[1]) if rank in sums else told[0] + told[1]]  # a sum is ours to change
                sums.add(rank)
        out = dict(features)
        for rank in list(heard):
            update, m = self.updates[str(rank)], self._join(heard.pop(rank))
            out[rank] = update.finish(narrow[rank], m) if rank in narrow else update(features.get(rank), m)  # type: ignore[operator]
        return out

    def _narrowed(self, features: Features) -> Features:
        """Give the ranks whose update begins with a linear map that commutes with all they hear, behind that map."""
        narrow: Features = {}
        for name, update in self.updates.items():
            rank, h = int(name), features.get(int(name))
            if h is None or not isinstance(update, MLPUpdate) or self.across != "sum":
                continue
            routes = [each for each in self.routes if isinstance(each, Route) and each.neighborhood.target == rank]
            if all(each.sums_unchanged and each.neighborhood.source == rank for each in routes):
                z = update.project(h)
                narrow |= {} if z is None else {rank: z}
        return narrow

    def _join(self, messages: list[Tensor]) -> Tensor:
        if self.across == "concat":
            return torch.cat(messages, dim=1)
        if len(messages) == 1:
            return messages[0]
        if self.across == "max":
            return torch.stack(messages).amax(dim=0)
        return torch.stack(messages).sum(dim=0) / len(messages)

    def equations(self) -> list[str]:
        """Give one equation per rank that the layer updates."""
        terms: dict[int, list[str]] = {}
        for each in self.routes:
            assert isinstance(each, Route)
            terms.setdefault(each.neighborhood.target, []).append(each.formula())
        sign = {"sum": " + ", "concat": " ‖ "}.get(self.across, ", ")
        out = []
        for rank, parts in sorted(terms.items()):
            m = sign.join(parts)
            m = f"{self.across}({m})" if self.across in ("mean", "max") else m
            update = self.updates[str(rank)]
            out.append(f"{symbol_of(rank)}' = {update.formula(symbol_of(rank), m)}")  # type: ignore[operator]
        return out

    def extra_repr(self) -> str:
        """Print the equations inside torch's own listing."""
        return "\n".join(self.equations())


class Embed(nn.Module):
    """A first layer that maps the channels of every rank to a common width, cell by cell.

    Args:
        widths: channels in, per rank.
        hidden: channels out.
        odd: the ranks whose features are odd: they get no bias.

    A rank with no channels begins as zeros and hears from the others.
    """

    def __init__(self, widths: Mapping[int, int], hidden: int, odd: Iterable[int] = ()) -> None:
        super().__init__()
        self.odd = frozenset(odd) - {0}
        self.ranks = frozenset(widths)
        self.hidden = hidden
        self.maps = nn.ModuleDict(
            {str(k): nn.Linear(width, hidden, bias=k not in self.odd) for k, width in widths.items() if width}
        )

    def forward(self, complex_: Complex, features: Features) -> Features:
        """Give the embedded features."""
        embedded = {int(k): each(features[int(k)]) for k, each in self.maps.items()}
        silent = {k: features[k].new_zeros(len(features[k]), self.hidden) for k in self.ranks - embedded.keys()}
        return {**features, **embedded, **silent}

    def keep(self, wanted: frozenset[int]) -> "tuple[Embed, frozenset[int]]":
        """Give the same with the maps of the ranks `wanted` alone, and the ranks that are then read."""
        embed = Embed({}, self.hidden, self.odd)
        embed.maps.update({k: each for k, each in self.maps.items() if int(k) in wanted})
        embed.ranks = self.ranks & wanted
        return embed, wanted

    def equations(self) -> list[str]:
        """Give one equation per rank."""
        return [
            f"{symbol_of(int(k))} = {symbol_of(int(k), 'x')} W{'' if int(k) in self.odd else ' + b'}" for k in self.maps
        ]
