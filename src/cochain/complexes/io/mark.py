"""What our own files of foreign formats say of themselves, so that reading them guesses nothing.

A JSON object in the metadata: the domain, the nodes of each component, the role of every column, the columns of whole
components. A file without it, or with a damaged one, is read like any other.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.columns import ROLES
from cochain.complexes.io.draft import Cell
from cochain.complexes.io.outgoing import Outgoing
from cochain.complexes.structure import DOMAINS

Mark = Mapping[str, Any]


def mark_for(complex_: Complex, roles: Mapping[str, Mapping[str, str]], whole: Outgoing) -> dict[str, Any]:
    """Give the mark of a complex whose cells have columns of these roles."""
    return {
        "domain": complex_.domain,
        "components": complex_.offsets(0).diff().tolist(),
        "roles": {**roles, "whole": whole.roles},
        "whole": whole.columns,
    }


def mark_of(metadata: Any) -> Mark:
    """Find the mark in metadata; empty where there is none."""
    mark = metadata.get("cochain") if isinstance(metadata, dict) else None
    return mark if isinstance(mark, dict) and mark.get("domain") in DOMAINS else {}


def mark_components(mark: Mark, nodes: int) -> np.ndarray:
    """Give the nodes of each component: one component, unless the mark says otherwise and fits."""
    given = mark.get("components")
    if isinstance(given, list) and given and all(type(n) is int and 0 <= n <= nodes for n in given):
        return np.array(given) if sum(given) == nodes else np.array([nodes])
    return np.array([nodes])


def mark_roles(mark: Mark) -> dict[Place, dict[str, str]]:
    """Give the roles of columns by place."""
    given = mark.get("roles")
    out: dict[Place, dict[str, str]] = {}
    for place, roles in given.items() if isinstance(given, dict) else ():
        if isinstance(roles, dict) and (place == "whole" or (place.isascii() and place.isdecimal() and len(place) < 3)):
            known = {name: role for name, role in roles.items() if role in ROLES}
            out["whole" if place == "whole" else int(place)] = known
    return out


def with_empty(
    columns: dict[Place, dict[str, list[Cell]]], roles: Mapping[Place, Mapping[str, str]], complex_: Complex
) -> None:
    """Put the columns in the order of the mark, with those that no cell has a value in."""
    for place, own in roles.items():
        if place == "whole" or place <= complex_.rank:
            rows = len(complex_) if place == "whole" else complex_.sizes[place]
            have = columns.get(place, {})
            columns[place] = {**{name: have.get(name) or [None] * rows for name in own}, **have}


def mark_whole(mark: Mark, components: int) -> dict[Place, dict[str, list[Cell]]]:
    """Give the columns of whole components."""
    given = mark.get("whole")
    if isinstance(given, dict) and all(isinstance(v, list) and len(v) == components for v in given.values()):
        return {"whole": given} if given else {}
    return {}
