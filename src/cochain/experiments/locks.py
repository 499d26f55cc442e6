"""Locks between processes, which end with the process that holds them."""

import errno
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockWarning(UserWarning):
    """A folder in which nothing can be locked, and what follows from that."""


@contextmanager
def locked(path: Path, wait: bool = True) -> Iterator[bool]:
    """Hold a lock; gives False where another process holds it and `wait` is False.

    The lock is the operating system's, on an open file: whatever ends the process ends the lock, so nobody waits for
    the dead, and the file itself means nothing and may stay. Where the file system has no locks (some network ones),
    or the folder cannot be written, that is named in a warning and the work is done without: files are still written
    whole or not at all, but two processes may train the same run twice.

    Args:
        path: the file, made with its folder when it is missing.
        wait: wait until the lock is free.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        _name(path, error)
        yield True
        return
    try:
        try:
            mine = _lock(handle, wait)
        except OSError as error:
            _name(path, error)
            mine = True
        yield mine
    finally:
        os.close(handle)  # and with it the lock


def _lock(handle: int, wait: bool) -> bool:
    """Lock an open file; False where it is held already.

    Raises:
        OSError: where there are no locks.
    """
    if os.name == "nt":
        return _lock_on_windows(handle, wait)
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        if not wait and error.errno in (errno.EACCES, errno.EAGAIN):
            return False
        raise
    return True


def _lock_on_windows(handle: int, wait: bool) -> bool:
    import msvcrt
    from typing import Any

    system: Any = msvcrt  # its functions are known to type checkers on Windows alone
    while True:
        try:
            system.locking(handle, system.LK_LOCK if wait else system.LK_NBLCK, 1)
        except OSError as error:
            if not wait:
                return False
            if error.errno != errno.EDEADLK:  # what ten seconds of waiting end with
                raise
        else:
            return True


def _name(path: Path, error: OSError) -> None:
    warnings.warn(
        LockWarning(
            f"{path.parent} should hold locks, but the system gives none ({error.strerror}); runs are kept as always, "
            "but let no second process use the folder at the same time, or both do the same work"
        ),
        stacklevel=4,
    )
