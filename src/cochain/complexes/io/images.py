"""Images as cubical complexes: one PNG, its pixels the vertices of a grid."""

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from cochain.complexes.complex import Complex
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.limits import Limits
from cochain.complexes.optional import library
from cochain.complexes.schema import Schema
from cochain.errors import DataError

_BYTES_PER_PIXEL = 64  # of the complex: two edges, a square, a position and channels
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {1: ("grey",), 2: ("grey", "alpha"), 3: ("red", "green", "blue"), 4: ("red", "green", "blue", "alpha")}


def read(path: Path, limits: Limits) -> Draft:
    """Read a PNG as `Complex.cubical` with pixels as vertices: `c[0].x` holds its channels, from 0 to 1.

    Grey and colours stay as they are stored, a palette is looked up, alpha is a channel of its own. The size in the
    header is held against the limits before anything is unpacked.

    Raises:
        DataError: when it is no PNG, damaged, or too large for its file.
    """
    data, name = limits.read_bytes(path), str(path)
    if data[:8] != _SIGNATURE or len(data) < 29 or data[12:16] != b"IHDR":
        raise DataError(f"{name}, byte 0: should begin with the signature and header of PNG, but does not; convert it")
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    limits.check(width * height, len(data), f"{name}, byte 16: pixels", _BYTES_PER_PIXEL)
    pixels = _decode(data, name)
    found = Complex.cubical([pixels])
    schema = Schema(features={0: CHANNELS[pixels.shape[2]]})
    rounded = depth == 16 and kind != 0
    losses = ("colours of 16 bits were rounded to 8 bits",) if rounded else ()
    return Draft(found.with_schema(schema), notes=("pixels are vertices, their values from 0 to 1",), losses=losses)


def _decode(data: bytes, name: str) -> np.ndarray:
    """Give an image as (rows, columns, channels), float32 from 0 to 1."""
    library("PIL")
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes, which have been checked, and of profiles
            image = Image.open(io.BytesIO(data), formats=("PNG",))
            image.load()
            array = np.asarray(_plain(image))
    # What the decoder raises on damaged chunks, by its documentation and by experiment.
    except (
        OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError, OverflowError,
        MemoryError, zlib.error, struct.error, Image.DecompressionBombError,
    ) as error:  # fmt: skip
        raise DataError(f"{name} should be a PNG, but cannot be read ({error}); it is damaged or truncated") from error
    full = {"b": 1.0, "u": 255.0 if array.dtype == np.uint8 else 65535.0, "i": 65535.0}[array.dtype.kind]
    array = array[:, :, None] if array.ndim == 2 else array
    return (array / np.float32(full)).astype(np.float32)


def _plain(image: Any) -> Any:
    """Look palettes up; other modes hold values already."""
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    return image.convert("L") if image.mode == "1" else image
