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
        ShapeError: when `out` is left to labels that do not tell it.
        SpecError: when the target is no place of the complex, or a size, probability or seed is none.
    """
    row = entry(name if isinstance(name, str) else repr(name))
    model = model_class(row)
    if not isinstance(complex, Complex):
        raise SpecError(f"a model should be built for a Complex, but is given a {type(complex).__name__}")
    target = default_target(complex) if target is None else target
    _check_target(target, complex)
    given = {k: v for k, v in {"hidden": hidden, "layers": layers}.items() if v is not None}
    if options is not None and not isinstance(options, Mapping):
        raise SpecError(f"options should be a mapping from names to values, but is {options!r:.60}")
    chosen = dict(row.options) | given | dict(options or {})
    known = {f.name for f in fields(model.Config)}
    for option in chosen:
        if option not in known:
            raise unknown_name(f"option of {row.name}", option, known)
    width = default_out(complex, target) if out is None else out
    _check_numbers(chosen, width, seed)
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
    """Give the number of classes (integer labels) or of columns (floating labels, and truth values)."""
    place = complex_.whole if target == "whole" else complex_[int(target)]
    if "y" not in place:
        raise ShapeError(f"out should be given, since the complex has no labels 'y' on {target}")
    y = place.y
    if y.ndim > 2:
        raise ShapeError(f"labels 'y' should be (cells,) or (cells, columns), but have shape {tuple(y.shape)}")
    if y.is_floating_point() or y.dtype == torch.bool:
        return 1 if y.ndim == 1 else int(y.shape[1])
    classes = int(y.max()) + 1 if y.numel() else 0
    if classes < 1:
        raise ShapeError(f"out should be given, since none of the labels 'y' on {target} names a class")
    return classes


def _check_numbers(chosen: Mapping[str, Any], out: object, seed: object) -> None:
    """Refuse sizes that no network has, before torch speaks of tensors that cannot be made."""
    for name, value in {"hidden": chosen.get("hidden", 1), "layers": chosen.get("layers", 1), "out": out}.items():
        least = 0 if name == "layers" else 1
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise SpecError(f"{name} should be an integer >= {least}, but is {value!r}")
    dropout = chosen.get("dropout", 0.0)
    if not isinstance(dropout, int | float) or not 0 <= dropout <= 1:
        raise SpecError(f"dropout should be a probability from 0 to 1, but is {dropout!r}")
    if seed is not None and (not isinstance(seed, int) or not -(2**63) <= seed < 2**64):
        raise SpecError(f"seed should be an integer of at most 64 bits, but is {seed!r}")


def _check_target(target: int | str, complex_: Complex) -> None:
    if target == "whole" or (isinstance(target, int) and not isinstance(target, bool) and 0 <= target <= complex_.rank):
        return
    raise SpecError(f"target should be 'whole' or a rank from 0 to {complex_.rank}, but is {target!r}")
