"""Docstrings say what the code says: arguments as in the signature, fields explained, sections of models in order."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "cochain"
FILES = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if not any(part.startswith("_") and part != "__init__.py" for part in path.relative_to(SOURCE).parts)
]
MODELS = [path for path in FILES if path.parts[-3:-2] == ("models",) and path.name != "__init__.py"]
SECTIONS = ["Args", "Shape", "Cost", "Differs from the paper", "Source"]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, Definition]]:
    """Public functions, classes and methods, with their dotted names."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition) and not node.name.startswith("_"):
            name = f"{inside}{node.name}"
            yield name, node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node, f"{name}.")


def section(doc: str, title: str) -> list[str] | None:
    """The lines of one section of a docstring, as `ast.get_docstring` cleans it."""
    lines = doc.splitlines()
    if f"{title}:" not in lines:
        return None
    start = lines.index(f"{title}:") + 1
    end = next((n for n in range(start, len(lines)) if lines[n] and not lines[n].startswith(" ")), len(lines))
    return lines[start:end]


def documented(doc: str) -> list[str] | None:
    """The names that the section Args explains; None without one."""
    lines = section(doc, "Args")
    if lines is None:
        return None
    found = [re.match(r" {4}\*{0,2}([A-Za-z_]\w*(?:, \*{0,2}[A-Za-z_]\w*)*):", line) for line in lines]
    return [name.strip("* ") for match in found if match for name in match.group(1).split(",")]


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of the arguments without self and cls."""
    a = node.args
    names = [arg.arg for arg in (*a.posonlyargs, *a.args)]
    names += [arg.arg for arg in (a.vararg, *a.kwonlyargs, a.kwarg) if arg is not None]
    return [name for name in names if name not in ("self", "cls")]


def arguments(node: Definition) -> list[str] | None:
    """What a definition takes: its signature, that of __init__, or the fields of a dataclass; None if inherited."""
    if not isinstance(node, ast.ClassDef):
        return signature(node)
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return signature(each)
    fields = [
        each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]
    return fields or None


def disagreements(text: str) -> list[str]:
    """Where a docstring explains other arguments than there are."""
    found = []
    for name, node in definitions(ast.parse(text)):
        explained, taken = documented(ast.get_docstring(node) or ""), arguments(node)
        if explained is not None and taken is not None and explained != taken:
            found.append(f"{name} (line {node.lineno}) explains {explained}, but takes {taken}")
    return found


def unexplained(text: str) -> list[str]:
    """Fields of config dataclasses without a docstring under them."""
    found = []
    for name, node in definitions(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and name.endswith("Config"):
            for field, after in zip(node.body, [*node.body[1:], None], strict=True):
                text_follows = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                if isinstance(field, ast.AnnAssign) and not text_follows:
                    found.append(f"{name}.{ast.unparse(field.target)}")
    return found


def sections_of(doc: str) -> list[str]:
    return [line[:-1] for line in doc.splitlines() if re.fullmatch(r"[A-Z][\w ]*:", line)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_docstrings_explain_the_arguments_that_there_are(path: Path) -> None:
    assert disagreements(path.read_text()) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_fields_of_configs_are_explained(path: Path) -> None:
    assert unexplained(path.read_text()) == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_have_their_sections_in_order(path: Path) -> None:
    classes = [node for _, node in definitions(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
    models = [node for node in classes if not node.name.endswith("Config")]
    assert models
    for node in models:
        doc = ast.get_docstring(node) or ""
        found = [title for title in sections_of(doc) if title in SECTIONS]
        # What every model takes is said once, at Network; Args stands where a model says more of it.
        needed = SECTIONS if "Args" in found else SECTIONS[1:]
        assert found == needed, f"{node.name} has the sections {found}"
        assert documented(doc) in (None, ["widths", "out", "target", "config"])
        assert all(any(line.strip() for line in section(doc, title) or []) for title in found)
        assert "$$" in doc, f"{node.name} has no equation"


def test_models_were_found() -> None:
    assert len(MODELS) >= 4


TAKES = '''
def f(a, *b, c=1):
    """Do.

    Args:
        {}: one.
            more: of it.
        b: two.
        c: three.

    Raises:
        Error: never.
    """
'''
CLASS = '''
class C:
    """It.

    Args:
        x: one.
    Shape:
        x: no argument.
    """
    def __init__(self, {}):
        pass
'''


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (TAKES.format("a"), 0),
        (TAKES.format("z"), 1),
        (CLASS.format("x"), 0),
        (CLASS.format("x, y"), 1),
        (CLASS.format("x").replace("class C", "class _C"), 0),
        ('def g(a):\n    """Do."""', 0),
        ('class D:\n    """It.\n\n    Args:\n        a: one.\n    """\n    a: int\n    b: int', 1),
    ],
)
def test_disagreements_are_found(text: str, wrong: int) -> None:
    assert len(disagreements(text)) == wrong


def test_unexplained_fields_are_found() -> None:
    text = 'class AConfig:\n    """It."""\n    a: int\n    """One."""\n    b: int\n    c: int\n    """Three."""'
    assert unexplained(text) == ["AConfig.b"]
