"""Folders of strangers: no name in them may lead out of them."""

from pathlib import Path

from cochain.errors import DataError


def inside(folder: Path, path: Path) -> Path:
    """Give a path in a folder after checking that, links followed, it stays in it.

    Raises:
        DataError: when it leads out, or in a circle.
    """
    try:
        real, root = path.resolve(strict=True), folder.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(f"{path} should lead to a file, but does not: {error}; remove the link") from error
    if not real.is_relative_to(root):
        raise DataError(f"{path} should stay inside {folder}, but is a link to {real}; copy the file into the folder")
    return path
