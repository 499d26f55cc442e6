"""Throw damaged files at a reader and count what comes of it.

    python tests/fuzz/fuzz_readers.py hif edges --inputs 100000 --seconds 600 --seed 1 --out crashes/

Every input is a valid file with random damage, or the splice of two. A reader may return a complex or raise one of the
library's own errors; anything else, and anything slower than `--slow` seconds, is written to the crash folder with
its traceback. Where atheris is installed, `--atheris` lets it choose the damage by coverage; otherwise the mutations
below do.
One line of JSON for each format goes to the output: inputs, complexes, refusals, crashes, slowest, largest memory.
"""

import argparse
import importlib
import json
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cochain.complexes.io import FORMATS, read
from cochain.errors import CochainError

sys.path.insert(0, str(Path(__file__).parent))
from corpus import CORPUS, TOKENS, Seed


@dataclass
class Tally:
    """What came of the inputs of one format."""

    format: str
    inputs: int = 0
    complexes: int = 0
    refusals: int = 0
    crashes: int = 0
    slowest: float = 0.0
    seconds: float = 0.0
    memory_mb: float = 0.0
    kinds: dict[str, int] = field(default_factory=dict)


def damage(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """Alter a file in one to six places: bytes, tokens, lines, numbers, lengths, or a splice with another."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        data = rng.choice(DAMAGES)(data, rng, other)
    return data[: 1 << 16]


def _flip(data: bytes, rng: random.Random, other: bytes) -> bytes:
    if not data:
        return b"\x00"
    place = rng.randrange(len(data))
    return data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :]


def _cut(data: bytes, rng: random.Random, other: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] if rng.random() < 0.5 else data[:place] + data[place + rng.randrange(1, 9) :]


def _insert(data: bytes, rng: random.Random, other: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(TOKENS) + data[place:]


def _repeat(data: bytes, rng: random.Random, other: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    piece = data[place : place + rng.randrange(1, 40)]
    return data[:place] + piece * rng.choice((2, 3, 50)) + data[place:]


def _splice(data: bytes, rng: random.Random, other: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _swap_lines(data: bytes, rng: random.Random, other: bytes) -> bytes:
    lines = data.split(b"\n")
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _number(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """Replace a number by another."""
    places = [k for k, byte in enumerate(data) if 48 <= byte <= 57]
    if not places:
        return data
    start = end = rng.choice(places)
    while end < len(data) and 48 <= data[end] <= 57:
        end += 1
    return (
        data[:start]
        + str(rng.choice((0, 1, -1, 2**31, 2**63, 10**12, 10**30, rng.randrange(100)))).encode()
        + data[end:]
    )


DAMAGES: tuple[Callable[[bytes, random.Random, bytes], bytes], ...] = (
    _flip, _flip, _cut, _insert, _insert, _repeat, _splice, _swap_lines, _number,
)  # fmt: skip


def inputs(seeds: list[Seed], rng: random.Random) -> Iterator[dict[str, bytes]]:
    """Draw damaged files without end: of a folder, one of its files is damaged."""
    while True:
        seed = rng.choice(seeds)
        name = rng.choice(sorted(seed.files))
        other = rng.choice(sorted(rng.choice(seeds).files.values()))
        yield {**seed.files, name: damage(seed.files[name], rng, other)}


class Target:
    """Writes an input into memory-backed files and reads it."""

    def __init__(self, name: str, folder: Path, out: Path | None, slow: float) -> None:
        self.name, self.folder, self.out, self.slow = name, folder, out, slow
        self.tally = Tally(name)
        self.single = all(len(seed.files) == 1 and "/" not in next(iter(seed.files)) for seed in CORPUS[name])

    def try_one(self, files: dict[str, bytes]) -> None:
        """Read one input and count it."""
        folder = self.folder / " ".join(name.replace("/", " ") for name in files)  # no file of another input in it
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        place = folder / next(iter(files)) if self.single else folder
        kind, took = self._read(place, files)
        if (
            took > self.slow
        ):  # the first use of a kernel compiles it, and a machine may be busy: what is slow stays slow
            kind, took = self._read(place, files)
        if took > self.slow:
            self._keep(files, f"took {took:.2f} s")
            kind = "crashes"
        self.tally.inputs += 1
        setattr(self.tally, kind, getattr(self.tally, kind) + 1)
        self.tally.slowest = max(self.tally.slowest, took)

    def _read(self, place: Path, files: dict[str, bytes]) -> tuple[str, float]:
        start, kind = time.perf_counter(), "complexes"
        try:
            read(place, format=self.name)
        except CochainError as error:
            kind = "refusals"
            name = type(error).__name__
            self.tally.kinds[name] = self.tally.kinds.get(name, 0) + 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            kind = "crashes"
            self._keep(files, traceback.format_exc())
        return kind, time.perf_counter() - start

    def _keep(self, files: dict[str, bytes], why: str) -> None:
        if self.out is None:
            return
        place = self.out / f"{self.name}-{self.tally.inputs}"
        place.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            target = place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        (place / "why.log").write_text(why)


def fuzz(name: str, count: int, seconds: float, seed: int, out: Path | None, slow: float) -> Tally:
    """Read damaged files of one format until the count or the time is reached."""
    rng = random.Random(f"{name} {seed}")
    memory = Path("/dev/shm")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        target = Target(name, Path(folder), out, slow)
        read_all_seeds(target)
        for files in inputs(CORPUS[name], rng):
            target.try_one(files)
            if target.tally.inputs >= count or time.perf_counter() - start > seconds:
                break
        target.tally.seconds = round(time.perf_counter() - start, 2)
    target.tally.memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return target.tally


def read_all_seeds(target: Target) -> None:
    """Read the undamaged files first, so that compilation and imports are not timed."""
    slow, target.slow = target.slow, 1e9
    for seed in CORPUS[target.name]:
        target.try_one(seed.files)
    target.slow, target.tally.slowest = slow, 0.0


def fuzz_by_coverage(name: str, count: int, out: Path | None, slow: float) -> None:
    """Let atheris choose the inputs; it ends the process itself."""
    import atheris

    global read
    modules = {place.partition(":")[0] for each in FORMATS for place in (each.read,) if place}
    for module in [each for each in sys.modules if each.startswith("cochain.complexes.io.")]:
        del sys.modules[module]  # to import them anew, with their branches counted
    with atheris.instrument_imports(include=["cochain.complexes.io"]):
        for module in sorted(modules):
            importlib.import_module(module)
        read = importlib.import_module("cochain.complexes.io.reading").read
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        target = Target(name, Path(folder), out, slow)
        read_all_seeds(target)
        names = sorted(CORPUS[name][0].files)

        def one(data: bytes) -> None:
            chosen = names[data[0] % len(names)] if data else names[0]
            target.try_one({**CORPUS[name][0].files, chosen: data[1:]})
            if target.tally.inputs % 10000 == 0:
                sys.stdout.write(json.dumps(asdict(target.tally)) + "\n")

        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number, data in enumerate(data for seed in CORPUS[name] for data in seed.files.values()):
            (seeds / str(number)).write_bytes(bytes([number % len(names)]) + data)
        atheris.Setup([sys.argv[0], f"-runs={count}", "-max_len=4096", str(seeds)], one)
        atheris.Fuzz()


def main() -> int:
    """Fuzz the formats named on the command line, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formats", nargs="*", default=sorted(CORPUS), help=", ".join(sorted(CORPUS)))
    parser.add_argument("--inputs", type=int, default=10_000, help="inputs for each format")
    parser.add_argument("--seconds", type=float, default=3600.0, help="most seconds for each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slow", type=float, default=2.0, help="seconds after which one input counts as a hang")
    parser.add_argument("--out", type=Path, default=None, help="folder for inputs that crash")
    parser.add_argument("--atheris", action="store_true", help="choose inputs by coverage; one format")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.atheris:
        fuzz_by_coverage(given.formats[0], given.inputs, given.out, given.slow)
        return 0
    crashed = 0
    for name in given.formats:
        tally = fuzz(name, given.inputs, given.seconds, given.seed, given.out, given.slow)
        crashed += tally.crashes
        sys.stdout.write(json.dumps(asdict(tally)) + "\n")
        sys.stdout.flush()
    return 1 if crashed else 0


if __name__ == "__main__":
    raise SystemExit(main())
