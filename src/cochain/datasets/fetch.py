"""Finding the files of a data set: a given folder, `$COCHAIN_DATA`, the cache, and last the public address.

Every file is checked against its sha256 wherever it was found, so what the readers see is what the authors published.
"""

import hashlib
import lzma
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cochain.datasets.records import Dataset, File, manifest
from cochain.errors import DataError

ATTEMPTS = 3
TIMEOUT_SECONDS = (10.0, 60.0)  # to connect, and between two pieces of the answer
COMPRESSED = (".gz", ".xz")
LARGEST_ARCHIVE = 1 << 28


def cache_folder() -> Path:
    """Give the folder of downloads: `$COCHAIN_CACHE`, or the operating system's place for caches."""
    import pooch

    given = os.environ.get("COCHAIN_CACHE")
    return Path(given).expanduser() if given else Path(pooch.os_cache("cochain"))


def read_files(dataset: Dataset, root: str | os.PathLike[str] | None = None) -> dict[str, bytes]:
    """Read all files of a data set, in this order of places: `root`, `$COCHAIN_DATA`, the cache, the public address.

    Args:
        dataset: the record.
        root: folder to look in first; the layout below it is that of the paths in the record.

    Returns:
        The content by path.

    Raises:
        DataError: when a folder does not exist, a file is altered, or a download fails.
    """
    known = manifest()
    files = [known[path] for path in dataset.files]
    unpacked: dict[Path, dict[str, bytes]] = {}
    return {file.path: _read(file, root, files, unpacked) for file in files}


def read_file(file: File, root: str | os.PathLike[str] | None = None) -> bytes:
    """Read one file and check it; see `read_files`."""
    return _read(file, root, [file], {})


def _read(
    file: File,
    root: str | os.PathLike[str] | None,
    together: Sequence[File],
    unpacked: dict[Path, dict[str, bytes]],
) -> bytes:
    """Read a file; an archive is unpacked once, into `unpacked`, for all files that are read `together`."""
    for _, folder in _places(root):
        found = _found_in(folder, file)
        if found is None:
            continue
        if found == folder / file.pack:
            if found not in unpacked:
                unpacked[found] = unpack(found, [each for each in together if each.pack == file.pack])
            data, place = unpacked[found].get(file.member, b""), f"{found}:{file.member}"
        else:
            data, place = _content(found, file), str(found)
        check(data, file, place)
        return data
    return download(file, cache_folder())


def whereabouts(dataset: Dataset, root: str | os.PathLike[str] | None = None) -> str:
    """Say where `load` would find a data set: "embedded", "root", "COCHAIN_DATA", "cache" or "download"."""
    if dataset.embedded:
        return "embedded"
    known = [manifest()[path] for path in dataset.files]
    for name, folder in [*_places(root), ("cache", cache_folder())]:
        if all(_found_in(folder, file) is not None for file in known):
            return name
    return "download"


def check(data: bytes, file: File, place: str) -> None:
    """Raise unless `data` is the content that the manifest promises."""
    got = hashlib.sha256(data).hexdigest()
    if got == file.sha256:
        return
    size = f" and {len(data):,} bytes" if len(data) != file.size else ""
    expected = f" and {file.size:,} bytes" if size else ""
    damage = "cut off" if len(data) < file.size else "altered"
    raise DataError(
        f"{place} should have sha256 {file.sha256}{expected}, but has {got}{size}; "
        f"it is {damage}: remove it, and load again or fetch it from {file.url}"
    )


def _places(root: str | os.PathLike[str] | None) -> Iterator[tuple[str, Path]]:
    """Give the folders to look in before the cache; a folder that is named but not there is a mistake."""
    given = {"root": root, "COCHAIN_DATA": os.environ.get("COCHAIN_DATA") or None}
    for name, value in given.items():
        if value is None:
            continue
        folder = Path(value).expanduser()
        if not folder.is_dir():
            raise DataError(f"{name} should name a folder, but {folder} is none; correct it or leave it out")
        yield name, folder


def _found_in(folder: Path, file: File) -> Path | None:
    """Give the file below a folder: plain, compressed with gzip or xz, or the archive that holds it."""
    plain = folder / file.path
    ways = [plain, *(plain.with_name(plain.name + ending) for ending in COMPRESSED)]
    ways += [folder / file.pack] if file.pack else []
    return next((path for path in ways if path.is_file()), None)


