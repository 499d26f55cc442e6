"""How much a reader may take: memory as a multiple of the file, so that no header and no archive can ask for more.

A stranger's file may claim anything. What it claims is held against its own size before anything is allocated; what it
has packed is unpacked only up to the same bound.
"""

import io
import stat
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cochain.errors import DataError

_BLOCK = 1 << 16
NUMPY_DAMAGE = (
    ValueError, SyntaxError, TypeError, KeyError, EOFError, RecursionError, MemoryError, tokenize.TokenError,
)  # fmt: skip
"""What numpy raises for the header of an array that was damaged: it is read as a line of Python, token by token."""


@dataclass(frozen=True)
class Limits:
    """Bounds on what reading one file may allocate."""

    multiple: int = 256
    """Bytes of memory for each byte of the file."""
    floor: int = 1 << 26
    """Bytes that even the smallest file may take."""
    cells: int = 2**31 - 1
    """Most cells, nodes or entries, whatever the file's size."""
    file: int = 1 << 33
    """Largest file, in bytes."""

    def allowed(self, file_bytes: int) -> int:
        """Give the bytes that a file of this size may take."""
        return max(self.floor, self.multiple * file_bytes)

    def check(self, claimed: int, file_bytes: int, what: str, item_bytes: int = 8) -> None:
        """Refuse, before allocating, what a file of this size cannot hold.

        Args:
            claimed: how many items the file says, or implies, that there are.
            file_bytes: size of the file.
            what: the items and the file, such as "mesh.off, line 2: vertices".
            item_bytes: memory of one item.

        Raises:
            DataError: when there are too many, or fewer than none.
        """
        if claimed < 0:
            raise DataError(f"{what} should be a number >= 0, but are {claimed}; the file is damaged")
        if claimed > self.cells:
            raise DataError(f"{what} should be at most {self.cells}, but are {_number(claimed)}; split the file")
        if claimed * item_bytes > self.allowed(file_bytes):
            raise DataError(
                f"{what} should fit a file of {file_bytes} bytes, but are {_number(claimed)}, more than "
                f"{self.allowed(file_bytes)} bytes of memory; the file is damaged or truncated, or raise the limits"
            )

    def read_bytes(self, path: Path) -> bytes:
        """Read a whole file that is a plain file and not too large.

        Raises:
            DataError: when it is missing, no plain file, unreadable or too large.
        """
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                raise DataError(f"{path} should be a plain file, but is something else; give the file itself")
            if found.st_size > self.file:
                raise DataError(f"{path} should be at most {self.file} bytes, but is {found.st_size}; split it")
            with path.open("rb") as file:
                return file.read(found.st_size)
        except (OSError, ValueError) as error:  # ValueError: a name with a null character
            raise DataError(f"{path} should be a file that can be read, but is not: {error}") from error

    def read_text(self, path: Path) -> str:
        """Read a file as UTF-8 text, with or without a byte order mark; line ends become newlines.

        Raises:
            DataError: as `read_bytes`, and for bytes that are no text, with their place.
        """
        return as_text(self.read_bytes(path), path)

    def gunzip(self, packed: bytes, what: str) -> bytes:
        """Unpack gzip up to the bound.

        Raises:
            DataError: when it is damaged, truncated or would grow past the bound.
        """
        most = self.allowed(len(packed))
        machine = zlib.decompressobj(wbits=31)
        try:
            out = machine.decompress(packed, most + 1)
        except zlib.error as error:
            raise DataError(f"{what} should be packed by gzip, but cannot be unpacked: {error}") from error
        if len(out) > most:
            raise DataError(_bomb(what, most))
        if not machine.eof:
            raise DataError(f"{what} should end with its gzip trailer, but is truncated; fetch it again")
        return out

    def read_npz(self, path: Path) -> dict[str, np.ndarray]:
        """Read the arrays of a .npz file (or the one, called "", of a .npy file): numbers only, within the bound.

        Raises:
            DataError: for anything else, pickled objects above all: they could run code.
        """
        data = self.read_bytes(path)
        if data[:6] == b"\x93NUMPY":
            return {"": self._npy(data, len(data), str(path))}
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [each for each in archive.infolist() if each.filename.endswith(".npy")]
                self.check(sum(each.file_size for each in names), len(data), f"{path}: unpacked bytes", 1)
                return {
                    each.filename.removesuffix(".npy"): self._npy(
                        self._member(archive, each, len(data), path), len(data), f"{path}: {each.filename!r:.60}"
                    )
                    for each in names
                }
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise DataError(f"{path} should be written by numpy.savez, but cannot be read: {error}") from error

    def _member(self, archive: zipfile.ZipFile, each: zipfile.ZipInfo, file_bytes: int, path: Path) -> bytes:
        """Unpack a member no further than it claims, whatever its stream holds."""
        with archive.open(each) as stream:
            out = stream.read(each.file_size + 1)
        if len(out) > min(each.file_size, self.allowed(file_bytes)):
            raise DataError(_bomb(f"{path}: {each.filename!r:.60}", each.file_size))
        return out

    def _npy(self, data: bytes, file_bytes: int, what: str) -> np.ndarray:
        stream = io.BytesIO(data)
        try:
            version = np.lib.format.read_magic(stream)
            header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, by_column, kind = header(stream)
        except NUMPY_DAMAGE as error:
            raise DataError(f"{what} should be an array of numpy, but its header says otherwise: {error}") from error
        if kind.hasobject or kind.kind not in "fiub":
            raise DataError(f"{what} should hold numbers, but holds {kind!s:.40}; save it as numbers, without objects")
        body = data[stream.tell() :]
        claimed = 1
        for extent in shape:
            claimed *= int(extent)
        if min(shape, default=0) < 0 or claimed * kind.itemsize != len(body):
            raise DataError(
                f"{what} should hold {_number(claimed)} numbers as its header says, but has {len(body)} bytes of "
                f"{kind.itemsize} each; it is truncated or damaged"
            )
        self.check(claimed, file_bytes, f"{what}: numbers", kind.itemsize)
        return np.frombuffer(body, dtype=kind).reshape(shape, order="F" if by_column else "C")


def as_text(data: bytes, name: object) -> str:
    """Decode UTF-8, with or without a byte order mark; line ends become newlines.

    Raises:
        DataError: for bytes that are no text, with their place.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{name}, line {line}: should be text in UTF-8, but byte {error.start} is 0x{data[error.start]:02x}; "
            "save the file as UTF-8"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _bomb(what: str, most: int) -> str:
    return f"{what} should unpack to at most {most} bytes, but is more; it is damaged or made to fill the memory"


def _number(value: int) -> str:
    return str(value) if value < 10**18 else f"about 10^{int(np.log10(float(min(value, 10**300))))}"


DEFAULT = Limits()
