"""Drafts: a complex whose columns of text and numbers have not been given their meaning yet.

Readers of tables, HIF and GraphML give drafts. What a column is can only be told from all its values, so the drafts of
a folder are joined first and typed together: a category that one file lacks is still a channel there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex

Cell = str | int | float | bool | list[Any] | dict[str, Any] | None
Columns = Mapping[Place, Mapping[str, list[Cell]]]
MOST_LINES = 20
"""Notes of the files of a folder that are kept; a thousand files may have a thousand."""


@dataclass(frozen=True)
class Draft:
    """A structure with untyped columns beside it."""

    complex_: Complex
    """The structure, with tensors whose meaning is certain (positions, for example)."""
    columns: Columns = field(default_factory=dict)
    """For each rank, and for "whole", the columns by name: one value per cell, None where there is none."""
    notes: tuple[str, ...] = ()
    """What the reader decided, as sentences without full stop."""
    losses: tuple[str, ...] = ()
    """What it merged or left out; reading warns of these."""
    roles: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)
    """Roles that the file itself states, by place and column."""
    origin: Mapping[Place, str] = field(default_factory=dict)
    """File that the columns of a place come from, for messages."""
    names: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    """What the file calls the cells of a rank, or the components, in their order, where it names them."""


def join(drafts: Sequence[Draft]) -> Draft:
    """Join drafts of one domain into one; a column that a draft lacks is missing in all its cells.

    Raises:
        ComplexError: when the domains differ.
    """
    if len(drafts) == 1:
        return drafts[0]
    whole = Complex.union([draft.complex_ for draft in drafts])
    columns: dict[Place, dict[str, list[Cell]]] = {}
    places: list[Place] = [*range(whole.rank + 1), "whole"]
    for place in places:
        names = dict.fromkeys(name for draft in drafts for name in draft.columns.get(place, {}))
        columns[place] = {name: [] for name in names}
        for draft in drafts:
            rows = _rows(draft.complex_, place)
            own = draft.columns.get(place, {})
            for name, column in columns[place].items():
                column.extend(own[name] if name in own else [None] * rows)
    notes = _join_lines(note for draft in drafts for note in draft.notes)
    losses = _join_lines(loss for draft in drafts for loss in draft.losses)
    roles: dict[Place, dict[str, str]] = {}
    origin: dict[Place, str] = {}
    for draft in drafts:
        for place, own_roles in draft.roles.items():
            roles.setdefault(place, {}).update(own_roles)
        for place, name in draft.origin.items():
            origin.setdefault(place, name)
    return Draft(whole, columns, notes, losses, roles, origin, _join_names(drafts, places))


def _join_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Give each line once, and add up the counts of lines that differ by the number they begin with alone."""
    totals: dict[str, int | None] = {}
    for line in lines:
        count, _, rest = line.partition(" ")
        if count.isdecimal():
            totals[rest] = (totals.get(rest) or 0) + int(count)
        else:
            totals[line] = None
    found = [text if total is None else f"{total} {text}" for text, total in totals.items()]
    return (*found[:MOST_LINES], *([f"and {len(found) - MOST_LINES} more"] if len(found) > MOST_LINES else []))


def _join_names(drafts: Sequence[Draft], places: Sequence[Place]) -> dict[Place, tuple[str, ...]]:
    """Join names; the cells of a draft without names are called by their numbers in it."""
    return {
        place: tuple(
            name
            for draft in drafts
            for name in draft.names.get(place, tuple(map(str, range(_rows(draft.complex_, place)))))
        )
        for place in places
        if any(place in draft.names for draft in drafts)
    }


def _rows(complex_: Complex, place: Place) -> int:
    if place == "whole":
        return len(complex_)
    return complex_.sizes[place] if place <= complex_.rank else 0
