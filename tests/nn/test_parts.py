"""Updates, multilayer perceptrons and readouts: values by hand, refusals."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ShapeError, UnknownNameError
from cochain.nn import (
    Activate,
    CellReadout,
    JumpingReadout,
    MLPUpdate,
    Readout,
    Update,
    WholeReadout,
    mlp,
    read_out,
)
from cochain.nn.mlp import BatchNorm

C = cc.Complex.simplicial([(0, 1, 2), (2, 3)], 4)
H = {0: torch.tensor([[1.0], [2.0], [4.0], [8.0]]), 1: torch.tensor([[1.0], [10.0], [100.0], [1000.0]])}

# Updates -------------------------------------------------------------------------------------------------------------


def test_activate_by_hand() -> None:
    update = Activate("relu", bias=2, residual=True)
    update.bias.data = torch.tensor([1.0, -5.0])  # type: ignore[union-attr]
    assert update(torch.tensor([[1.0, 1.0]]), torch.tensor([[2.0, 3.0]])).tolist() == [[4, 0]]
    assert update.formula("h", "m") == "relu(h + m + b)"
    assert Activate("identity").formula("h", "m") == "m"


def test_mlp_update_by_hand() -> None:
    double = nn.Linear(1, 1, bias=False)
    double.weight.data.fill_(2.0)
    h, m = torch.tensor([[1.0]]), torch.tensor([[10.0]])
    update = MLPUpdate(double)
    update.epsilon.data.fill_(0.5)  # type: ignore[union-attr]
    assert update(h, m).item() == 23
    assert MLPUpdate(double, epsilon=False)(h, m).item() == 22
    assert MLPUpdate(double, join="none")(None, m).item() == 20
    both = nn.Linear(2, 1, bias=False)
    both.weight.data = torch.tensor([[1.0, 2.0]])
    assert MLPUpdate(both, join="concat")(h, m).item() == 21
    names = [MLPUpdate(double), MLPUpdate(double, epsilon=False), MLPUpdate(both, "concat"), MLPUpdate(both, "none")]
    assert [each.formula("h", "m") for each in names] == ["MLP((1 + ε) h + m)", "MLP(h + m)", "MLP(h ‖ m)", "MLP(m)"]


def test_update_refusals() -> None:
    with pytest.raises(UnknownNameError, match="no activation is called 'rellu'; did you mean 'relu'"):
        Activate("rellu")
    with pytest.raises(ShapeError, match="reads the cell's own features needs some"):
        Activate(residual=True)(None, torch.zeros(1, 1))
    with pytest.raises(ShapeError, match="reads the cell's own features needs some"):
        MLPUpdate(mlp(1, 1))(None, torch.zeros(1, 1))
    with pytest.raises(NotImplementedError):
        Update()(None, torch.zeros(1, 1))
    with pytest.raises(NotImplementedError):
        Update().formula("h", "m")


# Multilayer perceptrons ----------------------------------------------------------------------------------------------


def test_mlp_parts() -> None:
    parts = [type(part).__name__ for part in mlp(2, 3, 4, norm="batch", activation="elu", last=True, dropout=0.5)]
    assert parts == ["Linear", "BatchNorm", "ELU", "Dropout", "Linear", "BatchNorm", "ELU", "Dropout"]
    assert [type(part).__name__ for part in mlp(2, 3, 4, norm="layer")] == ["Linear", "LayerNorm", "ReLU", "Linear"]


def test_a_batch_of_one_cell_trains() -> None:
    """One ring in a batch: torch's batch normalisation refuses it."""
    module = mlp(2, 3, 1, norm="batch").train()
    before = module[1].running_mean.clone()
    module(torch.randn(1, 2)).sum().backward()
    assert_close(module[1].running_mean, before)
    assert module[0].weight.grad.abs().sum() > 0
    module(torch.randn(2, 2))
    assert not torch.equal(module[1].running_mean, before)
    assert module(torch.randn(0, 2)).shape == (0, 1)


# Readouts ------------------------------------------------------------------------------------------------------------


