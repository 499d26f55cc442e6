"""A network: what it reads, its layers, its readout."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.errors import ComplexError, ParityError, ShapeError
from cochain.kernels import dropout
from cochain.nn.diagram import draw
from cochain.nn.layer import Embed, Features, Layer
from cochain.nn.readout import CellReadout, JumpingReadout, Readout, WholeReadout

_TYPED = Layer | Embed | CellReadout | WholeReadout | JumpingReadout


class Network(nn.Module):
    """Layers between what a complex offers and an answer on it. Published models derive from this class, one deep.

    `network(complex)` reads `x` on each rank of `reads`, or a constant 1 where an even rank has none; runs the layers;
    and gives the readout. `print(network)` shows its equations, `network.diagram()` draws it.

    Args:
        reads: the cochains that come in, one per rank.
        layers: modules from (complex, features per rank) to features per rank.
        readout: from the features of all layers to the answer.
        dropout: probability of dropping a channel of a cell before each layer.

    A class that reads another tensor than `x` on a rank says so in `names`: the first of them that the complex has.

    A published model is built as `Model(widths, out, target, config)`, most easily by `cochain.models.build`: `widths`
    are the channels that come in, per rank of `Model.ranks`; `out` the channels of the answer; `target` its rank, or
    "whole" for one row per component; `config` the hyperparameters, a `Model.Config`. A model whose docstring has no
    Args takes these as they are.
    """

    names: ClassVar[Mapping[int, tuple[str, ...]]] = {}

    def __init__(
        self, reads: Sequence[Cochain], layers: Sequence[nn.Module], readout: Readout, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.reads = tuple(reads)
        self.layers = nn.ModuleList(_without_unread(layers, readout))
        self.readout = readout
        self.dropout = dropout
        _check_parity(self.reads, layers, readout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        states = [features]
        for layer in self.layers:
            if self.dropout and self.training:
                features = {k: dropout(h, self.dropout, True) for k, h in features.items()}
            features = layer(complex_, features)
            states.append(features)
        return self.readout(complex_, states)  # type: ignore[no-any-return]

    def inputs(self, complex_: Complex) -> Features:
        """Take what the network reads from a complex, of the floating type of the weights."""
        features = read_inputs(complex_, self.reads, self.names)
        weight = next(self.parameters(), None)
        for rank, x in features.items():
            if weight is not None and weight.dtype != x.dtype:
                raise ShapeError(
                    f"features should have the type of the weights, {weight.dtype}, but those of rank {rank} are "
                    f"{x.dtype}; cast the complex's tensors, or the model with .to({x.dtype})"
                )
        return features

    @property
    def writes(self) -> tuple[Cochain, ...]:
        """The cochain that the answer is; empty where it answers on whole components."""
        return self.readout.writes

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


def _without_unread(layers: Sequence[nn.Module], readout: Readout) -> list[nn.Module]:
    """Leave out the weights of ranks that never reach an answer on cells, from the last layer to the first."""
    kept = list(layers)
    if isinstance(readout, CellReadout):
        wanted = readout.ranks
        for place in reversed(range(len(kept))):
            part = kept[place]
            if not isinstance(part, Layer | Embed):  # a part of another kind may read anything
                break
            kept[place], wanted = part.keep(wanted)
    return kept


def _check_parity(reads: Sequence[Cochain], layers: Sequence[nn.Module], readout: Readout) -> None:
    """Refuse parts that take one rank for odd and even, up to a part of another kind or one that breaks by design."""
    odd = {cochain.rank for cochain in reads if cochain.odd}
    known = {cochain.rank for cochain in reads}
    for place, part in enumerate([*layers, readout]):
        if not isinstance(part, _TYPED) or (isinstance(part, Layer) and part.breaks):
            return
        for rank in sorted(known & part.ranks):
            if (rank in odd) != (rank in part.odd):
                is_, takes = ("odd", "even") if rank in odd else ("even", "odd")
                where = "the readout" if part is readout else f"layer {place}"
                raise ParityError(
                    f"{where} should take rank {rank} as {is_}, as the network reads it, but takes it as {takes}; "
                    "give it odd=..."
                )
        if not isinstance(part, Readout):
            odd |= part.odd
            known |= part.ranks


def choose_name(complex_: Complex, rank: int, names: Mapping[int, tuple[str, ...]]) -> str | None:
    """Give the name of the tensor that is read on a rank: the first that the complex has, or None."""
    return next((name for name in names.get(rank, ("x",)) if name in complex_[rank]), None)


def read_inputs(
    complex_: Complex, reads: Sequence[Cochain], names: Mapping[int, tuple[str, ...]] | None = None
) -> Features:
    """Take the features that a model reads from a complex, checked by name before any arithmetic.

    Raises:
        ComplexError: when the complex lacks a rank.
        ParityError: when its features are odd where even ones are read, or the reverse.
        ShapeError: when their channels differ.
    """
    features: Features = {}
    constants: list[Cochain] = []
    for cochain in reads:
        rank = cochain.rank
        if rank > complex_.rank:
            raise ComplexError(
                f"the model reads {cochain}, but the top rank of this {complex_.domain} is {complex_.rank}; lift it "
                "first, for example with cochain.lift.clique or cochain.lift.cycles"
            )
        name = choose_name(complex_, rank, names or {})
        if name is None:
            constants.append(cochain)
            continue
        x = complex_[rank][name]
        if name != "x" and x.ndim == 1:  # weights are one number per cell
            x = x[:, None]
        if complex_.is_odd(rank, name) != cochain.odd:
            is_, reads_ = ("odd", "even") if complex_.is_odd(rank, name) else ("even", "odd")
            remedy = {
                "even": "take its absolute value",
                "odd": "mark it with_cochain(..., odd=True) if it is a flow, or add probes with cochain.lift.probes",
            }[reads_]
            raise ParityError(
                f"the model reads {reads_} features on rank {rank} ({cochain}), but '{name}' there is {is_}; {remedy}"
            )
        cochain.check(x, complex_.sizes[rank], name)
        if not x.is_floating_point():
            raise ShapeError(
                f"'{name}' on rank {rank} should be of a floating type, but is {x.dtype}; "
                "cast it, or one-hot encode classes"
            )
        features[rank] = x
    dtype = next((x.dtype for x in features.values()), torch.get_default_dtype())
    return features | {each.rank: _constant(complex_, each, dtype) for each in constants}


def _constant(complex_: Complex, cochain: Cochain, dtype: torch.dtype) -> Tensor:
    if cochain.odd and cochain.channels == 0:
        return torch.zeros(complex_.sizes[cochain.rank], 0, dtype=dtype, device=complex_.device)
    if cochain.odd:
        raise ParityError(
            f"the model reads {cochain}, but the complex has no 'x' on rank {cochain.rank}, and a constant is not odd; "
            "add flows with with_cochain(..., odd=True), or probes with cochain.lift.probes"
        )
    if cochain.channels != 1:
        raise ShapeError(
            f"the model reads {cochain}, but the complex has no 'x' on rank {cochain.rank}, and the constant that "
            "stands in has one channel; add x, or build the model for this complex"
        )
    return torch.ones(complex_.sizes[cochain.rank], 1, dtype=dtype, device=complex_.device)
