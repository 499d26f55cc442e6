"""A network: what it reads, its layers, its readout."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.errors import ComplexError, ParityError
from cochain.nn.diagram import draw
from cochain.nn.layer import Embed, Features, Layer
from cochain.nn.readout import Readout


class Network(nn.Module):
    """Layers between what a complex offers and an answer on it. Published models derive from this class, one deep.

    `network(complex)` reads `x` on each rank of `reads`, or a constant 1 where an even rank has none; runs the layers;
    and gives the readout. `print(network)` shows its equations, `network.diagram()` draws it.

    Args:
        reads: the cochains that come in, one per rank.
        layers: modules from (complex, features per rank) to features per rank.
        readout: from the features of all layers to the answer.
        dropout: probability of dropping a channel of a cell before each layer.
    """

    def __init__(self, reads: Sequence[Cochain], layers: Sequence[Layer | Embed], readout: Readout, dropout: float = 0.0) -> None:
        super().__init__()
        self.reads = tuple(reads)
        self.layers = nn.ModuleList(layers)
        self.readout = readout
        self.dropout = dropout

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = read_inputs(complex_, self.reads)
        states = [features]
        for layer in self.layers:
            features = layer(complex_, {k: nn.functional.dropout(h, self.dropout, self.training) for k, h in features.items()})
            states.append(features)
        return self.readout(complex_, states)  # type: ignore[no-any-return]

    def equations(self) -> list[str]:
        """Give the equations of the layers, equal neighbours written once, and of the readout."""
        blocks: list[tuple[list[str], int]] = []
        for layer in self.layers:
            lines = layer.equations()  # type: ignore[operator]
            if blocks and blocks[-1][0] == lines:
                blocks[-1] = (lines, blocks[-1][1] + 1)
            else:
                blocks.append((lines, 1))
        out = [line + (f"   ({times} layers)" if times > 1 else "") for lines, times in blocks for line in lines]
        return [*out, self.readout.formula()]

    def diagram(self) -> str:
        """Draw the tensor diagram as SVG: ranks as rows, layers as columns, routes as arrows."""
        return draw(self)

    def __repr__(self) -> str:
        count = sum(p.numel() for p in self.parameters())
        reads = ", ".join(map(str, self.reads))
        return "\n  ".join([f"{type(self).__name__}: reads {reads}; {count:,} parameters", *self.equations()])


def read_inputs(complex_: Complex, reads: Sequence[Cochain]) -> Features:
    """Take the features that a model reads from a complex, checked by name before any arithmetic.

    Raises:
        ComplexError: when the complex lacks a rank.
        ParityError: when its features are odd where even ones are read, or the reverse.
        ShapeError: when their channels differ.
    """
    features = {}
    for cochain in reads:
        rank = cochain.rank
        if rank > complex_.rank:
            raise ComplexError(
                f"the model reads {cochain}, but the top rank of this {complex_.domain} is {complex_.rank}; lift it first, "
                "for example with cochain.lift.clique or cochain.lift.cycles"
            )
        if "x" not in complex_[rank]:
            features[rank] = _constant(complex_, cochain)
            continue
        x = complex_[rank].x
        if complex_.is_odd(rank) != cochain.odd:
            is_, reads_ = ("odd", "even") if complex_.is_odd(rank) else ("even", "odd")
            remedy = "take its absolute value" if reads_ == "even" else "mark it with_cochain(..., odd=True) if it is a flow, or add probes with cochain.lift.probes"
            raise ParityError(f"the model reads {reads_} features on rank {rank} ({cochain}), but 'x' there is {is_}; {remedy}")
        cochain.check(x, complex_.sizes[rank])
        features[rank] = x
    return features


def _constant(complex_: Complex, cochain: Cochain) -> Tensor:
    if cochain.odd:
        raise ParityError(
            f"the model reads {cochain}, but the complex has no 'x' on rank {cochain.rank}, and a constant is not odd; "
            "add flows with with_cochain(..., odd=True), or probes with cochain.lift.probes"
        )
    dtype = complex_[0].x.dtype if "x" in complex_[0] and complex_[0].x.is_floating_point() else torch.get_default_dtype()
    x = torch.ones(complex_.sizes[cochain.rank], 1, dtype=dtype, device=complex_.device)
    cochain.check(x, x.shape[0])
    return x
