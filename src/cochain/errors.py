"""The errors that Cochain raises on purpose. A traceback of any other kind is a bug.

    CochainError
    ├── ComplexError       a complex that does not hold together (dangling index, B B != 0, a broken file)
    ├── ShapeError         a tensor of the wrong shape, type or size for its place
    ├── ParityError        an odd cochain where only an even one keeps its meaning, or the reverse
    ├── UnknownNameError   a name that no table holds, with the nearest one that does
    ├── DataError          a data set that is missing, incomplete, altered or unreadable
    ├── LawError           a network that breaks a law it should keep
    └── SpecError          a run that cannot be described: options that contradict each other

Every message follows one pattern: what should be, what came, the likeliest cause or remedy.
"""

import difflib
from collections.abc import Iterable

MOST_NAMES = 40
"""Names that a message lists at most."""


class CochainError(Exception):
    """Root of every error that the library raises on purpose."""


class ComplexError(CochainError):
    """A complex that does not hold together."""


class ShapeError(CochainError, ValueError):
    """A tensor of the wrong shape, type or size for its place."""


class ParityError(CochainError, TypeError):
    """An odd cochain where an even one belongs, or the reverse."""


class UnknownNameError(CochainError, LookupError):
    """A name that no table holds."""


class DataError(CochainError):
    """A data set that is missing, incomplete, altered or unreadable."""


class LawError(CochainError, AssertionError):
    """A network that breaks a law it should keep."""


class SpecError(CochainError, ValueError):
    """A run that cannot be described."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a `name` that is no `kind`, with the nearest known name as the remedy."""
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    remedy = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names[:MOST_NAMES])}{more}"
    return UnknownNameError(f"no {kind} is called '{name}'; {remedy}")
