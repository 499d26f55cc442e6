"""How a complex prints."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from cochain.complexes.complex import Complex


def describe(complex_: "Complex") -> str:
    """Give one line: domain, components, cells per rank, tensors."""
    cells = ", ".join(f"{n} of rank {k}" for k, n in enumerate(complex_.sizes))
    many = f"{len(complex_)} components, " if len(complex_) != 1 else ""
    tensors = ", ".join(f"{_place(place)}.{name} {_shape(complex_, place, name)}" for place, name in _ordered(complex_))
    return f"Complex({complex_.domain}, {many}{cells}{'; ' + tensors if tensors else ''})"


def table(complex_: "Complex") -> "Table":
    """Give a rich table: one row per rank and one for the whole."""
    from rich.table import Table

    title = f"{complex_.domain} complex, {len(complex_)} component{'s' if len(complex_) != 1 else ''}"
    out = Table(title=title, title_justify="left")
    out.add_column("rank")
    out.add_column("cells", justify="right")
    out.add_column("tensors")
    for rank, size in enumerate(complex_.sizes):
        names = [f"{name} {_shape(complex_, rank, name)}" for name in sorted(complex_[rank].keys())]
        out.add_row(str(rank), f"{size:,}", ", ".join(names))
    names = [f"{name} {_shape(complex_, 'whole', name)}" for name in sorted(complex_.whole.keys())]
    if names:
        out.add_row("whole", f"{len(complex_):,}", ", ".join(names))
    return out


def _ordered(complex_: "Complex") -> list[tuple[int | str, str]]:
    return sorted(complex_._names, key=lambda key: (key[0] == "whole", str(key[0]), key[1]))


def _place(place: int | str) -> str:
    return "whole" if place == "whole" else f"[{place}]"


def _shape(complex_: "Complex", place: int | str, name: str) -> str:
    value = complex_._find((place, name))  # type: ignore[arg-type]
    assert value is not None
    shape = "x".join(map(str, value.shape[1:])) or "1"
    odd = " odd" if complex_.is_odd(place, name) else ""  # type: ignore[arg-type]
    return f"{shape} {str(value.dtype).removeprefix('torch.')}{odd}"
