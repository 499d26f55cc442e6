"""No file of the project names the machine it was written on."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|root|Users|work|opt|tmp|mnt)/\w"),
    "a path of one Windows machine": re.compile(r"\b[A-Z]:\\+Users\b"),
    "a package registry": re.compile(r"--(?:extra-)?index-url\s|--find-links\s|--trusted-host\s"),
    "a private network address": re.compile(r"\b(?:10|192\.168)\.\d{1,3}\.\d{1,3}\.\d{1,3}\b"),
}


def offences(text: str) -> list[str]:
    lines = enumerate(text.splitlines(), 1)
    return [f"line {n}: {what}" for n, line in lines for what, regex in FORBIDDEN.items() if regex.search(line)]


def project_files() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the files of the project are listed by git, and this is no git checkout")
    return [ROOT / name for name in listed if (ROOT / name).is_file() and not name.endswith("test_words.py")]


def test_no_file_names_a_machine() -> None:
    found = {}
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a binary file
        if lines := offences(text):
            found[str(path.relative_to(ROOT))] = lines
    assert found == {}


@pytest.mark.parametrize("text", ["open('/home/me/x')", "cd /tmp/a", r"C:\Users\me", "--index-url x", "at 10.0.0.12"])
def test_offences_are_found(text: str) -> None:
    assert offences(text)


@pytest.mark.parametrize("text", ["/usr/bin/env", "https://example.org/home/page", "a/tmp/b", "1.10.0.2"])
def test_innocent_text_passes(text: str) -> None:
    assert not offences(text)
