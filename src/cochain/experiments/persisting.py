"""`cochain persist`: which filtration, of what, part by part, with what is done kept when it is stopped."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from typing import Any, TypeVar

import torch
from torch import Tensor

from cochain import kernels, persistence
from cochain.complexes import Complex, incident
from cochain.errors import SpecError
from cochain.experiments.grammar import Grammar
from cochain.experiments.lifting import apply_lift, canonical_lift
from cochain.experiments.source import open_source
from cochain.persistence import Diagram, filters

FILTRATIONS = Grammar(
    "filtration",
    {
        "alpha": (),
        "degree": (),
        "dtm": (("neighbors", int, "10"),),
        "heat": (("time", float, "1"),),
        "height": (("axis", int, "-1"),),
        "pixels": (("channel", int, "0"),),
        "rips": (("threshold", float, "inf"),),
        "values": (("name", str, "x"), ("channel", int, "0"), ("rank", int, "0")),
    },
)
"""What `--filtration` may say; `docs/persistence.md` explains each."""
OF_POINTS = ("alpha", "dtm", "rips")
MANY = 5000
"""Points of a cloud above which the usual filtration is alpha, where there is one: all distances take minutes."""
_FIRST, _SECONDS = 8, 1.0

Answer = TypeVar("Answer")
Tell = Callable[[int, int, float], None]
"""Called with components done, components in all, and seconds so far."""


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a computation; it brings what was done by then."""

    def __init__(self, persisted: "Persisted | None") -> None:
        super().__init__()
        self.persisted = persisted


@dataclass(frozen=True)
class Persisted:
    """The persistence of some data, and how it came about."""

    name: str
    """Name of the data."""
    title: str
    """One line about it."""
    lift: str
    """Chain of lifts that came first; empty for none."""
    filtration: str
    """The filtration, with every argument written out."""
    superlevel: bool
    """Whether the highest values came first."""
    diagram: Diagram
    """Births and deaths of the components that were done."""
    complex_: Complex
    """Those components, after the lift."""
    values: Tensor | None
    """Value of every vertex of them; None where distances filter."""
    edge_values: Tensor | None
    """Value of every edge, where they are not those of its later end."""
    components: int
    """How many the data has."""
    seconds: float
    """Time of the computation, reading left out."""

    @property
    def complete(self) -> bool:
        """Whether all components were done."""
        return self.diagram.components == self.components


def usual_filtration(c: Complex) -> str:
    """Choose a filtration where none is asked for: distances for points, grey for images, height for meshes, degree."""
    if c.domain == "points":
        flat = "pos" in c[0] and c[0].pos.shape[1] in (2, 3)
        return "alpha" if flat and _largest(c) > MANY else "rips"
    if _image_sizes(c) is not None and "x" in c[0]:
        return "pixels"
    if "pos" in c[0]:
        return "height"
    return "degree"


def persist(
    data: Complex | str | PathLike[str],
    filtration: str | None = None,
    max_dim: int = 1,
    field: int = 2,
    superlevel: bool = False,
    lift: str = "",
    tell: Tell | None = None,
    warn: Callable[[str], None] | None = None,
) -> Persisted:
    """Compute the persistent homology of data.

    Args:
        data: a data set by name, a file or folder, or a complex.
        filtration: as `FILTRATIONS` spells it; None for the usual one of the data.
        max_dim: the highest dimension.
        field: the prime p of the coefficients Z/p.
        superlevel: let the highest values come first.
        lift: a chain of lifts to apply first.
        tell: is told how far it is.
        warn: is told before long work how long it may take, and what would be faster.

    Raises:
        SpecError: for a filtration that the data has no use for.
        Stopped: on Ctrl-C, with the components that were done.
    """
    source = open_source(data)
    chain = canonical_lift(lift)
    c = apply_lift(source.complex_, chain)
    text = filtration or usual_filtration(c)
    name, arguments = FILTRATIONS.parse(text)
    _check(c, name, superlevel)
    text = ":".join([name, *map(str, arguments.values())])
    tell = tell or _silent
    if said := _long(c, name, arguments, max_dim):
        (warn or _quiet)(said)
    tell(0, len(c), 0.0)
    start = time.perf_counter()
    diagrams: list[Diagram] = []
    values: list[Tensor] = []
    of_edges: list[Tensor] = []

    def so_far() -> Persisted | None:
        if not diagrams:
            return None
        done = sum(each.components for each in diagrams)
        part = c if done == len(c) else c.select(torch.arange(done))
        joined = torch.cat(values) if values else None
        edges = torch.cat(of_edges) if of_edges else None
        whole = Diagram.union(diagrams)
        seconds = time.perf_counter() - start
        return Persisted(
            source.name, source.title, chain, text, superlevel, whole, part, joined, edges, len(c), seconds
        )  # fmt: skip

    try:
        for part in _parts(c, start, tell):
            diagram, *given = _interruptible(lambda: _one(part, name, arguments, max_dim, field, superlevel))  # noqa: B023
            diagrams.append(diagram.detach())
            values += [each.detach() for each in given[:1] if each is not None]
            of_edges += [each.detach() for each in given[1:] if each is not None]
    except KeyboardInterrupt:
        raise Stopped(so_far()) from None
    found = so_far()
    if found is None:
        raise SpecError(f"{source.name} should have at least one component, but has none")
    return found


