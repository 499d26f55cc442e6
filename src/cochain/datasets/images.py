"""Readers of pictures as cubical complexes: pixels are nodes, four around a corner span a square.

Pictures have many pixels, so most records say how many pictures, or how much of each, is read (their options); the
numbers that published tables give for all of them are not to be compared.
"""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cochain.complexes import Complex
from cochain.datasets.damage import require
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, VALIDATION, carve_validation, fold_splits, stratified_folds
from cochain.datasets.tensors import with_task
from cochain.errors import DataError

VALIDATION_SHARE = 0.1
LARGEST_PICTURE = 1 << 24
PARTS = {"train": TRAIN, "val": VALIDATION, "test": TEST}


def mnist(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the first digits of the training and of the test part, as many as the options `train` and `test` say."""
    by_name = {path.rsplit("/", 1)[1]: (path, data) for path, data in contents.items()}
    parts = []
    for name, option in (("train", "train"), ("t10k", "test")):
        pixels = parse_idx(*by_name[f"{name}-images-idx3-ubyte.gz"][::-1], 3)
        y = parse_idx(*by_name[f"{name}-labels-idx1-ubyte.gz"][::-1], 1)
        require(len(pixels) == len(y), by_name[f"{name}-labels-idx1-ubyte.gz"][0], "a class of each digit", "has not")
        count = _option(dataset, option)
        parts.append((pixels[:count] / np.float32(255), y[:count]))
    return _classified(parts)


def usps(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the first digits of both parts, as many as the options `train` and `test` say."""
    ((path, data),) = contents.items()
    try:
        import h5py  # type: ignore[import-untyped]
    except ImportError as error:
        raise _missing("h5py", path) from error
    parts = []
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            for part in ("train", "test"):
                count = _option(dataset, part)
                pixels, y = file[part]["data"][:count], file[part]["target"][:count]
                parts.append((np.asarray(pixels, dtype=np.float32).reshape(-1, 16, 16), np.asarray(y, dtype=np.int64)))
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise DataError(f"{path} should hold digits in HDF5, but cannot be read ({error}); load it again") from error
    return _classified(parts)


def cifar(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the first pictures of each class of both parts, as many as the options `train` and `test` say."""
    ((path, data),) = contents.items()
    parts = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in ("train", "test"):
                names = sorted(entry for entry in archive.namelist() if re.fullmatch(rf"{part}/[a-z]+/\d+\.jpg", entry))
                kinds = np.array([name.split("/")[1] for name in names])
                classes, y = np.unique(kinds, return_inverse=True)
                place = np.arange(len(y)) - np.searchsorted(kinds, kinds)
                chosen = np.flatnonzero(place < _option(dataset, part))
                require(len(classes) == dataset.classes, path, f"{dataset.classes} classes", f"has {len(classes)}")
                pictures = [picture(archive.read(names[k]), f"{path}:{names[k]}") for k in chosen]
                parts.append((np.stack(pictures) / np.float32(255), y[chosen]))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(
            f"{path} should be an archive of pictures, but cannot be read ({error}); load it again"
        ) from error
    return _classified(parts)


def segmented(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read pictures with a mask each: x is grey, y of a pixel whether the mask is bright there.

    Of each picture the middle is read, at most `crop` pixels wide and high. Option `published`: the parts are those of
    the folders train, val and test; otherwise pictures are dealt into folds.
    """
    masks = {_key(path): (path, data) for path, data in contents.items() if "/label" in path or "/accurate/" in path}
    drawn = [(path, data) for path, data in contents.items() if "/image" in path and "/label" not in path]
    crop = _option(dataset, "crop")
    images, labels = [], []
    for path, data in drawn:
        require(_key(path) in masks, path, "a mask", "has none")
        images.append(_middle(grey(picture(data, path)), crop))
        labels.append(_middle(grey(picture(masks[_key(path)][1], masks[_key(path)][0])), crop) > 0.5)
        require(images[-1].shape == labels[-1].shape, path, "a mask of its size", f"has {labels[-1].shape}")
    sizes = [image.size for image in images]
    if "published" in dataset.options:
        part = np.array([PARTS[path.split("/")[1]] for path, _ in drawn], dtype=np.int8)[:, None]
    else:
        fold = stratified_folds(np.zeros(len(drawn), dtype=np.int64), dataset.folds, seed=0)
        part = fold_splits(fold, dataset.folds)
    y = np.concatenate([label.reshape(-1) for label in labels]).astype(np.int64)
    return with_task(Complex.cubical(images), 0, y, np.repeat(part, sizes, axis=0))


def masks(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read masks as the complex of their bright pixels, which are squares; y is the published Betti numbers 0 and 1."""
    table = next((path, data) for path, data in contents.items() if path.endswith(".csv"))
    rows = {match[0].decode(): match[1:] for match in re.findall(rb"^(\d+),(\d+),(\d+),", table[1], re.MULTILINE)}
    names = [path for path in contents if path.endswith(".png")]
    identity = [path.rsplit("/", 1)[1].removesuffix(".png") for path in names]
    require(all(each in rows for each in identity), table[0], "a line for each mask", "has not")
    full = [grey(picture(contents[path], path)) > 0.5 for path in names]
    y = np.array([rows[each] for each in identity]).astype(np.float32)
    split = fold_splits(stratified_folds(np.zeros(len(y), dtype=np.int64), dataset.folds, seed=0), dataset.folds)
    images = [mask.astype(np.float32) for mask in full]
    return with_task(Complex.cubical(images, pixels="cells", mask=full), "whole", y, split)


def picture(data: bytes, name: str) -> np.ndarray:
    """Decode a PNG or JPEG as uint8 (rows, columns) or (rows, columns, 3).

    Raises:
        DataError: when it cannot be decoded, is too large, or Pillow is not installed.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise _missing("Pillow", name) from error
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            require(
                opened.width * opened.height <= LARGEST_PICTURE, name, "a picture of usual size", f"has {opened.size}"
            )
            return np.asarray(opened if opened.mode == "L" else opened.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise DataError(
            f"{name} should be a picture, but cannot be read ({error}); remove it and load again"
        ) from error


def grey(pixels: np.ndarray) -> np.ndarray:
    """Give the mean of the channels between 0 and 1, float32 (rows, columns)."""
    return (pixels if pixels.ndim == 2 else pixels.mean(axis=2)).astype(np.float32) / 255


def parse_idx(data: bytes, name: str, axes: int) -> np.ndarray:
    """Read bytes in the idx format, compressed with gzip: two zeros, 8, how many axes, their lengths, the bytes."""
    try:
        raw = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} should be a gzip file, but cannot be read ({error}); load it again") from error
    require(raw[:4] == bytes([0, 0, 8, axes]), name, f"an array of bytes with {axes} axes", f"begins with {raw[:4]!r}")
    shape = np.frombuffer(raw[4 : 4 + 4 * axes], ">i4").astype(np.int64)
    require(len(raw) - 4 - 4 * axes == shape.prod(), name, f"{shape.prod()} bytes", f"has {len(raw) - 4 - 4 * axes}")
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * axes).reshape(shape)


def _classified(parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> Complex:
    """Join training and test pictures of one size; a stratified tenth of the training part validates."""
    (train, y_train), (test, y_test) = parts
    y = np.concatenate([y_train, y_test]).astype(np.int64)
    split = np.repeat(np.array([TRAIN, TEST], dtype=np.int8), [len(train), len(test)])[:, None]
    complex_ = Complex.cubical(np.concatenate([train, test]))
    return with_task(complex_, "whole", y, carve_validation(split, y, VALIDATION_SHARE, seed=0))


def _middle(image: np.ndarray, side: int) -> np.ndarray:
    top, left = (max(0, (length - side) // 2) for length in image.shape)
    return image[top : top + side, left : left + side]


def _key(path: str) -> str:
    """Give what the paths of a picture and of its mask have in common."""
    return re.sub(r"/(images?|labels?|accurate)/", "/", path).replace("/image_", "/").replace("/label_", "/")


def _option(dataset: Dataset, name: str) -> int:
    return int(next(option.split("=")[1] for option in dataset.options if option.startswith(f"{name}=")))


def _missing(library: str, name: Any) -> DataError:
    return DataError(f"{name} should be read by {library}, but it is not installed; pip install 'cochain[interop]'")
