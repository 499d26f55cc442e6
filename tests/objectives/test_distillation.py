"""Distillation into a network without structure: its losses by hand and densely, and a planted hypergraph."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ShapeError, SpecError
from cochain.models import build
from cochain.objectives.distillation import Distillation, entropy, hyperedge_reliability, soft_label_loss
from model_checks import F64, hypergraph, members, model


def test_soft_labels_by_hand() -> None:
    """Teacher (1/2, 1/2), student (1/4, 3/4): KL is log 2 - log(3) / 2."""
    student, teacher = torch.tensor([[0.25, 0.75]]).log(), torch.zeros(1, 2)
    assert_close(soft_label_loss(student, teacher), torch.tensor(math.log(2) - math.log(3) / 2))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_a_student_equal_to_its_teacher_has_no_loss(temperature: float) -> None:
    """torch's own divergence agrees when told the truth about its arguments; probabilities called logs are none."""
    scores = torch.randn(5, 3, dtype=F64)
    other = torch.randn(5, 3, dtype=F64)
    assert_close(soft_label_loss(scores + 7.0, scores, temperature), torch.tensor(0.0, dtype=F64))
    logs = [(each / temperature).log_softmax(dim=1) for each in (other, scores)]
    expected = nn.functional.kl_div(*logs, reduction="batchmean", log_target=True) * temperature**2
    assert_close(soft_label_loss(other, scores, temperature), expected)
    wrong = nn.functional.kl_div(logs[1], logs[1].exp(), reduction="batchmean", log_target=True)
    assert wrong.abs() > 0.1


def test_no_gradient_flows_to_the_teacher() -> None:
    student, teacher = (torch.randn(4, 3, requires_grad=True) for _ in range(2))
    soft_label_loss(student, teacher).backward()
    assert student.grad is not None
    assert teacher.grad is None


def test_entropy() -> None:
    assert_close(
        entropy(torch.tensor([[0.0, 0.0, 0.0, 0.0], [100.0, 0.0, 0.0, 0.0]])), torch.tensor([math.log(4), 0.0])
    )


def test_reliability_hyperedge_by_hyperedge() -> None:
    c = hypergraph()
    scores, disturbed = (torch.randn(9, 3, dtype=F64) for _ in range(2))
    change = entropy(scores) - entropy(disturbed)
    delta = torch.stack([change[each].mean().abs() for each in members(c)])
    assert_close(hyperedge_reliability(c, scores, disturbed), 1 - delta / delta.max())
    assert_close(hyperedge_reliability(c, scores, scores), torch.ones(5, dtype=F64))
    assert hyperedge_reliability(cc.Complex.hypergraph([], 9), scores, disturbed).shape == (0,)


def test_the_loss_densely() -> None:
    """All hyperedges are drawn where nothing was disturbed."""
    c = hypergraph()
    teacher, student = model("hgnn", c, 0), torch.randn(9, 4, dtype=F64)
    y, rows = torch.arange(9) % 4, torch.tensor([0, 3, 5])
    loss = Distillation(teacher, c, labelled=0.3, hyperedges=2.0, noise=0.0)
    soft, p, q = soft_label_loss(student, teacher(c)), teacher(c).softmax(dim=1), student.softmax(dim=1)
    on_edges = [(p[each].mean(dim=0) * (p[each].mean(dim=0) / q[each].mean(dim=0)).log()).sum() for each in members(c)]
    expected = 0.3 * nn.functional.cross_entropy(student[rows], y[rows]) + 0.7 * (soft + 2 * sum(on_edges) / 5)
    assert_close(loss(student, y, rows), expected)


def test_the_teacher_stays_as_it_was() -> None:
    c = hypergraph()
    for training in (True, False):
        teacher = model("hgnn", c, 0, dropout=0.9).train(training)
        loss = Distillation(teacher, c, hyperedges=1.0)
        assert teacher.training is training
        assert_close(loss.scores, teacher.eval()(c).detach())


def planted(seed: int) -> cc.Complex:
    """Four classes of 60 nodes; hyperedges of five nodes of one class, one in five replaced; features that whisper."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(240) % 4
    centres = torch.randn(4, 40, generator=generator)
    x = 0.35 * centres[y] + torch.randn(240, 40, generator=generator)
    sets = []
    for k in range(300):
        chosen = (4 * torch.randperm(60, generator=generator)[:5] + k % 4).tolist()
        chosen[0] = int(torch.randint(240, (), generator=generator))
        sets.append(sorted(set(chosen)))
    split = torch.full((240,), 2)
    split[torch.randperm(240, generator=generator)[:40]] = 0
    return (
        cc.Complex.hypergraph(sets, 240).with_cochain(0, "x", x).with_cochain(0, "y", y).with_cochain(0, "split", split)
    )


def train(network: nn.Module, c: cc.Complex, loss: "nn.Module | Distillation | None" = None) -> nn.Module:
    optimizer, rows = torch.optim.Adam(network.parameters(), lr=0.01, weight_decay=5e-4), c[0].split == 0
    for _ in range(40):
        optimizer.zero_grad()
        scores = network.train()(c)
        (nn.functional.cross_entropy(scores[rows], c[0].y[rows]) if loss is None else loss(scores)).backward()
        optimizer.step()
    return network.eval()


def accuracy(network: nn.Module, c: cc.Complex) -> float:
    rows = c[0].split == 2
    with torch.no_grad():
        return float((network(c)[rows].argmax(dim=1) == c[0].y[rows]).float().mean())


@pytest.mark.parametrize("hyperedges", [0.0, 1.0])
def test_a_distilled_perceptron_beats_a_plain_one_and_comes_near_its_teacher(hyperedges: float) -> None:
    torch.manual_seed(0)
    c = planted(int(hyperedges))
    teacher = train(build("hgnn", c, hidden=16, seed=0), c)
    plain = train(build("mlp", c, hidden=64, seed=0), c)
    student = train(build("mlp", c, hidden=64, seed=0), c, Distillation(teacher, c, hyperedges=hyperedges))
    alone = cc.Complex.points(torch.zeros(240, 1)).with_cochain(0, "x", c[0].x)
    assert_close(student(alone), student(c))  # at inference no incidence is there to be read
    score = {name: accuracy(each, c) for name, each in (("teacher", teacher), ("plain", plain), ("distilled", student))}
    assert score["distilled"] > score["plain"] + 0.1, score
    assert score["distilled"] > score["teacher"] - 0.15, score


@pytest.mark.parametrize("options", [{"labelled": 1.5}, {"hyperedges": -1.0}, {"temperature": 0.0}])
def test_weights_should_make_sense(options: dict[str, float]) -> None:
    with pytest.raises(
        SpecError, match="labelled should be from 0 to 1, hyperedges at least 0 and temperature above 0"
    ):
        Distillation(model("hgnn", hypergraph(), 0), hypergraph(), **options)


def test_labels_should_be_given_where_they_weigh() -> None:
    loss = Distillation(model("hgnn", hypergraph(), 0), hypergraph(), labelled=0.5)
    with pytest.raises(ShapeError, match=r"y and rows should be given, since labels weigh 0\.5, but one is None"):
        loss(torch.zeros(9, 4, dtype=F64))


def test_a_student_should_score_what_its_teacher_does() -> None:
    other: Tensor = torch.zeros(9, 5, dtype=F64)
    with pytest.raises(ShapeError, match=r"rows and classes of its teacher, \(9, 4\), but scores \(9, 5\)"):
        Distillation(model("hgnn", hypergraph(), 0), hypergraph())(other)
