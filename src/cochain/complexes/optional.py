"""Libraries that are optional, imported where they are used."""

from importlib import import_module
from typing import Any

from cochain.errors import ComplexError


def library(name: str, extra: str = "interop") -> Any:
    """Import an optional library.

    Args:
        name: module, such as "networkx".
        extra: the group of optional dependencies that it belongs to.

    Raises:
        ComplexError: when it is not installed, with the command that installs it.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != name.split(".")[0]:
            raise  # the library is there, and broken in itself
        package = name.split(".")[0]
        raise ComplexError(
            f"{package} should be installed for this, but is not; install it with: pip install 'cochain[{extra}]'"
        ) from error
