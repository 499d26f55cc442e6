"""Damaged files of every format: a complex or one of our errors, quickly. `tests/fuzz` runs for longer."""

import sys
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cochain as cc

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
from corpus import CORPUS, TOKENS  # type: ignore[import-not-found]
from fuzz_readers import Target, fuzz, read_all_seeds  # type: ignore[import-not-found]

FORMATS = sorted(CORPUS)


@pytest.mark.parametrize("name", FORMATS)
def test_the_undamaged_files_are_read(name: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cc.io.ReadingNote)
        for number, seed in enumerate(CORPUS[name]):
            folder = tmp_path / str(number)
            target = Target(name, folder, None, 10.0)
            target.try_one(seed.files)
            assert (target.tally.complexes, target.tally.inputs) == (1, 1), seed


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_give_a_complex_or_our_error(name: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tally = fuzz(name, 150, 3.0, 1, tmp_path, 5.0)
    assert tally.crashes == 0, next(tmp_path.rglob("why.log")).read_text()
    assert tally.refusals > 0


@pytest.mark.parametrize("name", ["hif", "edges", "hyperedges", "cells", "gml", "graphml"])
def test_any_text_gives_a_complex_or_our_error(name: str) -> None:
    piece = st.one_of(
        st.text(max_size=8), st.sampled_from(["\n", ",", "a", "1", "source,target\n", "rank,nodes\n", "["])
    )

    @settings(max_examples=40, deadline=None)
    @given(st.lists(piece, max_size=12).map("".join))
    def check(text: str) -> None:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore", cc.io.ReadingNote)
            path = Path(folder) / "f"
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
            try:
                cc.io.read(path, format=name)
            except cc.CochainError as error:
                assert len(str(error)) < 2000  # noqa: PT017 (that it is one of ours is the point)

    check()


def test_a_crash_is_counted_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness itself: a reader that breaks is caught, and the input that broke it is there to look at."""
    import fuzz_readers

    def broken(path: Path, format: str) -> None:  # noqa: A002
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz_readers, "read", broken)
    target = Target("hif", tmp_path / "in", tmp_path / "out", 5.0)
    read_all_seeds(target)
    assert target.tally.crashes == len(CORPUS["hif"])
    assert "ZeroDivisionError" in (tmp_path / "out" / "hif-0" / "why.log").read_text()
    assert (tmp_path / "out" / "hif-0" / "h.json").read_bytes() == CORPUS["hif"][0].files["h.json"]
    assert b"\x00" in TOKENS
