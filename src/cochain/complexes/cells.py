"""The tensors on the cells of one rank."""

from typing import TYPE_CHECKING, Literal, NoReturn

from torch import Tensor

from cochain.errors import UnknownNameError, unknown_name

if TYPE_CHECKING:
    from cochain.complexes.complex import Complex

Place = int | Literal["whole"]
Key = tuple[Place, str]


def is_tensor_name(name: object) -> bool:
    """Whether a tensor may have this name, so that `c[0].name` finds it."""
    return isinstance(name, str) and name.isidentifier() and not name.startswith("_") and name != "keys"


class MissingTensorError(UnknownNameError, AttributeError):
    """A tensor that a rank does not have: an `AttributeError` too, so that `hasattr(c[0], name)` answers."""


class Cells:
    """The tensors on the cells of one rank, or on whole components: `c[1].x`, `c.whole.y`."""

    __slots__ = ("_complex", "_place")

    def __init__(self, complex_: "Complex", place: Place) -> None:
        self._complex = complex_
        self._place = place

    def __getattr__(self, name: str) -> Tensor:
        if name.startswith("_"):  # no tensor's; while copying, `_complex` itself is not there yet
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Tensor:
        found = self._complex._find((self._place, name))
        if found is None:
            self._refuse(name)
        return found

    def __contains__(self, name: str) -> bool:
        return (self._place, name) in self._complex._names

    def __iter__(self) -> NoReturn:
        raise TypeError("cells are not iterable; ask for .keys()")

    def __len__(self) -> int:
        return self._complex._rows(self._place)

    def __dir__(self) -> list[str]:
        return [*self.keys(), "keys"]

    def keys(self) -> list[str]:
        """Names of the tensors, in alphabetic order."""
        return sorted(name for place, name in self._complex._names if place == self._place)

    def _refuse(self, name: str) -> NoReturn:
        where = "the whole" if self._place == "whole" else f"rank {self._place}"
        known = self.keys()
        if not known:
            raise MissingTensorError(f"{where} has no tensor '{name}', nor any other; add one with c.with_cochain(...)")
        raise MissingTensorError(str(unknown_name(f"tensor of {where}", str(name), known)))

    def __repr__(self) -> str:
        tensors = ", ".join(f"{k}: {tuple(self[k].shape)}" for k in self.keys())
        return f"Cells({self._place}, {len(self)} rows, {{{tensors}}})"
