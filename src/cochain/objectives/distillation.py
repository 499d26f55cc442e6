"""Distillation of a network that reads a hypergraph into one that reads features alone."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from cochain.complexes import Complex
from cochain.errors import ShapeError, SpecError
from cochain.nn import pool_nodes

LEAST = 1e-12
"""What is added to a probability before its logarithm is taken."""


def soft_label_loss(
    student: Float[Tensor, "rows classes"], teacher: Float[Tensor, "rows classes"], temperature: float = 1.0
) -> Float[Tensor, ""]:
    r"""Give the divergence of a student's classes from a teacher's, averaged over rows.

    $$\tau^2 \, \mathrm{mean}_x \, \mathrm{KL}\big(\mathrm{softmax}(t_x / \tau) \,\Vert\,
      \mathrm{softmax}(s_x / \tau)\big)$$

    0 where both say the same, and never negative. No gradient flows to the teacher.

    Args:
        student: scores before the softmax.
        teacher: likewise.
        temperature: $\tau$; above 1 it softens both.

    Source:
        Hinton, Vinyals, Dean, 2015, "Distilling the Knowledge in a Neural Network".
    """
    _check(student, teacher)
    mine = log_softmax(student / temperature, dim=1)
    theirs = log_softmax(teacher.detach() / temperature, dim=1)
    return temperature**2 * (theirs.exp() * (theirs - mine)).sum(dim=1).mean()


def entropy(scores: Float[Tensor, "rows classes"]) -> Float[Tensor, "rows"]:
    """Give the entropy of each row's classes, in nats: from 0 to the logarithm of their number."""
    logs = log_softmax(scores, dim=1)
    return -(logs.exp() * logs).sum(dim=1)


def hyperedge_reliability(
    complex: Complex, scores: Float[Tensor, "nodes classes"], disturbed: Float[Tensor, "nodes classes"]
) -> Float[Tensor, "hyperedges"]:
    r"""Give how far a hyperedge's uncertainty stands still when the features are disturbed.

    $$r_e = 1 - \frac{\delta_e}{\max_f \delta_f}, \qquad
      \delta_e = \Big| \mathrm{mean}_{x \in e} H(p_x) - \mathrm{mean}_{x \in e} H(p'_x) \Big|$$

    Args:
        complex: a hypergraph, or any complex of rank 1 or more.
        scores: a teacher's scores on its nodes.
        disturbed: the same after noise on the features.

    Returns:
        Between 0, for the most shaken hyperedge of all, and 1; all 1 where nothing changes.
    """
    change = (entropy(scores) - entropy(disturbed))[:, None]
    delta = pool_nodes(complex, 1, change)[:, 0].abs()
    top = delta.max() if len(delta) else delta.sum()
    return 1 - delta / top if top > 0 else torch.ones_like(delta)


class Distillation:
    r"""What a student without structure learns from a teacher with it.

    $$\lambda \, \mathrm{CE}(s, y) + (1 - \lambda) \big(\mathrm{KL}(t \Vert s) + \gamma \,
      \mathrm{KL}_{e \sim r}(\bar t_e \Vert \bar s_e)\big)$$

    with $\bar p_e$ the mean of the probabilities of a hyperedge's nodes, over hyperedges drawn with their reliability
    r. With $\gamma = 0$ this is LightHGNN, otherwise LightHGNN+. The teacher is run twice, on construction; the
    hypergraph enters the loss and never the student.

    Args:
        teacher: a network with one row of class scores per node; it is run in evaluation mode.
        complex: what it reads.
        labelled: $\lambda$: weight of the labels.
        hyperedges: $\gamma$: weight of the hyperedges.
        temperature: of the soft labels of nodes.
        noise: deviation of the factors 1 + noise that disturb the features.
    Differs from the paper:
        divergences are those of its formulas: its authors' code hands torch's `kl_div` probabilities and calls them
        logarithms, so that a student equal to its teacher has a loss other than 0.
    Source:
        Feng et al., 2024, "LightHGNN: Distilling Hypergraph Neural Networks into MLPs for 100x Faster Inference".
    """

    def __init__(
        self,
        teacher: nn.Module,
        complex: Complex,
        labelled: float = 0.0,
        hyperedges: float = 0.0,
        temperature: float = 1.0,
        noise: float = 1.0,
    ) -> None:
        if not 0 <= labelled <= 1 or hyperedges < 0 or temperature <= 0:
            raise SpecError(
                "labelled should be from 0 to 1, hyperedges at least 0 and temperature above 0, but they are "
                f"{labelled}, {hyperedges} and {temperature}"
            )
        self.labelled, self.hyperedges, self.temperature, self.complex = labelled, hyperedges, temperature, complex
        training = teacher.training
        teacher.eval()
        with torch.no_grad():
            self.scores: Tensor = teacher(complex)
            self.reliability = self.scores.new_ones(complex.sizes[1])
            if hyperedges:
                x = complex[0].x
                shaken = complex.with_cochain(0, "x", x * (1 + noise * torch.randn_like(x)))
                self.reliability = hyperedge_reliability(complex, self.scores, teacher(shaken))
        teacher.train(training)

    def __call__(
        self, student: Float[Tensor, "nodes classes"], y: Tensor | None = None, rows: Tensor | None = None
    ) -> Float[Tensor, ""]:
        """Give the loss.

        Args:
            student: its scores on all nodes.
            y: classes (nodes,); not needed where `labelled` is 0.
            rows: the nodes whose labels may be seen, as integers or a mask.
        """
        loss = soft_label_loss(student, self.scores, self.temperature)
        if self.hyperedges:
            loss = loss + self.hyperedges * self._on_hyperedges(student)
        if not self.labelled:
            return loss
        if y is None or rows is None:
            raise ShapeError(
                f"y and rows should be given, since labels weigh {self.labelled}, but one is None; set labelled=0"
            )
        return self.labelled * nn.functional.cross_entropy(student[rows], y[rows]) + (1 - self.labelled) * loss

    def _on_hyperedges(self, student: Tensor) -> Tensor:
        chosen = torch.bernoulli(self.reliability).bool()
        mine, theirs = (
            (pool_nodes(self.complex, 1, each.softmax(dim=1))[chosen] + LEAST).log() for each in (student, self.scores)
        )
        return (theirs.exp() * (theirs - mine)).sum() / max(int(chosen.sum()), 1)


def _check(student: Tensor, teacher: Tensor) -> None:
    if student.shape != teacher.shape:
        raise ShapeError(
            f"a student should score the rows and classes of its teacher, {tuple(teacher.shape)}, but scores "
            f"{tuple(student.shape)}"
        )
