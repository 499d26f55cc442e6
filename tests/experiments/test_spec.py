"""Equal specs have equal names, different ones different names, and nothing that does not fit becomes a spec."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ZERO, spec

from cochain.errors import SpecError
from cochain.experiments.spec import Training, make_spec, make_training, read_spec


def test_hash_by_hand() -> None:
    training = (
        '{"batch_size":32,"clip":0.0,"decays":"all","epochs":5,"halve_every":0,"learning_rate":0.01,"optimizer":"adam",'
        '"patience":50,"select_by":"score","steps":0,"weight_decay":0.0}'
    )
    text = (
        f'{{"dataset":"made","device":"cpu","fingerprint":"{ZERO}","fold":0,"kind":"classification","lift":"",'
        '"metric":"accuracy","model":"gcn","options":{"hidden":8},"precision":"32-true","protocol":"validation","seed":0,'
        f'"target":0,"training":{training},"version":1,"versions":{{"cochain":"0","torch":"0"}}}}'
    )
    assert spec().to_json() == text
    assert spec().hash == hashlib.sha256(text.encode()).hexdigest()
    assert spec().folder == spec().hash[:16]


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "b"}, {"fingerprint": "1" * 64}, {"model": "gin"}, {"options": {}}, {"options": {"hidden": 9}},
        {"lift": "clique:2"}, {"target": "whole"}, {"kind": "multilabel"}, {"metric": "roc_auc"}, {"protocol": "xu"},
        {"fold": 1}, {"seed": 1}, {"training": {"epochs": 6}}, {"device": "cuda"}, {"precision": "64-true"},
        {"versions": {"cochain": "1", "torch": "0"}},
    ],
)  # fmt: skip
def test_every_field_counts(change: dict[str, object]) -> None:
    assert spec(**change).hash != spec().hash


def test_order_does_not_count() -> None:
    one = spec(options={"hidden": 8, "dropout": 0.5})
    other = spec(options={"dropout": 0.5, "hidden": 8})
    assert one.hash == other.hash


@given(
    st.dictionaries(
        st.sampled_from(["hidden", "dropout", "reduce", "epsilon"]),
        st.booleans() | st.integers(-100, 100) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    ),
    st.integers(0, 2**31),
)
def test_text_round_trip(options: dict[str, object], seed: int) -> None:
    one = spec(options=options, seed=seed)
    other = read_spec(one.to_json())
    assert other == one
    assert other.hash == one.hash
    assert [type(value) for value in other.options.values()] == [type(one.options[key]) for key in other.options]


def test_it_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        spec().seed = 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "epochs of the training: input should be greater than or equal to 1, but is 0"),
        ({"learning_rate": float("nan")}, "learning_rate of the training"),
        ({"optimizer": "sgd"}, "optimizer of the training: input should be 'adam' or 'adamw', but is 'sgd'"),
        ({"batch": 3}, "batch of the training: extra inputs are not permitted, but is 3"),
    ],
)
def test_training_refuses(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        make_training(changes)


def test_spec_refuses() -> None:
    with pytest.raises(SpecError, match="fingerprint of the run: string should match"):
        spec(fingerprint="abc")
    with pytest.raises(SpecError, match=r"dataset of the run: field required$"):
        make_spec({})
    with pytest.raises(SpecError, match="the text of the run: invalid json"):
        read_spec("{")


def test_defaults_train() -> None:
    assert Training().epochs == 200
