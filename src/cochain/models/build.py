"""Build any model of the catalog for a complex, by name."""

from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from typing import Any

import torch
from torch import nn

from cochain.catalog import Entry, entry
from cochain.complexes import Complex
from cochain.errors import ComplexError, ShapeError, SpecError, unknown_name
from cochain.nn.network import choose_name


def build(
    name: str,
    complex: Complex,
    hidden: int | None = None,
    out: int | None = None,
    layers: int | None = None,
    target: int | str | None = None,
    seed: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> nn.Module:
    """Build a model of the catalog for a complex; `model(complex)` then runs it.

    Args:
        name: a name of the catalog, such as "gcn" or "cin".
        complex: the complex that it will read: its channels per rank decide the widths.
        hidden: channels of the hidden layers; by default the model's own.
        out: channels of the answer; by default the number of classes, or of columns, of the labels.
        layers: number of layers; by default the model's own.
        target: the rank of the answer, or "whole"; by default where the labels are, else the nodes.
        seed: draw the initial weights from this seed, leaving torch's global generator as it was.
        options: further fields of the model's config.

    Raises:
        UnknownNameError: when no model, or no option of the model, has this name.
        ComplexError: when the complex lacks a rank that the model reads.
    """
    row = entry(name)
    model = model_class(row)
    target = default_target(complex) if target is None else target
    _check_target(target, complex)
    given = {k: v for k, v in {"hidden": hidden, "layers": layers}.items() if v is not None}
    chosen = dict(row.options) | given | dict(options or {})
    known = {f.name for f in fields(model.Config)}
    for option in chosen:
        if option not in known:
            raise unknown_name(f"option of {row.name}", option, known)
    width = default_out(complex, target) if out is None else out
    try:
        config = model.Config(**chosen)
    except TypeError as error:
        raise SpecError(f"the options of {row.name} should fit {model.Config.__name__}, but {error}") from error
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        widths = widths_of(complex, model, row)
        return model(widths, width, target, config)  # type: ignore[no-any-return]


def model_class(row: Entry) -> Any:
    """Import the class of a catalog entry."""
    module, name = row.path.split(":")
    return getattr(import_module(module), name)


def widths_of(complex_: Complex, model: Any, row: Entry) -> dict[int, int]:
    """Give the channels of what stands on each rank that a model reads.

    Where nothing stands, an even rank will read a constant, one channel; an odd one has no channels of its own, since
    a constant is not odd, and hears from the other ranks.
    """
    missing = [rank for rank in model.ranks if rank > complex_.rank]
    if missing:
        raise ComplexError(
            f"'{row.name}' reads ranks {model.ranks}, but the top rank of this {complex_.domain} is {complex_.rank}; "
            f"lift it first, for example with cochain.lift.{row.lift or 'clique'}"
        )
    widths = {}
    for rank in model.ranks:
        name = choose_name(complex_, rank, getattr(model, "names", {}))
        empty = 0 if rank in getattr(model, "odd", ()) else 1
        widths[rank] = complex_.type_of(rank, name).channels if name else empty
    return widths


def default_target(complex_: Complex) -> int | str:
    """Give the place of the labels: "whole", or the lowest rank that has them, or the nodes."""
    if "y" in complex_.whole:
        return "whole"
    return next((rank for rank in range(complex_.rank + 1) if "y" in complex_[rank]), 0)


def default_out(complex_: Complex, target: int | str) -> int:
    """Give the number of classes (integer labels) or of columns (floating labels)."""
    place = complex_.whole if target == "whole" else complex_[int(target)]
    if "y" not in place:
        raise ShapeError(f"out should be given, since the complex has no labels 'y' on {target}")
    y = place.y
    if y.is_floating_point():
        return 1 if y.ndim == 1 else int(y.shape[1])
    return int(y.max()) + 1


def _check_target(target: int | str, complex_: Complex) -> None:
    if target == "whole" or (isinstance(target, int) and 0 <= target <= complex_.rank):
        return
    raise SpecError(f"target should be 'whole' or a rank from 0 to {complex_.rank}, but is {target!r}")
