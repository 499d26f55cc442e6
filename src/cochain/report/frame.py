"""The frame of every page: one HTML file that holds all it needs and loads nothing."""

import base64
import hashlib
from collections.abc import Iterable

from cochain.report.markup import Html, fill, join
from cochain.report.script import SCRIPT
from cochain.report.style import STYLE

Section = tuple[str, str, Html]
"""Name, title and body; a section without a body is left out."""


def document(title: str, header: Html, main: Html) -> str:
    """Give a whole page as text."""
    return fill(
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="{}"><meta name="color-scheme" content="light dark">'
        '<title>{}</title><link rel="icon" href="data:,"><style>{}</style></head>\n'
        "<body>{}<main>{}</main>\n<script>{}</script></body></html>\n",
        _policy(), title, Html(STYLE), header, main, Html(SCRIPT),
    )  # fmt: skip


def header(
    what: str, heading: Html, meta: Html, banner: Html, sentences: Iterable[Html], sections: Iterable[Section]
) -> Html:
    """Give the head of a page: what it is, the answer in a few sentences, and links to the sections.

    Args:
        what: the kind of page, beside the name.
        heading: title with what stands under it.
        meta: small facts.
        banner: warnings; may be empty.
        sentences: the answer, its headline first.
        sections: what the page has.
    """
    headline, *rest = sentences
    links = join(fill('<a href="#{}">{}</a>', name, title) for name, title, body in sections if body)
    return fill(
        '<header><div class="top"><span class="brand">Cochain<span class="dim"> / {}</span></span>'
        '<button type="button" id="theme" aria-label="switch between light and dark">Light / dark</button></div>'
        '{}<p class="meta">{}</p>{}<div class="answer"><p class="headline">{}</p>{}</div>'
        '<nav aria-label="sections">{}</nav></header>',
        what, heading, meta, banner, headline, join(fill("<p>{}</p>", sentence) for sentence in rest), links,
    )  # fmt: skip


def section(name: str, title: str, body: Html) -> Section:
    """Wrap a body into a section with its heading; nothing where there is no body."""
    if not body:
        return name, title, Html("")
    return name, title, fill('\n<section id="{}"><h2>{}</h2>{}</section>', name, title, body)


def command_line(command: str) -> Html:
    """Give a command with a button that copies it; a page has at most one."""
    return fill(
        '<div class="command"><pre><code id="command">{}</code></pre>'
        '<button type="button" id="copy">Copy</button></div>',
        command,
    )


def _policy() -> str:
    """Let nothing load and nothing run but this page's own script."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
