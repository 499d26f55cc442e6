"""Papers by their keys in `references.bib`."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),(.*?)^\}", re.MULTILINE | re.DOTALL)
_ACCENT = re.compile(r"\{?\\(\"|'|`|\.|u|v)\{?(\w)\}?\}?")
_MARKS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", ".": "\u0307", "u": "\u0306", "v": "\u030c"}
_AUTHORS = 5
_FIELD = r"^\s*{}\s*=\s*[{{\"](.*?)[}}\"],?\s*$"


def paper(key: str) -> str:
    """Give title and year of a paper; the key itself where the bibliography does not have it.

    >>> paper("kipf2017gcn")
    'Semi-Supervised Classification with Graph Convolutional Networks, 2017'
    """
    return _papers().get(key, key)


def citation(key: str) -> str:
    """Give authors, year and title of a paper; the key itself where the bibliography does not have it.

    >>> citation("kipf2017gcn")
    'Kipf, Welling, 2017, "Semi-Supervised Classification with Graph Convolutional Networks"'
    """
    body = _bodies().get(key)
    if body is None:
        return key
    authors, year, title = (_field(body, name) for name in ("author", "year", "title"))
    names = [name.split(",")[0].strip() for name in authors.split(" and ")]
    who = ", ".join(names) if len(names) <= _AUTHORS else f"{names[0]} et al."
    return f'{who}, {year}, "{title}"'


@cache
def _papers() -> dict[str, str]:
    found = {}
    for key, body in _bodies().items():
        title, year = (_field(body, name) for name in ("title", "year"))
        if title:
            found[key] = f"{title}, {year}" if year else title
    return found


@cache
def _bodies() -> dict[str, str]:
    return dict(_ENTRY.findall(files("cochain").joinpath("references.bib").read_text(encoding="utf-8")))


def _field(body: str, name: str) -> str:
    match = re.search(_FIELD.format(name), body, re.MULTILINE)
    if match is None:
        return ""
    text = _ACCENT.sub(lambda found: unicodedata.normalize("NFC", found[2] + _MARKS[found[1]]), match.group(1))
    return re.sub(r"[{}]", "", text).replace("\\&", "&")