def test_cell_readout_by_hand() -> None:
    assert_close(CellReadout(1, {0: 1, 1: 1})(C, [H]), H[1])
    assert_close(CellReadout(1, {0: 1})(C, [H]).flatten(), torch.tensor([1.5, 2.5, 3, 6]))
    readout = CellReadout(2, {0: 1}, 1)
    nn.init.constant_(readout.map.weight, 3.0)  # type: ignore[union-attr]
    nn.init.constant_(readout.map.bias, 1.0)  # type: ignore[union-attr]
    assert_close(readout(C, [H]).flatten(), torch.tensor([8.0]))
    assert readout.formula() == "y = mean[nodes of rank 2](h₀) W"
    assert CellReadout(1, {1: 1}).formula() == "y = h₁"
    assert CellReadout(1, {1: 1}, 2, odd=True).map.bias is None  # type: ignore[union-attr]


@pytest.mark.parametrize("reduce", ["sum", "mean", "max"])
def test_whole_readout(reduce: str) -> None:
    """Odd features are squared before they are pooled, so that their signs do not matter."""
    c = cc.Complex.union([C, C])
    h = {0: torch.randn(8, 2), 1: torch.randn(8, 3)}
    readout = WholeReadout({0: 2, 1: 3}, 4, reduce, odd=[1])
    pooled = []
    for rows in (slice(0, 4), slice(4, 8)):
        parts = [h[0][rows], h[1][rows].square()]
        pooled.append(torch.cat([{"sum": p.sum(0), "mean": p.mean(0), "max": p.amax(0)}[reduce] for p in parts]))
    assert_close(readout(c, [h]), readout.map(torch.stack(pooled)))
    assert_close(readout(c, [{0: h[0], 1: -h[1]}]), readout(c, [h]))
    assert readout.formula() == f"y = MLP({reduce} h₀ ‖ {reduce} h₁²)"


def test_jumping_readout() -> None:
    states = [{0: torch.randn(4, 2)}, {0: torch.randn(4, 3)}]
    readout = JumpingReadout(0, [2, 3], 5)
    expected = sum(each(state[0].sum(0, keepdim=True)) for each, state in zip(readout.maps, states, strict=True))
    assert_close(readout(C, states), expected)
    assert readout.formula() == "y = Σ_l W_l sum h₀^(l)"


def test_read_out_chooses() -> None:
    assert isinstance(read_out("whole", {0: 2}, 3), WholeReadout)
    assert read_out(1, {0: 2, 1: 2}, 3, odd=[1]).writes == (cc.Cochain(1, 3, odd=True),)
    assert read_out(2, {0: 2, 1: 2}, 3, odd=[1, 2]).writes == (cc.Cochain(2, 3),)
    with pytest.raises(ShapeError, match="a target should be a rank or 'whole', but is 'nodes'"):
        read_out("nodes", {0: 2}, 3)
    with pytest.raises(
        ShapeError, match=r"readout of rank 2 should find features there or on the nodes, .* carry \[1\]"
    ):
        read_out(2, {1: 2}, 3)
    with pytest.raises(NotImplementedError):
        Readout()(C, [])
    with pytest.raises(NotImplementedError):
        Readout().formula()


def test_batch_norm_of_a_channel_that_does_not_vary_is_near_zero_in_evaluation_too() -> None:
    norm = BatchNorm(2).requires_grad_(requires_grad=False)
    for step in range(20):  # the value drifts, as it does while weights train
        x = torch.stack([torch.full((50,), 3.0 + 0.01 * step), torch.randn(50)], dim=1)
        assert float(norm.train()(x)[:, 0].abs().max()) < 0.01
    assert float(norm.eval()(x + torch.tensor([0.01, 0.0]))[:, 0].abs().max()) < 0.02
    assert float(norm(x)[:, 1].std()) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("rows", [0, 1])
def test_batch_norm_of_almost_no_rows_keeps_its_statistics(rows: int) -> None:
    norm = BatchNorm(2).train()
    assert norm(torch.full((rows, 2), 5.0)).isfinite().all()
    assert norm.running_mean.tolist() == [0, 0]
    assert norm.running_var.tolist() == [1, 1]
