"""Write docs/commands.md from the commands themselves; a test keeps the page as this gives it.

python docs/make_commands.py
"""

from pathlib import Path
from typing import Any

import typer

from cochain.cli import app

PAGE = Path(__file__).parent / "commands.md"

HEAD = """# The commands

`cochain COMMAND --help` says what stands here. DATA is everywhere the name of a data set (`cochain datasets`), or a
file or folder of any format that `cochain describe` understands: tables of nodes, edges, hyperedges and cells (CSV,
TSV), HIF, GraphML, GML, meshes (OFF, PLY, OBJ, STL), clouds of points (NPZ, CSV, XYZ), images (PNG), SMILES, folders of
the TU collection, and Cochain's own files.

`--json` prints JSON on the standard output, which always tells everything; on narrow screens tables leave some columns
out. Progress and warnings go to the standard error; where that is no terminal, there are no progress bars. Colours are
left out where `NO_COLOR` is set. `cochain --install-completion` makes the shell complete commands, options, and the
names of models and data sets.

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | declined: a question was answered with no |
| 2 | a request that cannot be met; one line says what should be, what came, and the remedy |
| 130 | interrupted by Ctrl-C; the same command goes on from there (`persist` writes what was done, and begins anew) |
"""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "compare": (
        "cochain compare mydata/ --report report.html",
        "cochain compare karate --models gcn,gat,can --folds 5 --jobs 2",
        "cochain compare cora --models gcn --option gcn.hidden=32 --seeds 5",
    ),
    "train": (
        "cochain train mydata/ --model hgnn --out mynet",
        "torchrun --nproc-per-node 2 -m cochain train mutag --model gin --out mynet",
    ),
    "predict": ("cochain predict mynet newdata/ --out predictions.csv",),
    "export": (
        "cochain export mynet --out mynet.safetensors",
        "cochain export mynet --out mynet.pt2 --data mydata/",
    ),
    "reproduce": (
        "cochain reproduce --list",
        "cochain reproduce nsd --quick",
        "cochain reproduce expressivity --only gin,cin,sr16622",
    ),
    "persist": (
        "cochain persist cloud.csv --out shape/",
        "cochain persist mutag --filtration heat:10",
        "cochain persist brain.png --superlevel --dim 1",
    ),
    "runs list": ("cochain runs list --model gcn",),
    "runs show": ("cochain runs show 1b71677a",),
    "runs compare": ("cochain runs compare mydata/ --report report.html",),
    "runs remove": ("cochain runs remove 1b71677a 21e2b85d --yes",),
    "describe": ("cochain describe gcn", "cochain describe mydata/", "cochain describe mynet"),
    "lift": ("cochain lift mydata/ rings.safetensors --lift cycles:6",),
    "convert": ("cochain convert network.json tables/", "cochain convert tables/ network.graphml"),
    "catalog": ("cochain catalog", "cochain catalog --json"),
    "datasets": ("cochain datasets",),
}


def render() -> str:
    """Give the page."""
    parts = [HEAD]
    for name, command in _commands(typer.main.get_command(app), ""):
        parts += [
            f"## cochain {name}\n",
            _text(command.help),
            "```sh",
            *EXAMPLES[name],
            "```",
            "",
            *_table(command),
            "",
        ]
    return "\n".join(parts).rstrip() + "\n"


def _commands(group: Any, before: str) -> list[tuple[str, Any]]:
    found = []
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found += [(before + name, command)] if inner is None else _commands(command, f"{before}{name} ")
    return found


def _text(help_: str | None) -> str:
    return "\n".join(line.strip() for line in (help_ or "").strip().splitlines()) + "\n"


def _table(command: Any) -> list[str]:
    rows = ["| | |", "| --- | --- |"]
    for each in command.params:
        if each.name == "help":
            continue
        argument = each.param_type_name == "argument"
        name = each.name.upper() if argument else ", ".join(f"`{o}`" for o in each.opts)
        usual = each.default
        said = (
            ""
            if argument or usual is None or usual is False or not isinstance(usual, str | int | Path)
            else f" Default: {usual}."
        )
        needed = " Needed." if each.required and not argument else ""
        rows.append(f"| {name} | {(each.help or '').replace('|', chr(92) + '|')}{said}{needed} |")
    return rows


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
