"""PNG images as cubical complexes: every mode, sizes that lie, damage."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.io.limits import Limits
from damage import damaged


def png(array: np.ndarray, mode: str | None = None) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(stream, "PNG")
    return stream.getvalue()


def put(data: bytes, folder: Path) -> Path:
    path = folder / "i.png"
    path.write_bytes(data)
    return path


GREY = np.array([[0, 51, 102], [153, 204, 255]], dtype=np.uint8)
COLORS = np.stack([GREY, GREY[::-1], 255 - GREY], axis=2)


def test_a_grey_image_is_its_cubical_complex(tmp_path: Path) -> None:
    c = cc.io.read(put(png(GREY), tmp_path))
    assert (c.domain, c.sizes) == ("cell", (6, 7, 2))
    assert_close(c[0].x, torch.from_numpy(GREY.reshape(-1, 1) / 255).float())
    assert c.schema is not None
    assert c.schema.features == {0: ("grey",)}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(COLORS), COLORS / 255),
        (png(np.concatenate([COLORS, GREY[..., None]], 2)), np.concatenate([COLORS, GREY[..., None]], 2) / 255),
        (png(np.stack([GREY, 255 - GREY], 2)), np.stack([GREY, 255 - GREY], 2) / 255),
        (png(GREY.astype(np.uint16) * 257), GREY[..., None] / 255),
        (png(GREY > 100), (GREY > 100)[..., None].astype(float)),
        (png(COLORS, "P"), COLORS / 255),
    ],
    ids=["colours", "colours and alpha", "grey and alpha", "16 bits", "1 bit", "palette"],
)
def test_every_mode(data: bytes, expected: np.ndarray, tmp_path: Path) -> None:
    c = cc.io.read(put(data, tmp_path))
    assert_close(c[0].x, torch.from_numpy(expected.reshape(6, -1)).float(), atol=2e-5, rtol=0)


def test_a_palette_with_transparency_has_alpha(tmp_path: Path) -> None:
    image = Image.fromarray(COLORS).convert("P")
    image.save(tmp_path / "i.png", transparency=0)
    assert cc.io.read(tmp_path / "i.png")[0].x.shape == (6, 4)


def header(width: int, height: int, depth: int = 8, kind: int = 0, body: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def test_colours_of_16_bits_are_rounded_and_it_is_said(tmp_path: Path) -> None:
    row = b"\0" + struct.pack(">6H", 0, 65535, 257 * 51, 1, 2, 3)
    with pytest.warns(cc.io.ReadingNote, match="colours of 16 bits were rounded to 8 bits"):
        c = cc.io.read(put(header(2, 1, 16, 2, row), tmp_path))
    assert_close(c[0].x[0], torch.tensor([0, 1, 0.2]))


def test_sizes_are_held_against_the_file(tmp_path: Path) -> None:
    with pytest.raises(cc.DataError, match=r"i.png, byte 16: pixels should be at most 2147483647, but are 10000000000"):
        cc.io.read(put(header(10**5, 10**5), tmp_path))
    bomb = header(4000, 4000, body=bytes(4001 * 4000))
    with pytest.raises(
        cc.DataError, match=r"pixels should fit a file of .* but are 16000000, more than 67108864 bytes"
    ):
        cc.io.read(put(bomb, tmp_path))
    with pytest.raises(cc.DataError, match="pixels should fit a file"):
        cc.io.read(put(png(np.zeros((300, 300), np.uint8)), tmp_path), limits=Limits(floor=1 << 20))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GIF89a", "i.png, byte 0: should begin with the signature and header of PNG, but does not; convert it"),
        (png(GREY)[:50], "i.png should be a PNG, but cannot be read"),
        (header(2, 2, body=b"\0a"), "i.png should be a PNG, but cannot be read .*truncated"),
        (header(2, 2, depth=3), "i.png should be a PNG, but cannot be read"),
    ],
)
def test_what_is_wrong_is_named(data: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(cc.DataError, match=message):
        cc.io.read(put(data, tmp_path))


@pytest.mark.parametrize("whole", [png(GREY), png(COLORS, "P"), png(GREY > 100)], ids=["grey", "palette", "bits"])
@given(data=st.data())
def test_damage_never_escapes(tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject) -> None:
    path = put(data.draw(damaged(whole)), tmp_path_factory.mktemp("i"))
    try:
        c = cc.io.read(path)
    except cc.CochainError:
        return
    assert c.domain == "cell"
