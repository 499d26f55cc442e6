"""Headless Chromium as a judge: what a page says of itself once it has run, how it looks, and what keys and clicks do.

It is driven over a pipe with its own protocol, so that nothing but the browser has to be installed.
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

FLAGS = (  # no network, no state kept
    "--headless=new",
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
    "--force-device-scale-factor=1",
    "--remote-debugging-pipe",
)
PATIENCE = 60.0
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowRight": 39, "End": 35, "Home": 36}


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("there is no chromium, chromium-browser or google-chrome to render the page with")


class Browser:
    """One tab of one Chromium."""

    def __init__(self, send: int, receive: int) -> None:
        self.send, self.receive = send, receive
        self.waiting = b""
        self.count = 0
        self.session = ""
        self.complaints: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """Ask for something and wait for the answer; what the console says on the way is kept."""
        self.count += 1
        asked = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            asked["sessionId"] = self.session
        os.write(self.send, json.dumps(asked).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self.count:
                assert "error" not in said, (method, said["error"])
                return said["result"]
            self._overhear(said)

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self.waiting:
            ready, _, _ = select.select([self.receive], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"chromium said nothing for {PATIENCE} seconds"
            more = os.read(self.receive, 1 << 20)
            assert more, "chromium has ended"
            self.waiting += more
        line, _, self.waiting = self.waiting.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def _overhear(self, said: dict[str, Any]) -> None:
        about = said.get("params", {})
        if said.get("method") == "Runtime.exceptionThrown":
            details = about["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif said.get("method") == "Log.entryAdded":
            self.complaints.append(about["entry"]["text"])
        elif said.get("method") == "Runtime.consoleAPICalled":
            self.complaints.append(str(about["args"]))

    def open(self, page: Path, fragment: str = "", width: int = 1280, theme: str = "light") -> None:
        """Load a page into a window of some width, in a light or a dark system."""
        self.complaints = []
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.media("screen", theme)
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=page.resolve().as_uri() + fragment)
        until = time.monotonic() + PATIENCE
        while self.run("document.readyState") != "complete" or self.run("location.href") == "about:blank":
            assert time.monotonic() < until, f"{page.name} does not finish loading"

    def media(self, kind: str, theme: str = "light") -> None:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.call("Emulation.setEmulatedMedia", media=kind, features=features)

    def run(self, code: str) -> Any:
        """Give the value of a JavaScript expression."""
        found = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, (code, found["exceptionDetails"])
        return found["result"].get("value")

    def press(self, key: str) -> None:
        about = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **about, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def point(self, selector: str, click: bool = False) -> None:
        """Move the pointer to the middle of an element, and click there."""
        code = f"""(() => {{ const one = document.querySelector({json.dumps(selector)});
            one.scrollIntoView({{block: "center", behavior: "instant"}});
            const box = one.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2]; }})()"""
        x, y = self.run(code)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        if click:
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def document(self) -> "Element":
        """The page as it stands now."""
        return read("<!doctype html>" + self.run("document.documentElement.outerHTML"))

    def picture(self) -> bytes:
        """The window as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def pdf(self) -> bytes:
        """The page as it would be printed."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])


@contextlib.contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium, and end it."""
    ours = [os.pipe(), os.pipe()]  # to it, from it
    given = [fcntl.fcntl(fd, fcntl.F_DUPFD, 30) for fd in (ours[0][0], ours[1][1])]

    def hand_over() -> None:
        os.dup2(given[0], 3)
        os.dup2(given[1], 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [chromium(), *FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(3, 4), preexec_fn=hand_over, env={**os.environ, "HOME": profile},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for fd in (*given, ours[0][0], ours[1][1]):
            os.close(fd)
        try:
            yield Browser(ours[0][1], ours[1][0])
        finally:
            process.terminate()
            process.wait(timeout=30)
            os.close(ours[0][1])
            os.close(ours[1][0])


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
