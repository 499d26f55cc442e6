"""Link prediction: edges are held out, and a model of what remains tells them from pairs that are no edges."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import SpecError
from cochain.experiments.metrics import score
from cochain.experiments.predictions import Answers, summarise
from cochain.experiments.tasks import TEST, VALIDATION

TEST_SHARE = 0.10
VALIDATION_SHARE = 0.05
LINK_SEED = 0
DRAWS = 50


@dataclass(frozen=True)
class HeldOut:
    """A graph without some of its edges, and those as questions."""

    graph: Complex
    """The training edges, with the tensors of the nodes."""
    edges: Int[Tensor, "two training"]
    """The training edges."""
    questions: dict[int, tuple[Tensor, Tensor]]
    """For validation (1) and test (2): edges that were held out, and as many pairs that are no edges, (2, n) each."""
    keys: Int[Tensor, "all"]
    """All edges of the data as numbers low * nodes + high, ascending."""


def hold_out(complex_: Complex, fold: int) -> HeldOut:
    """Hold out 10% of the edges for testing and 5% for validation, by draws that the fold decides.

    Messages pass along training edges alone. Tensors on edges are left behind, since those of the others would tell.

    Raises:
        SpecError: for anything but a graph, and for one with fewer than 20 edges.
    """
    if complex_.domain != "graph":
        raise SpecError(
            f"links should be predicted on a graph, but the data is a {complex_.domain}; make a graph of its edges"
        )
    edges = complex_.simplices(1).cpu().T.contiguous()
    count, nodes = edges.shape[1], complex_.sizes[0]
    test, validation = round(TEST_SHARE * count), round(VALIDATION_SHARE * count)
    if validation < 1:
        raise SpecError(f"links need at least 20 edges to hold some out, but the graph has {count}")
    keys = edges[0] * nodes + edges[1]
    generator = torch.Generator().manual_seed(int(np.random.SeedSequence([LINK_SEED, fold]).generate_state(1)[0]))
    order = torch.randperm(count, generator=generator)
    parts = {TEST: order[:test], VALIDATION: order[test : test + validation]}
    kept = order[test + validation :].sort().values
    questions = {
        part: (edges[:, ids], sample_non_edges(complex_, keys, len(ids), generator)) for part, ids in parts.items()
    }
    graph = Complex.graph(edges[:, kept], num_nodes=complex_.offsets(0).cpu().diff())
    for name in complex_[0].keys():  # noqa: SIM118 - cells are not iterable
        graph = graph.with_cochain(0, name, complex_[0][name].cpu())
    return HeldOut(graph, edges[:, kept], questions, keys)


def sample_non_edges(
    complex_: Complex, keys: Int[Tensor, "edges"], count: int, generator: torch.Generator
) -> Int[Tensor, "two pairs"]:
    """Draw pairs of different nodes of one component that are no edges, low < high; a pair may come twice.

    Args:
        complex_: gives the components of the nodes.
        keys: the edges as numbers low * nodes + high, ascending.
        count: number of pairs.
        generator: of the draws.

    Raises:
        SpecError: when after many draws there are too few, because nearly all pairs are edges.
    """
    offsets, component = complex_.offsets(0).cpu(), complex_.component_of(0).cpu()
    nodes = complex_.sizes[0]
    found: list[Tensor] = []
    missing = count
    for _ in range(DRAWS):
        if missing <= 0:
            break
        u = torch.randint(nodes, (2 * missing,), generator=generator)
        begin, size = offsets[component[u]], offsets.diff()[component[u]]
        v = begin + (torch.rand(len(u), generator=generator, dtype=torch.float64) * size).long()
        low, high = torch.minimum(u, v), torch.maximum(u, v)
        key = low * nodes + high
        place = torch.searchsorted(keys, key).clamp(max=len(keys) - 1)
        fresh = (low != high) & (keys[place] != key)
        found.append(torch.stack([low, high])[:, fresh][:, :missing])
        missing -= found[-1].shape[1]
    if missing > 0:
        raise SpecError(
            f"the graph should have pairs of nodes that are no edges, but after {DRAWS} draws {missing} of {count} are "
            "missing; it is nearly complete, there is nothing to predict"
        )
    return torch.cat(found, dim=1)


class LinkProblem:
    """Tell held-out edges from pairs that are no edges, by the dot product of the answers on their two nodes.

    Training pairs the training edges with as many pairs drawn anew in each epoch.

    Args:
        complex_: what the model reads: the training graph, prepared.
        held_out: the questions.
        metric: name of the score.

    Source:
        Kipf, Welling, 2016, "Variational Graph Auto-Encoders" (the decoder and the shares).
    """

    outputs = 0

    def __init__(self, complex_: Complex, held_out: HeldOut, metric: str) -> None:
        self.complex_ = complex_
        self.held_out = held_out
        self.metric = metric

    def losses(self, model: nn.Module, generator: torch.Generator) -> Iterator[tuple[Tensor, int]]:
        """Give the one loss of an epoch; see `Problem`."""
        edges = self.held_out.edges
        others = sample_non_edges(self.held_out.graph, self.held_out.keys, edges.shape[1], generator)
        answers, truth = self._answer(model, edges, others)
        yield nn.functional.binary_cross_entropy_with_logits(answers, truth), len(truth)

    def evaluate(self, model: nn.Module, part: int) -> tuple[float | None, float]:
        """Score a part; see `Problem`."""
        with torch.no_grad():
            answers, truth = self._answer(model, *self.held_out.questions[part])
        loss = float(nn.functional.binary_cross_entropy_with_logits(answers, truth))
        return score(self.metric, answers[:, None], truth[:, None]), loss

    def answers(self, model: nn.Module, part: int) -> Answers:
        """Condense the answers on a part; see `Problem`."""
        with torch.no_grad():
            answers, truth = self._answer(model, *self.held_out.questions[part])
        return summarise("link", answers[:, None], truth[:, None])

    def _answer(
        self, model: nn.Module, edges: Int[Tensor, "two edges"], others: Int[Tensor, "two pairs"]
    ) -> tuple[Float[Tensor, "questions"], Float[Tensor, "questions"]]:
        z = model(self.complex_)
        pairs = torch.cat([edges, others], dim=1).to(z.device)
        answers = (z[pairs[0]] * z[pairs[1]]).sum(dim=1)
        truth = torch.zeros_like(answers)
        truth[: edges.shape[1]] = 1
        return answers, truth
