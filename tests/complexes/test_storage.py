"""Files: what is saved comes back; what was truncated, altered or lies is refused with a ComplexError."""

import contextlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file

import cochain as cc
from oracles import same
from strategies import complexes, with_features


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(c=with_features(complexes()))
def test_round_trip(tmp_path: Path, c: cc.Complex) -> None:
    c = c.with_cochain("whole", "y", torch.arange(len(c)))
    c.save(tmp_path / "c.safetensors")
    back = cc.Complex.load(tmp_path / "c.safetensors")
    same(back, c)
    assert back._odd == c._odd
    assert back.whole.y.tolist() == c.whole.y.tolist()


def test_a_selection_is_saved_as_what_it_selects(tmp_path: Path) -> None:
    c = cc.Complex.graph([(0, 1), (2, 3)], [2, 2]).with_cochain(0, "x", torch.arange(4.0)[:, None])
    c.select([1]).save(tmp_path / "part")
    assert cc.Complex.load(tmp_path / "part")[0].x[:, 0].tolist() == [2, 3]
    assert [p.name for p in tmp_path.iterdir()] == ["part"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    c = cc.Complex.simplicial([(0, 1, 2), (1, 2, 3)]).with_cochain(0, "x", torch.randn(4, 2))
    c = c.with_cochain(1, "flow", torch.randn(5, 1), odd=True)
    c.save(tmp_path / "c")
    return tmp_path / "c"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(data=st.data())
def test_a_truncated_or_altered_file_never_crashes(file: Path, data: st.DataObject) -> None:
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    broken = file.with_name("broken")
    broken.write_bytes(bytes(content))
    # A change may hit bytes that do not matter, such as a number in x; anything else is a ComplexError.
    with contextlib.suppress(cc.ComplexError):
        cc.Complex.load(broken).validate()


def rewrite(file: Path, change: dict[str, torch.Tensor | None], **header: object) -> Path:
    with safe_open(file, framework="pt") as f:
        tensors = {name: f.get_tensor(name).clone() for name in f.keys()}  # noqa: SIM118
        metadata = json.loads(f.metadata()["cochain"])
    tensors.update({k: v for k, v in change.items() if v is not None})
    tensors = {k: v for k, v in tensors.items() if k not in change or change[k] is not None}
    out = file.with_name("lie")
    save_file(tensors, out, metadata={"cochain": json.dumps(metadata | header)})
    return out


@pytest.mark.parametrize(
    ("change", "header", "message"),
    [
        ({}, {"sizes": [10**12, 5, 2]}, "header claims 1000000000000 cells of rank 0"),
        ({}, {"sizes": [4, 5]}, "altered"),
        ({}, {"domain": "soup"}, "should name a domain"),
        ({}, {"format": "other"}, "should be of format cochain-complex-1"),
        ({"faces/1/0/indices": torch.tensor([0, 9] * 5, dtype=torch.int32)}, {}, "faces of rank 0 .* broken"),
        ({"faces/2/1/values": torch.ones(6, dtype=torch.int8)}, {}, "B_1 @ B_2 must be zero"),
        ({"faces/2/1/values": torch.full((6,), 3, dtype=torch.int8)}, {}, "signs"),
        ({"faces/2/1/values": None}, {}, "signs"),
        ({"faces/2/1/indices": None}, {}, "is missing"),
        ({"faces/2/1/indptr": None, "faces/2/1/values": None}, {}, "should be stored, but are missing"),
        ({"offsets/0": torch.tensor([0, 3])}, {}, "component offsets"),
        ({"data/0/x": torch.zeros(3, 2)}, {}, "should have 4 rows"),
        ({"data/7/x": torch.zeros(3, 2)}, {}, "lies on rank 7"),
        ({"data/0/x": torch.full((4, 2), float("nan"))}, {}, "finite"),
        ({}, {"odd": ["data/2/flow"]}, "marks a tensor as odd"),
    ],
)
def test_a_file_that_lies_is_refused(
    file: Path, change: dict[str, torch.Tensor | None], header: dict[str, object], message: str
) -> None:
    with pytest.raises(cc.ComplexError, match=message):
        cc.Complex.load(rewrite(file, change, **header))


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(cc.ComplexError, match="no such file"):
        cc.Complex.load(tmp_path / "nothing")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(cc.ComplexError, match="may be truncated"):
        cc.Complex.load(tmp_path / "text")
    save_file({"a": torch.zeros(1)}, tmp_path / "foreign")
    with pytest.raises(cc.ComplexError, match="should be of format"):
        cc.Complex.load(tmp_path / "foreign")


def test_a_failed_save_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    with pytest.raises(OSError, match="No space"):
        cc.Complex.graph([(0, 1)]).save(file)
    assert file.read_bytes() == before
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_loading_maps_the_file_instead_of_reading_it(tmp_path: Path) -> None:
    x = torch.from_numpy(np.random.default_rng(0).random((50_000, 4), dtype=np.float32))
    cc.Complex.points(x).save(tmp_path / "cloud")
    back = cc.Complex.load(tmp_path / "cloud")
    assert torch.equal(back[0].pos, x)


def test_tensors_that_share_memory_are_saved(tmp_path: Path) -> None:
    x = torch.rand(4, 2)
    c = cc.lift.khop(cc.Complex.graph([(0, 1), (2, 3)]).with_cochain(0, "x", x).with_cochain(0, "again", x))
    c.save(tmp_path / "f")
    torch.testing.assert_close(cc.Complex.load(tmp_path / "f")[0].again, x)


def test_a_saved_file_is_an_ordinary_file(tmp_path: Path) -> None:
    c = cc.Complex.graph([(0, 1)])
    (tmp_path / "plain").write_text("")
    c.save(tmp_path / "file")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "link").symlink_to(tmp_path / "file")
    c.save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    for place in (tmp_path, tmp_path / "no" / "such"):
        with pytest.raises(cc.ComplexError, match="create the directory first"):
            c.save(place)


