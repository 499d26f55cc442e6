"""Headless Chromium as a judge: what a page says of itself once it has run, and how it looks."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

FLAGS = (  # no network, no state kept, the console on stderr
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-pings",
    "--enable-logging=stderr",
    "--force-device-scale-factor=1",
    "--virtual-time-budget=4000",
)


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("there is no chromium, chromium-browser or google-chrome to render the page with")


def run(page: Path, fragment: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [chromium(), *FLAGS, f"--user-data-dir={profile}", *arguments, f"{page.resolve().as_uri()}{fragment}"],
            capture_output=True, text=True, timeout=120, check=True, env={**os.environ, "HOME": profile},
        )  # fmt: skip


def dump(page: Path, fragment: str = "") -> tuple["Document", list[str]]:
    """The page after its script has run, and what the console said."""
    done = run(page, fragment, "--dump-dom")
    return read(done.stdout), [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def screenshot(page: Path, to: Path, fragment: str = "", size: str = "1200,1400") -> None:
    run(page, fragment, f"--screenshot={to}", f"--window-size={size}")


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None]
    children: list["Element"] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.own) + "".join(child.text for child in self.children)

    def all(self, name: str | None = None, class_: str | None = None) -> list["Element"]:
        """Itself and everything below, in order."""
        classes = (self.attributes.get("class") or "").split()
        fits = (name is None or self.name == name) and (class_ is None or class_ in classes)
        return ([self] if fits else []) + [found for child in self.children for found in child.all(name, class_)]

    def by_id(self, value: str) -> "Element":
        return next(element for element in self.all() if element.attributes.get("id") == value)


Document = Element
_EMPTY = {"meta", "link", "br", "img", "input", "hr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in _EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop().name != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].own.append(data)


def read(text: str) -> Document:
    reader = _Reader()
    reader.feed(text)
    return reader.open[0]
