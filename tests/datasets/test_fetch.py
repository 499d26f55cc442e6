"""Look-up order, checksums and downloads, against a server on this machine."""

import gzip
import hashlib
import io
import lzma
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cochain.datasets import fetch, info, whereabouts
from cochain.datasets.addresses import ADDRESSES, CONVERTED, address
from cochain.datasets.records import File, manifest
from cochain.errors import DataError

CONTENT = bytes(range(256)) * 2000


class Server(ThreadingHTTPServer):
    """Serves CONTENT at /whole; at /short it stops after `stop` bytes of each answer; at /other it serves zeros."""

    stop = 3 << 16
    ranges: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        kind = self.path.strip("/")
        if kind == "missing":
            self.send_error(404)
            return
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        body = bytes(len(CONTENT)) if kind == "other" else CONTENT
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and kind != "stubborn" else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if kind != "unsized":
            self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        end = len(body) if kind in ("whole", "other", "stubborn") else start + self.server.stop
        self.wfile.write(body[start:end])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server(("127.0.0.1", 0), Handler)
    running.ranges = []
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def served(server: Server, kind: str, content: bytes = CONTENT) -> File:
    url = f"http://127.0.0.1:{server.server_port}/{kind}"
    return File("folder/file.bin", url, hashlib.sha256(content).hexdigest(), len(content))


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No mirror, and an empty cache below tmp_path."""
    monkeypatch.delenv("COCHAIN_DATA", raising=False)
    monkeypatch.setenv("COCHAIN_CACHE", str(tmp_path / "cache"))
    return tmp_path


def put(folder: Path, content: bytes = CONTENT, name: str = "folder/file.bin") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_download_is_kept_and_used_again(server: Server, places: Path) -> None:
    file = served(server, "whole")
    assert fetch.read_file(file) == CONTENT
    assert (places / "cache" / file.path).read_bytes() == CONTENT
    assert fetch.read_file(replace(file, url="http://127.0.0.1:9/gone")) == CONTENT
    assert len(server.ranges) == 1


def test_a_broken_download_goes_on_where_it_stopped(server: Server, places: Path) -> None:
    assert fetch.read_file(served(server, "short")) == CONTENT
    assert server.ranges == [None, "bytes=196608-", "bytes=393216-"]
    assert [path.name for path in (places / "cache" / "folder").iterdir()] == ["file.bin"]


def test_a_download_without_length_goes_on_too(server: Server) -> None:
    assert fetch.read_file(served(server, "unsized")) == CONTENT
    assert server.ranges == [None, "bytes=196608-", "bytes=393216-"]


def test_a_download_that_stays_short_is_resumed_by_the_next_call(server: Server, places: Path) -> None:
    server.stop = 2 << 16
    file = served(server, "short")
    with pytest.raises(
        DataError, match=r"folder/file.bin should come from http.*load again to go on.*or set COCHAIN_DATA"
    ):
        fetch.read_file(file)
    assert not (places / "cache" / file.path).exists()
    assert (places / "cache" / "folder" / "file.bin.part").stat().st_size == 6 << 16
    assert fetch.read_file(file) == CONTENT
    assert server.ranges[3] == "bytes=393216-"


def test_a_server_without_ranges_is_asked_from_the_start(server: Server, places: Path) -> None:
    put(places / "cache", CONTENT[:1000], "folder/file.bin.part")
    assert fetch.read_file(served(server, "stubborn")) == CONTENT
    assert server.ranges == ["bytes=1000-"]


def test_a_rest_of_other_content_is_thrown_away(server: Server, places: Path) -> None:
    put(places / "cache", b"x" * 1000, "folder/file.bin.part")
    assert fetch.read_file(served(server, "whole")) == CONTENT
    assert server.ranges == ["bytes=1000-", None]


def test_wrong_content_is_refused_and_not_kept(server: Server, places: Path) -> None:
    file = served(server, "other")
    got = hashlib.sha256(bytes(len(CONTENT))).hexdigest()
    message = rf"{file.url} should have sha256 {file.sha256}, but has {got}; it is altered: remove it, and load again"
    with pytest.raises(DataError, match=message):
        fetch.read_file(file)
    assert list((places / "cache" / "folder").iterdir()) == []


def test_an_altered_cache_is_repaired(server: Server, places: Path) -> None:
    put(places / "cache", b"rubbish")
    assert fetch.read_file(served(server, "whole")) == CONTENT


def test_addresses_that_do_not_answer(server: Server) -> None:
    with pytest.raises(DataError, match="404"):
        fetch.read_file(served(server, "missing"))
    with pytest.raises(DataError, match=r"folder/file\.bin should come from http://127.0.0.1:9/x, but does not"):
        fetch.read_file(replace(served(server, "whole"), url="http://127.0.0.1:9/x"))


def test_root_comes_before_the_mirror_before_the_cache(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = {name: name.encode() for name in ("root", "mirror", "cache")}
    for name, content in contents.items():
        put(places / name, content)
    monkeypatch.setenv("COCHAIN_DATA", str(places / "mirror"))

    def read(name: str, root: Path | None = None) -> bytes:
        content = contents[name]
        return fetch.read_file(
            File("folder/file.bin", "http://x", hashlib.sha256(content).hexdigest(), len(content)), root
        )

    assert read("root", places / "root") == b"root"
    assert read("mirror") == b"mirror"
    (places / "empty").mkdir()
    assert read("mirror", places / "empty") == b"mirror"
    monkeypatch.delenv("COCHAIN_DATA")
    assert read("cache") == b"cache"


def test_gzip_beside_the_name_is_unpacked(places: Path) -> None:
    file = File("folder/file.bin", "http://x", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    packed = put(places / "root", gzip.compress(CONTENT), "folder/file.bin.gz")
    assert fetch.read_file(file, places / "root") == CONTENT
    packed.write_bytes(gzip.compress(CONTENT)[:500])
    with pytest.raises(DataError, match=r"file.bin.gz should have sha256 .* and 512,000 bytes, .* it is cut off"):
        fetch.read_file(file, places / "root")
    packed.write_bytes(gzip.compress(bytes(10_000_000)))  # unpacks to more than it should
    with pytest.raises(DataError, match="512,001 bytes; it is altered"):
        fetch.read_file(file, places / "root")
    packed.write_bytes(b"no gzip")
    with pytest.raises(DataError, match=r"file.bin.gz should be readable, but is not .*; remove it and load again"):
        fetch.read_file(file, places / "root")


def test_xz_beside_the_name_is_unpacked(places: Path) -> None:
    file = File("folder/file.bin", "http://x", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    packed = put(places / "root", lzma.compress(CONTENT), "folder/file.bin.xz")
    assert fetch.read_file(file, places / "root") == CONTENT
    packed.write_bytes(lzma.compress(bytes(10_000_000)))
    with pytest.raises(DataError, match="512,001 bytes; it is altered"):
        fetch.read_file(file, places / "root")
    packed.write_bytes(b"no xz")
    with pytest.raises(DataError, match=r"file.bin.xz should be readable, but is not .*; remove it and load again"):
        fetch.read_file(file, places / "root")


def archive(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:xz") as opened:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def test_a_file_may_lie_in_an_archive(places: Path) -> None:
    file = File(
        "folder/deep/file.bin", "http://x", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "folder/all.tar.xz"
    )
    packed = put(places / "root", archive({"other": b"x", "deep/file.bin": CONTENT}), "folder/all.tar.xz")
    assert fetch.read_file(file, places / "root") == CONTENT
    packed.write_bytes(archive({"deep/file.bin": CONTENT + b"more"}))
    with pytest.raises(DataError, match=r"all.tar.xz:deep/file.bin should have sha256 .* 512,001 bytes; it is altered"):
        fetch.read_file(file, places / "root")
    packed.write_bytes(archive({"other": b"x"}))
    with pytest.raises(DataError, match=r"and 0 bytes; it is cut off"):
        fetch.read_file(file, places / "root")
    packed.write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"all.tar.xz should be an archive, but cannot be read"):
        fetch.read_file(file, places / "root")


def test_an_archive_that_claims_too_much_is_refused(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LARGEST_ARCHIVE", 1000)
    packed = put(places, archive({"large": bytes(5000), "deep/file.bin": b"x"}), "all.tar.xz")
    with pytest.raises(DataError, match=r"should unpack to less than 1,000 bytes; remove it"):
        fetch.unpack(packed, [File("folder/deep/file.bin", "", "0" * 64, 1, "folder/all.tar.xz")])


def test_a_converted_file_has_no_address() -> None:
    with pytest.raises(
        DataError, match=r"folder/file.bin should lie in the folder that COCHAIN_DATA names, but does not"
    ):
        fetch.read_file(File("folder/file.bin", "", "0" * 64, 7))


FETCHING = """
import hashlib, sys
from pathlib import Path
from cochain.datasets import fetch
from cochain.datasets.records import File
path, url, digest, size, cache = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
print(hashlib.sha256(fetch.download(File(path, url, digest, int(size)), Path(cache))).hexdigest())
"""


def test_several_processes_fetch_one_file(server: Server, places: Path) -> None:
    server.stop = 1 << 18
    file = served(server, "short")
    command = [sys.executable, "-c", FETCHING, file.path, file.url, file.sha256, str(file.size), str(places / "cache")]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    got = [process.communicate(timeout=60)[0].strip() for process in running]
    assert got == [file.sha256] * 3
    assert server.ranges == [None, "bytes=262144-"]  # one of them fetched it, the others waited
    assert [path.name for path in (places / "cache" / "folder").iterdir()] == ["file.bin"]


def test_an_altered_file_is_named_with_both_checksums(places: Path) -> None:
    path = put(places / "root", b"rubbish")
    file = File("folder/file.bin", "http://x", "0" * 64, 7)
    got = hashlib.sha256(b"rubbish").hexdigest()
    with pytest.raises(
        DataError, match=rf"{path} should have sha256 {'0' * 64}, but has {got}; .* fetch it from http://x"
    ):
        fetch.read_file(file, places / "root")


def test_folders_that_are_not_there(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = File("folder/file.bin", "http://x", "0" * 64, 7)
    with pytest.raises(
        DataError, match=r"root should name a folder, but .*nowhere is none; correct it or leave it out"
    ):
        fetch.read_file(file, places / "nowhere")
    monkeypatch.setenv("COCHAIN_DATA", str(places / "nowhere"))
    with pytest.raises(DataError, match="COCHAIN_DATA should name a folder"):
        fetch.read_file(file)


def test_a_cache_that_cannot_be_written(places: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    (places / "blocked").write_text("a file where a folder should be")
    monkeypatch.setenv("COCHAIN_CACHE", str(places / "blocked"))
    with pytest.raises(DataError, match=r"should be written, but cannot .*; set COCHAIN_CACHE"):
        fetch.read_file(served(server, "whole"))


def test_whereabouts(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert whereabouts("karate") == "embedded"
    assert whereabouts("mutag") == "download"
    for name in info("mutag").files:
        put(places / "mirror", b"", name)
    assert whereabouts("mutag", places / "mirror") == "root"
    monkeypatch.setenv("COCHAIN_DATA", str(places / "mirror"))
    assert whereabouts("mutag") == "COCHAIN_DATA"
    monkeypatch.delenv("COCHAIN_DATA")
    monkeypatch.setenv("COCHAIN_CACHE", str(places / "mirror"))
    assert whereabouts("mutag") == "cache"


def test_every_file_has_a_checksum_and_a_public_address() -> None:
    for path, file in manifest().items():
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.url == address(path)
        if path.startswith(CONVERTED):
            assert not file.url
            continue
        assert re.fullmatch(r"https://raw\.githubusercontent\.com/[\w.-]+/[\w.-]+/[0-9a-f]{40}/.+", file.url)
        assert file.url.rsplit("/", 1)[1] == path.rsplit("/", 1)[1]


def test_no_address_is_left_unused() -> None:
    for prefix in (*ADDRESSES, *CONVERTED):
        assert any(path.startswith(prefix) for path in manifest()), prefix
