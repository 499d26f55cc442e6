"""The page of lifts lists all of them, with the parameters and sources that they have."""

import inspect
import re
from pathlib import Path

from cochain import lift
from cochain.experiments.lifting import GRAMMAR, canonical_lift

PAGE = (Path(__file__).parents[2] / "docs" / "lifts.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| `\w+` ", line)
]


def test_every_lift_has_a_row_in_order() -> None:
    assert [row[0].strip("`") for row in ROWS] == sorted(GRAMMAR)


def test_parameters_are_those_of_the_command_line() -> None:
    for name, _, _, parameters, _, _ in ROWS:
        assert re.findall(r"`(\w+)`", parameters) == [argument for argument, _, _ in GRAMMAR[name.strip("`")]], name


def test_sources_are_those_of_the_docstrings() -> None:
    for name, *_, source in ROWS:
        doc = inspect.getdoc(getattr(lift, name.strip("`"))) or ""
        if name == "`contract`":
            doc += inspect.getdoc(lift.contraction) or ""
        for one in source.split(";"):
            names, year = re.fullmatch(r"\s*(.*?),? (?:et al\., )?(\d{4})", one).groups()
            assert names.split(",")[0].split(" et al")[0] in doc, (name, one)
            assert year in doc, (name, one)


def test_chains_of_the_page_parse() -> None:
    table = PAGE.split("## Chains")[1].split("##")[0]
    chains = re.findall(r"--lift ([^`\s]+)`", PAGE) + re.findall(r"`([^`]+)`", table)
    assert len(chains) > 12
    for chain in chains:
        assert canonical_lift(chain.replace(":K", ":2"))
