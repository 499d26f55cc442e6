"""Tensor diagrams from elsewhere, let into the page: known shapes only, nothing that runs or loads."""

import re
from xml.etree import ElementTree

from cochain.report.markup import Html, fill, join

_SHAPES = frozenset(
    "svg g defs marker path circle ellipse rect line polyline polygon text tspan title".split()  # noqa: SIM905
)
_PLAIN = re.compile(r"[\w\s.,%#+\-]*|url\(#[\w.-]+\)|[\w, ]*\([\d\s.,%+\-]*\)")
_DROPPED = frozenset(("class", "style"))


def embed(svg: str, prefix: str, label: str) -> Html:
    """Give a diagram whose names cannot clash with another's; empty when it is no SVG.

    Elements other than plain shapes and text, handlers, links, and values that are more than numbers, words and colours
    are left out.

    Args:
        svg: the diagram.
        prefix: put before every id.
        label: says to screen readers what it shows.
    """
    if not svg.strip() or "<!" in svg:
        return Html("")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return Html("")
    if _name(root.tag) != "svg":
        return Html("")
    root.set("aria-label", label)
    root.set("role", "img")
    return _copy(root, prefix)


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _copy(element: ElementTree.Element, prefix: str) -> Html:
    name = _name(element.tag)
    if name not in _SHAPES:
        return Html("")
    attributes = join(_attribute(key, value, prefix) for key, value in element.attrib.items())
    inside = [element.text or ""]
    for child in element:
        inside += [_copy(child, prefix), child.tail or ""]
    return fill("<{}{}>{}</{}>", name, attributes, join(inside), name)


def _attribute(key: str, value: str, prefix: str) -> Html:
    name = _name(key)
    if "}" in key or name.lower().startswith("on") or name in _DROPPED or not re.fullmatch(r"[a-zA-Z][\w-]*", name):
        return Html("")
    if name != "aria-label" and not _PLAIN.fullmatch(value):
        return Html("")
    if name == "id":
        value = f"{prefix}-{value}"
    return fill(' {}="{}"', name, value.replace("url(#", f"url(#{prefix}-"))
