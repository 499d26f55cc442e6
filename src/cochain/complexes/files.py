"""Files written atomically: a reader sees the old one or the new one, whatever happens in between."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from cochain.errors import ComplexError


@contextmanager
def replacing(path: str | PathLike[str]) -> Iterator[Path]:
    """Give a temporary file beside the target to write into; at the end it is synced and renamed over the target.

    Raises:
        ComplexError: when the target is a directory, or lies in none that exists.
    """
    target = Path(os.path.realpath(path))  # a link stays, what it points at is replaced
    if target.is_dir() or not target.parent.is_dir():
        raise ComplexError(
            f"{path} should be a file in a directory that exists, but is not; create the directory first"
        )
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())  # as open() would: until here nobody else could read it
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | PathLike[str], text: str) -> None:
    """Write a text in UTF-8, atomically.

    Raises:
        ComplexError: as `replacing`.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode())


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
