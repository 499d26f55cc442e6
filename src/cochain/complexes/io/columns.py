"""What a column is: a number, a category, a label, a name. Told from its values and its header, never guessed.

| role | becomes | when |
| --- | --- | --- |
| number | one channel of `x`, 0 where missing and then a second channel `name?` that marks it | numbers, truth values |
| category | one channel of `x` for each value, `name=value` | text with repeating values, at most 32 of them |
| label | classes in `y`, -1 where missing | a column called y, label, labels, class or target, of classes |
| target | numbers in `y`, NaN where missing | a column of such a name, of numbers |
| position | a coordinate in `pos` | columns x, y, z together |
| weight | the tensor `weight`, 1 where missing | a column called weight |
| split | the tensor `split` | a column called split: train, validation, test |
| ignore | nothing, and it is said | names, free text, all values different |

A header may end in a role, `age:number`, `kind:category`, `outcome:label`, `note:ignore`; that settles it. A column of
few different whole numbers may be either a number or a category, so it has to be settled so.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cochain.complexes.cells import Place
from cochain.complexes.io.draft import Cell
from cochain.errors import DataError

ROLES = ("number", "category", "label", "target", "position", "weight", "split", "ignore")
LABEL_NAMES = ("y", "label", "labels", "class", "target")
KEY_NAMES = ("id", "name", "index", "key", "uuid")
MISSING = ("", "na", "n/a", "nan", "null", "?")
TRUTH = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}
PARTS = {"train": 0, "training": 0, "0": 0, "val": 1, "valid": 1, "validation": 1, "1": 1, "test": 2, "2": 2, "-1": -1}
MOST_CATEGORIES = 32
MOST_CODES = 20
MOST_CLASSES = 1000
LARGEST = 1e30  # beyond it a number would not fit into float32


@dataclass(frozen=True)
class Column:
    """What one column was understood as."""

    place: Place
    """The rank whose cells it describes, or "whole"."""
    name: str
    """Its name, without a role."""
    role: str
    """One of `ROLES`."""
    values: tuple[str, ...]
    """Its categories or classes, in order; empty for other roles."""
    why: str
    """The reason for the role."""


@dataclass(frozen=True)
class Series:
    """The values of a column, parsed."""

    name: str
    texts: list[str | None]
    """Every value as text, None where it is missing."""
    numbers: np.ndarray | None
    """Every value as float64, NaN where it is missing; None where some are no numbers."""
    whole: bool
    """Whether all are whole numbers, written as such."""
    truth: bool
    """Whether all are truth values."""
    distinct: int
    """How many different values there are."""
    known: int
    """How many values are not missing."""


def parse(name: str, values: list[Cell], where: str) -> Series:
    """Parse a column.

    Raises:
        DataError: for a number beyond 1e30, or a few values that are no numbers among many that are.
    """
    texts = [_text(value) for value in values]
    present = [text for text in texts if text is not None]
    known = len(present)
    distinct = len(set(present))
    lowered = {text.lower() for text in set(present)} if distinct <= len(TRUTH) else set()
    if lowered and lowered <= TRUTH.keys():
        numbers = np.array([np.nan if text is None else TRUTH[text.lower()] for text in texts])
        return Series(name, texts, numbers, False, True, distinct, known)
    found = _numbers(texts) if known else None
    if found is None:
        _refuse_mixture(name, present, where)
        return Series(name, texts, None, False, False, distinct, known)
    large = np.flatnonzero(np.abs(np.nan_to_num(found, nan=0.0, posinf=np.inf)) > LARGEST)
    if len(large):
        raise DataError(
            f"{where}: column '{name}' should hold numbers below 1e30, but row {large[0] + 1} holds "
            f"{texts[large[0]]!r:.40}; correct it, or leave it empty where the number is not known"
        )
    whole = bool((np.floor(found) == found)[~np.isnan(found)].all()) and not any("." in text for text in present)
    return Series(name, texts, found, whole, False, distinct, known)


def _text(value: Cell) -> str | None:
    if value is None:
        return None
    text = (
        value.strip()
        if isinstance(value, str)
        else ("true" if value else "false")
        if value is True or value is False
        else str(value)
    )
    return None if text.lower() in MISSING else text


def _numbers(texts: list[str | None]) -> np.ndarray | None:
    try:
        return np.fromiter((np.nan if text is None else float(text) for text in texts), np.float64, len(texts))
    except (ValueError, OverflowError):
        return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refuse_mixture(name: str, present: list[str], where: str) -> None:
    """Refuse a column of which most, but not all, values are numbers: one of them is probably a slip."""
    number = [_is_number(text) for text in present]
    if sum(number) * 2 > len(number):
        slip = present[number.index(False)]
        raise DataError(
            f"{where}: column '{name}' should hold numbers throughout, but {slip!r:.40} is none; correct it, leave it "
            f"empty, or call the column {name}:category or {name}:ignore"
        )


def split_header(header: str, where: str) -> tuple[str, str | None]:
    """Give the name and the role that a header states, if any.

    Raises:
        DataError: for a role that is misspelt.
    """
    name, colon, role = header.rpartition(":")
    if not colon or not name:
        return header.strip(), None
    word = role.strip().lower()
    if word in ("id", "text"):
        return name.strip(), "ignore"
    if word in ROLES:
        return name.strip(), word
    near = difflib.get_close_matches(word, ROLES, n=1, cutoff=0.75)
    if near:
        raise DataError(
            f"{where}: column '{header:.60}' should end in one of the roles {', '.join(ROLES)}, but ends in "
            f"'{word}'; did you mean '{name.strip()}:{near[0]}'?"
        )
    return header.strip(), None


def infer(series: Series, place: Place, role: str | None, where: str, beside: frozenset[str]) -> Column:
    """Tell the role of a column.

    Args:
        series: its values.
        place: what it describes.
        role: the role that its header or the file states, if any.
        where: the file, for messages.
        beside: names of all columns of that place, in lower case: x, y and z together are a position.

    Raises:
        DataError: when it could be more than one thing, or is not what its header says.
    """
    if role is not None:
        return _stated(series, place, role, where)
    named = _by_name(series, place, where, beside)
    if named is not None:
        return named
    if series.known == 0:
        return Column(place, series.name, "ignore", (), "it has no values")
    if series.numbers is not None:
        if series.whole and 2 < series.distinct <= MOST_CODES and series.known >= 2 * series.distinct:
            raise _ambiguous(
                series, where, f"holds {series.distinct} different whole numbers in {series.known} rows",
                ("number", "category"),
            )  # fmt: skip
        return Column(place, series.name, "number", (), "truth values" if series.truth else "numbers")
    if series.distinct == series.known and series.known > 1:
        return Column(place, series.name, "ignore", (), "text whose values all differ: a name")
    if series.distinct > MOST_CATEGORIES:
        return Column(
            place, series.name, "ignore", (), f"text with {series.distinct} values: more than categories have"
        )
    return Column(place, series.name, "category", _categories(series), f"text with {series.distinct} repeating values")


def _stated(series: Series, place: Place, role: str, where: str) -> Column:
    why = "as stated"
    if role in ("number", "target", "position", "weight") and series.numbers is None and series.known:
        slip = next(text for text in series.texts if text is not None and not _is_number(text))
        raise DataError(
            f"{where}: column '{series.name}' should hold numbers, being a {role}, but holds {slip!r:.40}; correct "
            "it, or leave it empty where it is not known"
        )
    if role == "label":
        return Column(place, series.name, role, _classes(series, where), why)
    if role == "category":
        if series.distinct > MOST_CLASSES:
            raise DataError(
                f"{where}: column '{series.name}' should have at most {MOST_CLASSES} categories, but has "
                f"{series.distinct}; merge some, or call it {series.name}:ignore"
            )
        return Column(place, series.name, role, _categories(series), why)
    return Column(place, series.name, role, (), why)


def _by_name(series: Series, place: Place, where: str, beside: frozenset[str]) -> Column | None:
    name = series.name.lower()
    if not name:
        return Column(place, series.name, "ignore", (), "it has no name: a running number")
    if name in ("x", "y", "z") and {"x", "y"} <= beside and series.numbers is not None and place != "whole":
        if "z" in beside:
            return Column(place, series.name, "position", (), "x, y and z together")
        raise _ambiguous(
            series, where, "stands beside " + ("y" if name == "x" else "x"), ("position", "number", "label")
        )
    if name == "weight" and series.numbers is not None:
        return Column(place, series.name, "weight", (), "its name; 1 where it is missing")
    if name == "split" and {text.lower() for text in series.texts if text is not None} <= PARTS.keys():
        return Column(place, series.name, "split", (), "its name and values")
    if name in LABEL_NAMES:
        return _label(series, place, where)
    if name in KEY_NAMES:
        return Column(place, series.name, "ignore", (), "its name: it names the rows")
    return None


def _label(series: Series, place: Place, where: str) -> Column:
    if series.known == 0:
        return Column(place, series.name, "ignore", (), "its name is that of labels, but it has no values")
    if series.numbers is None or series.truth:
        if series.distinct == series.known > 2 and not series.truth:
            return Column(
                place, series.name, "ignore", (), "text whose values all differ: a name, in spite of its header"
            )
        return Column(place, series.name, "label", _classes(series, where), "its name, and values that are classes")
    if not series.whole:
        return Column(place, series.name, "target", (), "its name, and values that are fractions")
    if series.distinct <= 2 or (series.distinct <= MOST_CODES and series.known >= 2 * series.distinct):
        return Column(place, series.name, "label", _classes(series, where), "its name, and few whole numbers")
    raise _ambiguous(
        series, where, f"holds {series.distinct} different whole numbers in {series.known} rows", ("label", "target")
    )


def _ambiguous(series: Series, where: str, but: str, roles: tuple[str, ...]) -> DataError:
    choices = " or ".join(f"{series.name}:{role}" for role in roles)
    return DataError(
        f"{where}: column '{series.name}' should have one clear meaning, but {but}; call it {choices} (or "
        f"{series.name}:ignore) in the file"
    )


def _categories(series: Series) -> tuple[str, ...]:
    present = {text for text in series.texts if text is not None}
    if series.numbers is not None and not series.truth:
        return tuple(sorted(present, key=lambda text: (float(text), text)))
    return tuple(sorted(present))


def _classes(series: Series, where: str) -> tuple[str, ...]:
    if series.distinct > MOST_CLASSES:
        raise DataError(
            f"{where}: column '{series.name}' should have at most {MOST_CLASSES} classes, but has {series.distinct}; "
            f"call it {series.name}:target if it is a number to be predicted, or {series.name}:ignore"
        )
    return _categories(series)


def refuse_two_labels(columns: list[Column], where: Mapping[Place, str]) -> None:
    """Refuse two columns that could each be the label, unless their headers say so.

    Raises:
        DataError: naming both.
    """
    for place in {column.place for column in columns}:
        found = [c for c in columns if c.place == place and c.role in ("label", "target")]
        guessed = [c.name for c in found if c.why != "as stated"]
        if len(found) > 1 and guessed:
            other = next(c.name for c in found if c.name != guessed[0])
            raise DataError(
                f"{where.get(place, 'the data')}: one column should hold the labels, but '{guessed[0]}' and '{other}' "
                f"could; call one {guessed[0]}:ignore or {guessed[0]}:number"
            )
