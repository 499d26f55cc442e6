"""A room imports only from floors below its own; imports inside functions and under TYPE_CHECKING count too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "cochain"

FLOOR = {
    "errors": 0,
    "kernels": 0,
    "complexes": 1,
    "nn": 2,
    "lift": 2,
    "persistence": 2,
    "datasets": 2,
    "catalog": 2,
    "models": 3,
    "inspect": 3,
    "fields": 3,
    "objectives": 3,
    "laws": 3,
    "experiments": 4,
    "report": 5,
    "cli": 5,
    "sklearn": 5,
}
# Two doors between rooms of one floor: errors stand on no floor but in every wall, and the command writes the report.
DOORS = {("kernels", "errors"), ("cli", "report")}
ROOF = {"__init__", "__main__"}  # src/cochain/__init__.py sees the whole house


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def absolute(node: ast.ImportFrom, path: Path) -> str:
    """The module that `from ... import` names, dots resolved."""
    if not node.level:
        return node.module or ""
    package = ("cochain", *path.relative_to(SOURCE).parent.parts)
    base = package[: len(package) - node.level + 1]
    return ".".join((*base, node.module) if node.module else base)


def imports(tree: ast.AST, path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything that a file imports, `from a import b` as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node, path)
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def violations(text: str, path: Path) -> list[str]:
    room = room_of(path)
    found = []
    for line, name in imports(ast.parse(text), path):
        parts = name.split(".")
        if parts[0] != "cochain" or parts[1:2] == [room] or name == "cochain.__version__":
            continue
        target = parts[1] if len(parts) > 1 else "the package's root"
        if (room, target) in DOORS or FLOOR.get(target, 99) < FLOOR[room]:
            continue
        found.append(
            f"{path.name}:{line}: {room} (floor {FLOOR[room]}) imports {name} (floor {FLOOR.get(target, 'roof')})"
        )
    return found


FILES = [path for path in sorted(SOURCE.rglob("*.py")) if room_of(path) not in ROOF]


def test_every_room_has_a_floor() -> None:
    unknown = {room_of(path) for path in FILES} - FLOOR.keys()
    assert not unknown, (
        f"rooms without a floor: {sorted(unknown)}; add them to FLOOR, with a reason in docs/decisions.md"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down(path: Path) -> None:
    assert violations(path.read_text(), path) == []


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("import torch", False),
        ("from cochain.errors import CochainError", False),
        ("from cochain.nn.layer import Layer", False),
        ("from cochain import __version__", False),
        ("from . import neighbour", False),
        ("import cochain", True),
        ("from cochain import Complex", True),
        ("from cochain.experiments import compare", True),
        ("from ...experiments import compare", True),
        ("def f():\n    import cochain.report", True),
        ("from cochain.inspect import rank", True),
    ],
)
def test_the_test_finds_what_it_should(text: str, broken: bool) -> None:
    assert bool(violations(text, SOURCE / "models" / "graph" / "gcn.py")) is broken
