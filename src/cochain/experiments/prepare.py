"""From the data to what a model reads: lift, floating type, parity."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from cochain.catalog import Entry, entry
from cochain.complexes import Complex
from cochain.errors import SpecError
from cochain.experiments.lifting import apply_lift, canonical_lift, choose_lift
from cochain.experiments.scaling import Scales, apply_scales, measure_scales
from cochain.models.build import model_class

PROBES = 16
PROBE_SEED = 0


@dataclass(frozen=True)
class Prepared:
    """A complex as a model reads it."""

    complex_: Complex
    """Lifted, with floating features, odd and even where the model wants them so."""
    lift: str
    """The lift, in its canonical spelling; empty for none."""
    warnings: tuple[str, ...]
    """What was changed on the way that a reader of the score should know."""
    probes: bool = False
    """Whether random probes stand in for odd features."""
    scales: Scales = field(default_factory=dict)
    """What the numbers of tables were shifted and divided by."""


def lift_for(name: str, complex_: Complex, given: str | None) -> str:
    """Give the lift of a model: the given one, or the one that it needs; empty for none."""
    row = entry(name)
    if given is not None:
        return canonical_lift(given)
    return choose_lift(complex_, row, max(model_class(row).ranks))


class Workshop:
    """Prepares one complex for several models, each lift made once.

    Args:
        complex_: the data.
        dtype: floating type of the features.
        probes: whether probes stand in for odd features; by default they do where nothing odd is heard.
        scales: what the numbers of tables are shifted and divided by, as in training; by default what they measure.
    """

    def __init__(
        self,
        complex_: Complex,
        dtype: torch.dtype = torch.float32,
        probes: bool | None = None,
        scales: Scales | None = None,
    ) -> None:
        self.scales = measure_scales(complex_) if scales is None else scales
        self.complex_ = apply_scales(complex_, self.scales)
        self.dtype = dtype
        self.probes = probes
        self._lifted: dict[tuple[str, str | None], Complex] = {}
        self._prepared: dict[tuple[str, tuple[int, ...], tuple[int, ...]], Prepared] = {}

    def prepare(self, name: str, lift: str, target: int | str) -> Prepared:
        """Give what a model reads.

        Args:
            name: name in the catalog.
            lift: the lift, from `lift_for`.
            target: where the labels are; they should be there after the lift.

        Raises:
            SpecError: when the lift leaves the labels behind.
            ComplexError: when the complex cannot be lifted.
        """
        row = entry(name)
        ranks = tuple(model_class(row).ranks)
        key = (lift, ranks, row.probes)
        if key not in self._prepared:
            self._prepared[key] = self._make(row, ranks, lift, target)
        return self._prepared[key]

    def _make(self, row: Entry, ranks: tuple[int, ...], lift: str, target: int | str) -> Prepared:
        lifted = self._lift(lift, None if row.probes else "mean")
        _check_labels(self.complex_, lifted, lift, target)
        complex_, warnings = _with_nodes(lifted)
        for rank in range(1, complex_.rank + 1):
            complex_, note = _with_parity(complex_, rank, odd=rank in row.probes)
            warnings += note
        probes = not _has_odd_signal(complex_, ranks) if self.probes is None else self.probes
        probes = bool(row.probes) and probes
        if probes:
            complex_ = _with_probes(complex_, row.probes)
            warnings.append(
                "random probes stand in for odd features: no flows are given, and nodes are all alike or not read"
            )
        names = getattr(model_class(row), "names", {})
        return Prepared(_floating(complex_, names, self.dtype), lift, tuple(warnings), probes, self.scales)

    def _lift(self, lift: str, features: str | None) -> Complex:
        if not lift:
            return self.complex_
        key = (lift, features)
        if key not in self._lifted:
            self._lifted[key] = apply_lift(self.complex_, lift, features)
        return self._lifted[key]


def _check_labels(before: Complex, after: Complex, lift: str, target: int | str) -> None:
    if target == "whole":
        return
    rank = int(target)
    if rank > after.rank or ("y" in before[rank]) != ("y" in after[rank]) or before.sizes[rank] != after.sizes[rank]:
        raise SpecError(
            f"the labels on rank {target} should stay where they are, but the lift {lift} replaces the cells of that "
            "rank; choose another lift, or leave this model out"
        )


def _with_nodes(complex_: Complex) -> tuple[Complex, list[str]]:
    """Let positions stand in where nodes have no features."""
    if "x" in complex_[0] or "pos" not in complex_[0]:
        return complex_, []
    return complex_.with_cochain(0, "x", complex_[0].pos), ["positions stand in for the features of the nodes"]


def _with_parity(complex_: Complex, rank: int, odd: bool) -> tuple[Complex, list[str]]:
    """Take even features away where odd ones are read, and of odd ones the size where even ones are read."""
    if "x" not in complex_[rank] or complex_.is_odd(rank) == odd:
        return complex_, []
    if odd:
        note = f"the even features of rank {rank} are not read, since the model reads odd ones there"
        return complex_.without_cochain(rank, "x"), [note]
    value = complex_[rank].x.abs()
    return complex_.with_cochain(rank, "x", value), [f"of the odd features of rank {rank} the absolute value is read"]


def _has_odd_signal(complex_: Complex, ranks: tuple[int, ...]) -> bool:
    """Whether anything odd can be heard: odd features on a rank, or differences between nodes along an edge."""
    if any("x" in complex_[rank] and complex_.is_odd(rank) for rank in ranks if rank > 0):
        return True
    return (
        0 in ranks and "x" in complex_[0] and complex_.sizes[0] > 0 and bool((complex_[0].x != complex_[0].x[:1]).any())
    )


def _with_probes(complex_: Complex, ranks: tuple[int, ...]) -> Complex:
    from cochain.lift import probes

    for rank in ranks:
        if rank <= complex_.rank:
            complex_ = probes(complex_, rank, PROBES, PROBE_SEED)
    return complex_


def _floating(complex_: Complex, names: Mapping[int, tuple[str, ...]], dtype: torch.dtype) -> Complex:
    """Give every tensor that a model may read the floating type of the run, and nodes without features a constant."""
    if "x" not in complex_[0]:
        complex_ = complex_.with_cochain(0, "x", torch.ones(complex_.sizes[0], 1, dtype=dtype))
    for rank in range(complex_.rank + 1):
        for name in {"x", *names.get(rank, ())}:
            if name not in complex_[rank]:
                continue
            value = complex_[rank][name]
            if value.dtype != dtype or value.ndim != 2:
                flat = value.reshape(value.shape[0], -1).to(dtype)
                complex_ = complex_.with_cochain(rank, name, flat, odd=complex_.is_odd(rank, name))
    return complex_
