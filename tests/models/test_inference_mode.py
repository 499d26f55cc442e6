"""Evaluating under inference mode leaves nothing behind that a later training step could trip over."""

import pytest
import torch

import cochain as cc
from cochain import catalog, models
from cochain.models.build import model_class
from law_specimens import domain_of, specimen


@pytest.mark.parametrize("row", catalog.CATALOG, ids=lambda row: row.name)
def test_training_after_inference_mode(row: catalog.Entry) -> None:
    model_type = model_class(row)
    c = specimen(domain_of(row), model_type.ranks, getattr(model_type, "odd", ()))
    model = models.build(row.name, c, hidden=8, out=3, target="whole", seed=0)
    model.eval()
    torch.manual_seed(0)  # for models that draw in evaluation too
    with torch.inference_mode():
        before = model(c)
    model.requires_grad_()
    model(c).square().sum().backward()
    model.eval()
    torch.manual_seed(0)
    # Not bit for bit: torch's own recurrent layers run another kernel where no gradient is asked for.
    torch.testing.assert_close(model(c), before)


def test_other_floating_types_are_named() -> None:
    c = cc.Complex.graph([(0, 1)]).with_cochain(0, "x", torch.ones(2, 3, dtype=torch.float64))
    model = models.build("gcn", c, out=2)
    with pytest.raises(
        cc.ShapeError, match=r"type of the weights, torch\.float32, but those of rank 0 are torch\.float64"
    ):
        model(c)
