"""Functions with their arguments as texts, such as "clique:2" or "heat:time=10": what a command line can hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cochain.errors import SpecError, unknown_name

Argument = tuple[str, Callable[[str], Any], str]
"""Name, type, and the default; "" for none."""


class Choice:
    """An argument that is one of a few words."""

    def __init__(self, what: str, *words: str) -> None:
        self.what = what
        self.words = words

    def __call__(self, word: str) -> str:
        """Give the word, or refuse it with the nearest one."""
        if word not in self.words:
            raise unknown_name(self.what, word, self.words)
        return word


def truth(word: str) -> bool:
    """Read true or false."""
    if word.lower() not in ("true", "false"):
        raise ValueError(word)
    return word.lower() == "true"


@dataclass(frozen=True)
class Grammar:
    """What texts of one kind may say.

    Args:
        what: what a text names, for messages: a lift, a filtration.
        table: for each name its arguments.
    """

    what: str
    table: Mapping[str, tuple[Argument, ...]]

    def parse(self, text: str) -> tuple[str, dict[str, Any]]:
        """Read a name with arguments behind colons, in order or as name=value.

        Raises:
            UnknownNameError: for an unknown name, argument or choice, with the nearest one.
            SpecError: for too many arguments, one given twice, a missing one, or one of another type.
        """
        name, *given = text.split(":")
        if name not in self.table:
            raise unknown_name(self.what, name, self.table)
        words = self._words(name, given, text)
        values = {}
        for argument, convert, default in self.table[name]:
            word = words.get(argument, "") or default
            try:
                values[argument] = convert(word)
            except ValueError as error:
                came = f"is {word!r}" if word else "is missing"
                raise SpecError(f"{argument} of the {self.what} {name} should be {_a(convert)}, but {came}") from error
        return name, values

    def _words(self, name: str, given: list[str], text: str) -> dict[str, str]:
        """Give the word for each argument that has one, by its place or by its name."""
        known = [argument for argument, _, _ in self.table[name]]
        if len(given) > len(known):
            raise SpecError(f"a {self.what} should be written {':'.join([name, *known])}, but is {text!r}")
        words: dict[str, str] = {}
        for position, part in enumerate(given):
            before, equals, after = part.partition("=")
            argument, word = (before.strip(), after.strip()) if equals else (known[position], part.strip())
            if argument not in known:
                raise unknown_name(f"argument of the {self.what} {name}", argument, known)
            if argument in words:
                raise SpecError(
                    f"{argument} of the {self.what} {name} should be given once, but is given twice in {text!r}"
                )
            words[argument] = word
        return words


def _a(convert: Callable[[str], Any]) -> str:
    return {int: "a whole number", float: "a number", truth: "true or false"}.get(convert, "a word")
