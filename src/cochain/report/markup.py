"""HTML that escapes what it is not told to trust, so that no name of a model or a file can become code."""

from collections.abc import Iterable
from html import escape
from typing import LiteralString


class Html(str):
    """Text that is HTML or SVG already; any other text is escaped when it is filled in."""

    __slots__ = ()


def fill(template: LiteralString, *values: object) -> Html:
    """Fill the `{}` of a template; every value that is not `Html` is escaped, quotes too.

    >>> fill("<b>{}</b>", "<script>")
    '<b>&lt;script&gt;</b>'
    """
    return Html(template.format(*(_safe(value) for value in values)))


def join(parts: Iterable[object], separator: LiteralString = "") -> Html:
    """Join parts, escaping each that is not `Html`."""
    return Html(separator.join(_safe(part) for part in parts))


def number(value: float) -> str:
    """Give a coordinate with at most two decimals, for SVG.

    >>> number(3.0), number(0.126), number(-0.001)
    ('3', '0.13', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _safe(value: object) -> str:
    if isinstance(value, Html):
        return value
    return number(value) if isinstance(value, float) else escape(str(value))
