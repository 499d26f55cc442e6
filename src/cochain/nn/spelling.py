"""Sets of neighbourhoods as text, for options of models and the command line."""

from cochain.complexes.neighborhood import Neighborhood, incident, lower, upper
from cochain.errors import SpecError


def read_neighborhoods(text: str) -> list[Neighborhood]:
    """Read names with spaces between: upper:r, lower:r, or t:s for what rank t hears from incident cells of rank s.

    Args:
        text: such as "upper:0 1:0 0:1"; ranks from 0 to 2.

    Raises:
        SpecError: when a name is none of these.
    """
    return [_read(name) for name in text.split()]


def _read(name: str) -> Neighborhood:
    first, _, second = name.partition(":")
    if second in ("0", "1", "2") and name not in ("lower:0", "upper:2"):
        if first in ("upper", "lower"):
            return (upper if first == "upper" else lower)(int(second))
        if first in ("0", "1", "2") and first != second:
            return incident(int(first), int(second))
    raise SpecError(
        "a neighbourhood should be upper:0, upper:1, lower:1, lower:2, or target:source with two of the ranks 0, 1 "
        f"and 2, such as 0:1, but is {name!r}"
    )