def _silent(done: int, total: int, seconds: float) -> None:
    pass


def _quiet(text: str) -> None:
    pass


def _largest(c: Complex) -> int:
    return int(torch.bincount(c.component_of(0)).max()) if c.sizes[0] else 0


def _long(c: Complex, name: str, arguments: dict[str, Any], max_dim: int) -> str:
    """Say how long distances of all pairs of a large cloud may take; "" for short work."""
    points = _largest(c)
    if name not in ("rips", "dtm") or max_dim < 1 or points <= MANY or arguments.get("threshold", 0.0) < float("inf"):
        return ""
    minutes = 0.35 * (points / 6000) ** 3  # measured: 21 s at 6,000 points, and n^3 beyond
    return (
        f"a cloud of {points:,} points may take some {max(1, round(minutes)):,} minutes; a threshold (rips:0.5) or, in "
        "two and three dimensions, alpha is faster"
    )


def _interruptible(work: Callable[[], Answer]) -> Answer:
    """Work in a thread, so that Ctrl-C is heard while compiled code runs; what was begun ends with the process."""
    found: list[Answer] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
    if failed:
        raise failed[0]
    return found[0]


def _check(c: Complex, name: str, superlevel: bool) -> None:
    if (name in OF_POINTS) != (c.domain == "points"):
        fitting = ", ".join(OF_POINTS if c.domain == "points" else sorted(set(FILTRATIONS.table) - set(OF_POINTS)))
        raise SpecError(f"a {c.domain} complex should be filtered by one of {fitting}, but the filtration is {name}")
    if superlevel and name in OF_POINTS:
        raise SpecError(f"{name} goes by distances, which have no superlevel sets; leave that out")


def _parts(c: Complex, start: float, tell: Tell) -> Iterator[Complex]:
    """Cut a union into pieces of about a second each, so that a stop loses little."""
    begin, step = 0, _FIRST
    while begin < len(c):
        end = min(len(c), begin + step)
        before = time.perf_counter()
        yield c if (begin, end) == (0, len(c)) else c.select(torch.arange(begin, end))
        tell(end, len(c), time.perf_counter() - start)
        if time.perf_counter() - before < _SECONDS / 2:
            step *= 2
        begin = end


def _one(
    c: Complex, name: str, arguments: dict[str, Any], max_dim: int, field: int, superlevel: bool
) -> tuple[Diagram, Tensor | None, Tensor | None]:
    """Compute the diagram of a piece, and the values of its vertices and of its edges where they have some."""
    if name in OF_POINTS:
        return _of_points(c, name, arguments, max_dim, field), None, None
    dimensions = list(range(min(max_dim, c.rank) + 1))
    if name == "pixels":
        values = _channel(c, "x", arguments["channel"], 0)
        images = _images(c, values)
        found = persistence.cubical(images, superlevel=superlevel, dimensions=dimensions, field=field)
        return found, values, None
    whole: Any = _filter(c, name, arguments, superlevel)
    compute = persistence.superlevel if superlevel else persistence.sublevel
    diagram = compute(c, whole, dimensions=dimensions, field=field)
    return (diagram, whole[0], whole.get(1)) if isinstance(whole, dict) else (diagram, whole, None)