def _content(found: Path, file: File) -> bytes:
    """Read a file, unpacking it where it lies compressed, and never more than its known size and a little."""
    try:
        with found.open("rb") as stream:
            raw = stream.read(2 * file.size + 1024)
        if found.name == Path(file.path).name:
            return raw
        if found.suffix == ".xz":
            return lzma.LZMADecompressor().decompress(raw, file.size + 1)
        return zlib.decompressobj(wbits=31).decompress(raw, file.size + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise DataError(f"{found} should be readable, but is not ({error}); remove it and load again") from error


def unpack(archive: Path, files: Sequence[File]) -> dict[str, bytes]:
    """Read members of a tar archive in one pass, each up to its known size and a byte.

    Raises:
        DataError: for an archive that is damaged or unpacks to more than any collection needs.
    """
    import tarfile

    wanted = {file.member: file.size for file in files}
    contents: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, mode="r:*") as opened:
            for member in opened:
                if member.offset_data > LARGEST_ARCHIVE or member.size > LARGEST_ARCHIVE:
                    raise DataError(f"{archive} should unpack to less than {LARGEST_ARCHIVE:,} bytes; remove it")
                stream = opened.extractfile(member) if member.name in wanted else None
                if stream is not None:
                    contents[member.name] = stream.read(wanted[member.name] + 1)
                if len(contents) == len(wanted):
                    break
    except (tarfile.TarError, lzma.LZMAError, zlib.error, OSError, EOFError, ValueError) as error:
        raise DataError(f"{archive} should be an archive, but cannot be read ({error}); load it again") from error
    return contents


def download(file: File, cache: Path) -> bytes:
    """Give a file from the cache, fetching it first where it is missing or altered.

    The bytes gather in a file `.part`, from which a later call goes on; only a complete and checked file is renamed to
    its final name. Of several processes that want one file, one fetches it while the others wait for its lock, which
    the system takes back when the process ends, however it ends.

    Raises:
        DataError: when the file has no address, or the address cannot be reached or serves other bytes.
    """
    import pooch
    from filelock import FileLock

    target = cache / file.path
    if not file.url and not target.is_file():
        raise DataError(
            f"{file.path} should lie in the folder that COCHAIN_DATA names, but does not; it was converted from what "
            "its authors published, and has no public address of its own"
        )
    try:
        locks = cache / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        with FileLock(locks / f"{file.sha256}.lock"):
            pooch.retrieve(
                url=file.url,
                known_hash=f"sha256:{file.sha256}",
                fname=target.name,
                path=target.parent,
                downloader=_Resumed(file, target.with_name(target.name + ".part")),
            )
            return target.read_bytes()
    except OSError as error:
        raise DataError(
            f"{target} should be written, but cannot ({error}); set COCHAIN_CACHE to a folder that you may write to"
        ) from error


class _Resumed:
    """A downloader for pooch that goes on where an earlier one stopped."""

    def __init__(self, file: File, part: Path) -> None:
        self.file, self.part = file, part

    def __call__(self, url: str, output_file: str, pooch_: Any) -> None:
        problem = None
        for _ in range(ATTEMPTS):
            resuming = 0 < self._size() < self.file.size
            problem = self._continue()
            if self._complete():
                os.replace(self.part, output_file)
                return
            if self._size() >= self.file.size and not resuming:
                break
        self._give_up(problem)

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _complete(self) -> bool:
        return self._size() == self.file.size and hashlib.sha256(self.part.read_bytes()).hexdigest() == self.file.sha256

    def _continue(self) -> str | None:
        """Ask for the missing bytes and append them; give the problem, if there was one."""
        import requests

        if self._size() >= self.file.size:
            self.part.unlink()
        have = self._size()
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
        try:
            with requests.get(self.file.url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as answer:
                answer.raise_for_status()
                part = answer.headers.get("Content-Range", "")
                resumed = answer.status_code == 206 and part.startswith(f"bytes {have}-")
                with self.part.open("ab" if resumed else "wb") as stream:
                    for piece in answer.iter_content(1 << 16):
                        stream.write(piece)
                        if stream.tell() > self.file.size:
                            break
        except requests.RequestException as error:
            return f"{type(error).__name__}: {error}"
        return None

    def _give_up(self, problem: str | None) -> None:
        if problem is None and self._size() >= self.file.size:
            data = self.part.read_bytes()
            self.part.unlink()
            check(data, self.file, self.file.url)
        raise DataError(
            f"{self.file.path} should come from {self.file.url}, but does not "
            f"({problem or f'the answer ended after {self._size():,} of {self.file.size:,} bytes'}); "
            "load again to go on where it stopped, or set COCHAIN_DATA to a folder that holds it"
        )
