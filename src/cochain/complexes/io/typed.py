"""From a draft to a complex: every column typed, its tensors attached, its names kept in the schema."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.columns import PARTS, Column, Series, infer, parse, refuse_two_labels, split_header
from cochain.complexes.io.draft import Cell, Draft
from cochain.complexes.schema import Schema
from cochain.errors import DataError


@dataclass(frozen=True)
class Typed:
    """A complex and how each column of its file was understood."""

    complex_: Complex
    """With tensors and schema."""
    columns: tuple[Column, ...]
    """In the order of the file, nodes first."""
    notes: tuple[str, ...]
    """What was decided on the way."""
    losses: tuple[str, ...]
    """What was merged or left out."""


def type_draft(draft: Draft, expect: Schema | None = None) -> Typed:
    """Type the columns of a draft.

    Args:
        draft: from a reader.
        expect: the schema of data read before; a column that it names is read as it was then.

    Raises:
        DataError: for a column whose meaning is not clear; the message says how to settle it.
    """
    pairs: list[tuple[Column, Series]] = []
    for place, columns in draft.columns.items():
        pairs += _infer_place(draft, place, columns, expect)
    refuse_two_labels([column for column, _ in pairs], draft.origin)
    complex_ = draft.complex_
    for place in draft.columns:
        own = [(column, series) for column, series in pairs if column.place == place]
        complex_ = _attach(complex_, place, own, draft.origin.get(place, "the data"))
    return Typed(complex_, tuple(column for column, _ in pairs), draft.notes, draft.losses)


def _infer_place(
    draft: Draft, place: Place, columns: "dict[str, list[Cell]] | object", expect: Schema | None
) -> list[tuple[Column, Series]]:
    assert isinstance(columns, dict)
    where = draft.origin.get(place, "the data")
    flat: dict[str, list[Cell]] = {}
    for header, values in columns.items():
        flat.update(_spread(header, values))
    named = [(*split_header(header, where), values) for header, values in flat.items()]
    names = tuple(name for name, _, _ in named)
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise DataError(
            f"{where}: every column should have a name of its own, but two are called '{twice}'; rename one"
        )
    out = []
    beside = frozenset(name.lower() for name in names)
    for name, stated, values in named:
        series = parse(name, values, where) if stated != "ignore" else Series(name, [], None, False, False, 0, 0)
        role = stated or _expected(place, name, expect) or draft.roles.get(place, {}).get(name)
        whole = _everywhere(draft, where, name, values)
        judged = series if whole is values or role == "ignore" else parse(name, whole, where)
        out.append((infer(judged, place, role, where, beside), series))
    return out


def _everywhere(draft: Draft, where: str, name: str, values: list[Cell]) -> list[Cell]:
    """Give all values of a column that a table of cells has for several ranks: it means the same on each."""
    holders = [place for place, origin in draft.origin.items() if origin == where]
    if len(holders) == 1:
        return values
    parts = [
        own
        for place in holders
        for header, own in draft.columns.get(place, {}).items()
        if split_header(header, where)[0] == name
    ]
    return [value for part in parts for value in part] if len(parts) > 1 else values


def _spread(header: str, values: list[Cell]) -> dict[str, list[Cell]]:
    """Give a column of lists of one length as one column for each entry; anything else as it is."""
    lists = [value for value in values if isinstance(value, list)]
    widths = {len(value) for value in lists}
    if not lists or len(widths) > 1 or any(value is not None and not isinstance(value, list) for value in values):
        return {header: values}
    name, role = split_header(header, "the data")
    ending = f":{role}" if role else ""
    return {
        f"{name}.{k}{ending}": [None if value is None else value[k] for value in values]  # type: ignore[index]
        for k in range(widths.pop())
    }


def _expected(place: Place, name: str, expect: Schema | None) -> str | None:
    if expect is None:
        return None
    channels = expect.features.get(place, ())
    if name in channels:
        return "number"
    if any(channel.startswith(f"{name}=") for channel in channels):
        return "category"
    if name in expect.labels.get(place, ()):
        return "label" if place in expect.classes else "target"
    return None


def _attach(complex_: Complex, place: Place, columns: list[tuple[Column, Series]], where: str) -> Complex:
    rows = len(complex_) if place == "whole" else complex_.sizes[place]
    schema = complex_.schema or Schema()
    by_role: dict[str, list[tuple[Column, Series]]] = {}
    for column, series in columns:
        by_role.setdefault(column.role, []).append((column, series))
    names, x = _features(by_role.get("number", []), by_role.get("category", []), columns, rows)
    if names:
        cells = complex_.whole if place == "whole" else complex_[place]
        if "x" in cells:
            have = schema.features.get(place, tuple(f"x{k}" for k in range(cells.x.shape[1])))
            names, x = (*have, *names), torch.cat([cells.x.float(), x], dim=1)
        complex_ = complex_.with_schema(None).with_cochain(place, "x", x)
        schema = replace(schema, features={**schema.features, place: names})
    complex_, schema = _attach_labels(complex_, place, by_role, schema, where)
    for role, name in (("position", "pos"), ("weight", "weight"), ("split", "split")):
        if role in by_role:
            complex_ = complex_.with_cochain(place, name, _plain(by_role[role], role, where))
    return complex_.with_schema(schema if schema != Schema() else None)


def _features(
    numbers: list[tuple[Column, Series]],
    categories: list[tuple[Column, Series]],
    order: list[tuple[Column, Series]],
    rows: int,
) -> tuple[tuple[str, ...], Tensor]:
    """Give the channels in the order of the columns."""
    names: list[str] = []
    parts: list[np.ndarray] = []
    chosen = {id(series) for _, series in (*numbers, *categories)}
    for column, series in order:
        if id(series) not in chosen:
            continue
        if column.role == "number":
            values = series.numbers if series.numbers is not None else np.full(rows, np.nan)
            missing = np.isnan(values)
            names.append(column.name)
            parts.append(np.where(missing, 0, values).astype(np.float32)[:, None])
            if missing.any():
                names.append(f"{column.name}?")
                parts.append(missing.astype(np.float32)[:, None])
        else:
            names += [f"{column.name}={value}" for value in column.values]
            codes = _codes(series, column.values)
            parts.append((codes[:, None] == np.arange(len(column.values))).astype(np.float32))
    if not names:
        return (), torch.zeros(rows, 0)
    return tuple(names), torch.from_numpy(np.concatenate(parts, axis=1))


def _codes(series: Series, values: tuple[str, ...]) -> np.ndarray:
    index: dict[str | None, int] = {value: k for k, value in enumerate(values)}
    return np.fromiter((index.get(text, -1) for text in series.texts), np.int64, len(series.texts))


def _attach_labels(
    complex_: Complex, place: Place, by_role: dict[str, list[tuple[Column, Series]]], schema: Schema, where: str
) -> tuple[Complex, Schema]:
    labels, targets = by_role.get("label", []), by_role.get("target", [])
    if labels and targets:
        raise DataError(
            f"{where}: labels should be either classes or numbers, but '{labels[0][0].name}' holds classes and "
            f"'{targets[0][0].name}' numbers; call one of them :ignore"
        )
    if not labels and not targets:
        return complex_, schema
    names = tuple(column.name for column, _ in (*labels, *targets))
    schema = replace(schema, labels={**schema.labels, place: names})
    if len(labels) == 1:
        column, series = labels[0]
        schema = replace(schema, classes={**schema.classes, place: column.values})
        return complex_.with_cochain(place, "y", _codes(series, column.values)), schema
    for column, _ in labels:
        if not set(column.values) <= {"0", "1", "true", "false", "yes", "no"}:
            raise DataError(
                f"{where}: several labels should each hold 0 or 1, but '{column.name}' holds {column.values[0]!r:.40}; "
                "keep one label, and call the others :ignore"
            )
    return complex_.with_cochain(place, "y", _stack(labels + targets)), schema


def _stack(columns: list[tuple[Column, Series]]) -> np.ndarray:
    parts = [s.numbers if s.numbers is not None else np.full(len(s.texts), np.nan) for _, s in columns]
    return np.stack(parts, axis=1).astype(np.float32)


def _plain(columns: list[tuple[Column, Series]], role: str, where: str) -> np.ndarray:
    if role == "split":
        parts = [
            np.fromiter((-1 if text is None else _part(text, c, where) for text in s.texts), np.int8, len(s.texts))
            for c, s in columns
        ]
        return np.stack(parts, axis=1)
    values = _stack(columns)
    if role == "weight":
        values = np.nan_to_num(values, nan=1.0)
    unknown = np.argwhere(np.isnan(values))
    if len(unknown):
        raise DataError(
            f"{where}: column '{columns[unknown[0][1]][0].name}' should be known in every row, being a {role}, but is "
            f"missing in row {unknown[0][0] + 1}"
        )
    if role == "position":
        return values
    if len(columns) > 1:
        raise DataError(
            f"{where}: one column should hold the weights, but '{columns[0][0].name}' and '{columns[1][0].name}' do; "
            "call one of them :number"
        )
    return values[:, 0]


def _part(text: str, column: Column, where: str) -> int:
    found = PARTS.get(text.lower())
    if found is None:
        raise DataError(
            f"{where}: column '{column.name}' should hold train, validation, test or nothing, but holds {text!r:.40}"
        )
    return found
