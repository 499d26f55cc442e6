"""What the shell offers after Tab: names of models, data sets and files, found without torch."""

from pathlib import Path


def complete_models(incomplete: str) -> list[str]:
    """Give the models, in a list with commas the last of them."""
    from cochain.catalog import names

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in names() if name.startswith(last)]


def complete_data(incomplete: str) -> list[str]:
    """Give the data sets, files and folders."""
    from cochain.datasets import names

    return [name for name in names() if name.startswith(incomplete)] + complete_paths(incomplete)


def complete_anything(incomplete: str) -> list[str]:
    """Give the models, data sets, files and folders."""
    from cochain.catalog import names

    return [name for name in names() if name.startswith(incomplete)] + complete_data(incomplete)


def complete_tables(incomplete: str) -> list[str]:
    """Give the published tables."""
    from cochain.experiments.published import TABLES

    return [name for name in (*TABLES, "expressivity") if name.startswith(incomplete)]


def complete_paths(incomplete: str) -> list[str]:
    """Give files and folders, these with a slash."""
    folder = Path(incomplete) if incomplete.endswith("/") else Path(incomplete).parent
    begin = "" if incomplete.endswith("/") else Path(incomplete).name
    shown = incomplete[: len(incomplete) - len(begin)]
    try:
        found = sorted(each for each in folder.iterdir() if each.name.startswith(begin))
    except OSError:
        return []
    return [f"{shown}{each.name}{'/' * each.is_dir()}" for each in found if begin or not each.name.startswith(".")]
