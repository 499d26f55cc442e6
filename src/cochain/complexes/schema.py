"""What the channels of features and the numbers of classes mean: their names, kept with the complex.

A `Complex` holds numbers; where they came from a table, the names of its columns are worth keeping, so that a network
trained on one table refuses another that looks alike. `c.schema` is a `Schema` or None; readers set it with
`c.with_schema`, it stays through `select`, `union` of complexes that share it, `with_cochain`, `to`, `save` and `load`,
and says nothing about tensors that it does not name.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from cochain.complexes.cells import Place
from cochain.errors import ComplexError, DataError

if TYPE_CHECKING:
    from cochain.complexes.complex import Complex

Names = Mapping[Place, tuple[str, ...]]


@dataclass(frozen=True)
class Schema:
    """Names of the channels of `x`, of the columns of `y` and of the classes, each by place (a rank or "whole").

    A category in a column of text is one channel for each value, called `column=value`; `column?` is the channel that
    marks where a number is missing.
    """

    features: Names = field(default_factory=dict)
    """Names of the channels of `x`."""
    labels: Names = field(default_factory=dict)
    """Names of the columns that `y` was read from."""
    classes: Names = field(default_factory=dict)
    """Names of the classes that integer labels count, in their order."""

    def check(self, complex_: "Complex") -> None:
        """Check that the complex has as many channels as are named.

        Raises:
            ComplexError: with the first rank where the two differ.
        """
        for place, names in self.features.items():
            if place != "whole" and not 0 <= place <= complex_.rank:
                raise ComplexError(f"a schema should name ranks from 0 to {complex_.rank}, but names rank {place}")
            cells = complex_.whole if place == "whole" else complex_[place]
            width = cells.x.shape[1] if "x" in cells and cells.x.ndim == 2 else 0
            if width != len(names):
                raise ComplexError(
                    f"a schema should name the {width} channels of x on {place}, but names {len(names)}; "
                    "replace both together"
                )

    def after(self, place: Place, name: str, value: Tensor | None) -> "Schema":
        """Give what remains true when the tensor `name` on `place` is replaced, or taken away (None)."""
        if name == "x" and place in self.features:
            width = value.shape[1] if value is not None and value.ndim == 2 else 0
            if width != len(self.features[place]):
                return replace(self, features={k: v for k, v in self.features.items() if k != place})
        if name == "y" and value is None:
            labels, classes = ({k: v for k, v in each.items() if k != place} for each in (self.labels, self.classes))
            return replace(self, labels=labels, classes=classes)
        return self

    def to_json(self) -> str:
        """Give it as one line of JSON."""
        return json.dumps({part: {str(k): v for k, v in names.items()} for part, names in asdict(self).items()})

    @staticmethod
    def from_json(text: str) -> "Schema":
        """Read what `to_json` gave.

        Raises:
            ComplexError: for anything else.
        """
        try:
            found = json.loads(text)
            return Schema(*(_names(found[part]) for part in ("features", "labels", "classes")))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ComplexError(f"a schema should hold features, labels and classes, but {error!r:.80}") from error


def _names(given: Any) -> Names:
    out: dict[Place, tuple[str, ...]] = {}
    for place, names in given.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError(f"names on {place!r:.20} are no list of texts")
        out["whole" if place == "whole" else int(place)] = tuple(names)
    return out


def align(complex_: "Complex", schema: Schema) -> "Complex":
    """Bring features and classes into the order of a schema that a network was trained with.

    Channels are matched by name. A category that does not occur here is zero everywhere; so is a mark of missing
    numbers where none is missing. Classes get the numbers of the schema.

    Raises:
        DataError: for a column that is missing, one that the schema does not know, a category or class never seen; or
            when this complex has no names while the schema names some.
    """
    own = complex_.schema or Schema()
    for place, names in schema.features.items():
        complex_ = _align_features(complex_, place, own.features.get(place, ()), names)
    for place, names in own.features.items():
        if place not in schema.features and names:
            raise DataError(f"{_where(place)} should have no features, as in training, but has {_listed(names)}")
    for place, names in schema.classes.items():
        if place in own.classes:
            complex_ = _align_classes(complex_, place, own.classes[place], names)
    return complex_.with_schema(schema)


def _align_features(complex_: "Complex", place: Place, have: tuple[str, ...], want: tuple[str, ...]) -> "Complex":
    unknown = [name for name in have if name not in want]
    if unknown:
        base = unknown[0].split("=")[0].removesuffix("?")
        known = [name for name in want if name.split("=")[0].removesuffix("?") == base]
        but = f"has '{unknown[0]}', of which training knew {_listed(tuple(known))}" if known else f"has '{unknown[0]}'"
        raise DataError(f"{_where(place)} should have the features {_listed(want)}, as in training, but {but}")
    columns = {name.split("=")[0] for name in have if "=" in name}
    for name in want:
        if name not in have and not name.endswith("?") and name.split("=")[0] not in columns:
            raise DataError(
                f"{_where(place)} should have the feature '{name.split('=')[0]}', as in training, but has "
                f"{_listed(have)}; add the column, with the same name and type"
            )
    if have == want:
        return complex_
    cells = complex_.whole if place == "whole" else complex_[place]
    index = {name: k for k, name in enumerate(have)}
    source = torch.tensor([index.get(name, len(have)) for name in want], dtype=torch.int64, device=complex_.device)
    padded = torch.cat([cells.x, cells.x.new_zeros(len(cells.x), 1)], dim=1)
    odd = complex_.is_odd(place)
    return complex_.with_schema(None).with_cochain(place, "x", padded[:, source], odd=odd)


def _align_classes(complex_: "Complex", place: Place, have: tuple[str, ...], want: tuple[str, ...]) -> "Complex":
    cells = complex_.whole if place == "whole" else complex_[place]
    unknown = [name for name in have if name not in want]
    if unknown:
        raise DataError(
            f"the classes on {_where(place)} should be among {_listed(want)}, as in training, but one is '{unknown[0]}'"
        )
    codes = torch.tensor([*map(want.index, have), -1], device=cells.y.device)
    known = torch.where(cells.y >= 0, cells.y, len(have))
    return complex_.with_cochain(place, "y", codes[known])


def _where(place: Place) -> str:
    return "each component" if place == "whole" else f"rank {place}"


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:8])
    return (shown + (f" and {len(names) - 8} more" if len(names) > 8 else "")) or "none"