@pytest.mark.parametrize(
    ("drop", "change", "header", "message"),
    [
        ("faces", {}, {}, "faces of rank 0 in the cells of rank 1 should be stored"),
        ("", {}, {"domain": "points"}, "top rank of a points should be 0, but is 1"),
        ("", {"faces/1/0/indices": torch.tensor([1, 1, 1, 2], dtype=torch.int32)}, {}, "has face 1 twice"),
        ("", {"faces/1/0/values": torch.tensor([-1, 1, -1, 1])}, {}, "signs of type torch.int8"),
        ("", {}, {"odd": ["data/0/x"]}, "marked as odd"),
        ("", {"data/0/x/y": torch.zeros(3)}, {}, "should be called data/<rank>/<name>"),
        ("", {"data/0/__class__": torch.zeros(3)}, {}, "should be called data/<rank>/<name>"),
        ("", {}, {"sizes": [3.9, 2]}, "a size should be an integer"),
    ],
)
def test_a_file_of_a_complex_that_cannot_be_is_refused(
    tmp_path: Path, drop: str, change: dict[str, torch.Tensor], header: dict[str, object], message: str
) -> None:
    import json

    from safetensors import safe_open
    from safetensors.torch import save_file

    cc.Complex.graph([(0, 1), (1, 2)]).with_cochain(0, "x", torch.zeros(3, 1)).save(tmp_path / "f")
    with safe_open(str(tmp_path / "f"), "pt") as file:
        told = json.loads(file.metadata()["cochain"]) | header
        held = {name: file.get_tensor(name) for name in file.keys() if not drop or drop not in name}  # noqa: SIM118
    save_file(held | change, tmp_path / "g", metadata={"cochain": json.dumps(told)})
    with pytest.raises(cc.ComplexError, match=message):
        cc.Complex.load(tmp_path / "g")
    save_file({"a": torch.zeros(1)}, tmp_path / "deep", metadata={"cochain": "[" * 100_000})
    with pytest.raises(cc.ComplexError, match="cannot be read"):
        cc.Complex.load(tmp_path / "deep")
