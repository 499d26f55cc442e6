"""Papers by their keys in `references.bib`."""

import re
from functools import cache
from importlib.resources import files

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = r"^\s*{}\s*=\s*[{{\"](.*?)[}}\"],?\s*$"


def paper(key: str) -> str:
    """Give title and year of a paper; the key itself where the bibliography does not have it.

    >>> paper("kipf2017gcn")
    'Semi-Supervised Classification with Graph Convolutional Networks, 2017'
    """
    return _papers().get(key, key)


@cache
def _papers() -> dict[str, str]:
    text = files("cochain").joinpath("references.bib").read_text(encoding="utf-8")
    found = {}
    for key, body in _ENTRY.findall(text):
        title, year = (_field(body, name) for name in ("title", "year"))
        if title:
            found[key] = f"{title}, {year}" if year else title
    return found


def _field(body: str, name: str) -> str:
    match = re.search(_FIELD.format(name), body, re.MULTILINE)
    return re.sub(r"[{}]", "", match.group(1)) if match else ""