def _of_points(c: Complex, name: str, arguments: dict[str, Any], max_dim: int, field: int) -> Diagram:
    if name == "alpha":
        return persistence.alpha(c, max_dim=max_dim, field=field)
    if name == "dtm":
        return persistence.rips(
            c, max_dim=max_dim, field=field, weights=persistence.distance_to_measure(c, arguments["neighbors"])
        )
    threshold = None if arguments["threshold"] == float("inf") else arguments["threshold"]
    return persistence.rips(c, max_dim=max_dim, field=field, threshold=threshold)


def _filter(c: Complex, name: str, arguments: dict[str, Any], superlevel: bool) -> Tensor | dict[int, Tensor]:
    if name == "degree":
        return filters.degree(c)
    if name == "heat":
        return filters.heat(c, arguments["time"])[:, 0]
    if name == "height":
        return filters.coordinate(c, **arguments)
    rank = arguments["rank"]
    values = _channel(c, arguments["name"], arguments["channel"], rank)
    return values if rank == 0 else _down(c, values, rank, superlevel)


def _channel(c: Complex, name: str, channel: int, rank: int) -> Tensor:
    if not 0 <= rank <= c.rank or name not in c[rank]:
        have = ", ".join(f"{key} of rank {r}" for r in range(c.rank + 1) for key in c[r].keys())  # noqa: SIM118
        raise SpecError(
            f"{name} of rank {rank} should be a tensor of the data, but it has {have or 'none'}; another rank is "
            "written values:NAME:rank=1"
        )
    if c.is_odd(rank, name):
        raise SpecError(
            f"{name} of rank {rank} should be even, but changes its sign with the orientation of cells, and so would "
            "the diagram; take its absolute value"
        )
    values: Tensor = c[rank][name].reshape(c.sizes[rank], -1)
    if not 0 <= channel < values.shape[1]:
        raise SpecError(f"channel should be one of the {values.shape[1]} of {name} of rank {rank}, but is {channel}")
    return values[:, channel].to(torch.float64 if values.dtype == torch.float64 else torch.float32)


def _down(c: Complex, values: Tensor, rank: int, superlevel: bool) -> dict[int, Tensor]:
    """Let the faces of valued cells come with the first of them; a face of none comes with the first of all."""
    found, sign = {rank: values}, -1.0 if superlevel else 1.0
    first = (sign * values).min() if len(values) else values.new_zeros(())
    for low in range(rank):
        pattern = c.resolve(incident(low, rank)).matrix.pattern
        least = kernels.aggregate(pattern, sign * values, "min")
        found[low] = sign * torch.where(pattern.degrees > 0, least, first)
    return found


def _image_sizes(c: Complex) -> list[tuple[int, int]] | None:
    """Give rows and columns of every component where all are full images with a vertex for each pixel."""
    if c.domain != "cell" or c.rank != 2 or "pos" not in c[0] or c[0].pos.shape[1] != 2:
        return None
    counts = torch.bincount(c.component_of(0), minlength=len(c))
    sides = torch.zeros(len(c), 2, dtype=c[0].pos.dtype)
    sides = sides.scatter_reduce(0, c.component_of(0)[:, None].expand(-1, 2), c[0].pos, "amax", include_self=False) + 1
    whole = bool((sides.prod(1) == counts).all()) and bool((c.faces(2, 1).pattern.degrees == 4).all())
    return [(int(rows), int(columns)) for columns, rows in sides.tolist()] if whole else None


def _images(c: Complex, values: Tensor) -> list[Tensor]:
    sizes = _image_sizes(c)
    if sizes is None:
        raise SpecError("pixels should be those of images with a vertex for each, but the data holds something else")
    cut = torch.split(values, [rows * columns for rows, columns in sizes])
    return [flat.reshape(size) for flat, size in zip(cut, sizes, strict=True)]
