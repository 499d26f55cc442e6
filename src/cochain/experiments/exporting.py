"""A trained network for other programs: one safetensors file with its card, or a program of torch.export."""

import json
from os import PathLike
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import DataError, SpecError
from cochain.experiments.card import CARD
from cochain.experiments.files import write_atomically
from cochain.experiments.trained import Trained
from cochain.kernels.dispatch import REFERENCE, backend
from cochain.nn.network import choose_name

TOLERANCE = 1e-4


class OnStructure(nn.Module):
    """A network on the cells of one complex: a function of the features alone.

    Args:
        model: the network.
        complex_: prepared for it; its structure becomes part of the program.
        places: rank and name of each tensor that is read, in the order of the arguments.
    """

    def __init__(self, model: nn.Module, complex_: Complex, places: list[tuple[int, str]]) -> None:
        super().__init__()
        self.model, self.places = model, places
        self.complex_ = complex_

    def forward(self, *features: Tensor) -> Tensor:
        """Give the answer on new features of the same cells."""
        complex_ = self.complex_
        for (rank, name), value in zip(self.places, features, strict=True):
            complex_ = complex_.with_cochain(rank, name, value, odd=complex_.is_odd(rank, name))
        return self.model(complex_)  # type: ignore[no-any-return]


def export_weights(trained: Trained, folder: str | PathLike[str], out: str | PathLike[str]) -> None:
    """Write one safetensors file: the weights, and in its header spec, schema and model card.

    Args:
        trained: the network.
        folder: where it came from, for its card.
        out: the file.

    Raises:
        DataError: when it cannot be written.
    """
    card = Path(folder) / CARD
    header = {
        "format": "pt",
        "spec": json.dumps(trained.spec.model_dump(mode="json")),
        "schema": trained.reads.model_dump_json(),
        "card": card.read_text("utf-8") if card.is_file() else "",
    }
    weights = {name: value.contiguous() for name, value in trained.model.state_dict().items()}
    try:
        write_atomically(Path(out), save(weights, header))
    except OSError as error:
        raise DataError(f"{out} should be a file that can be written, but is not ({error.strerror})") from error


def export_program(trained: Trained, complex_: Complex, out: str | PathLike[str]) -> list[tuple[int, str]]:
    """Write a program of torch.export: from the features on the cells of one complex to the answers there.

    A program has a fixed structure, so that of the complex, lifted, becomes part of it; the features are its arguments.
    The program is made of plain torch operations and needs no Cochain to run; it is run once here and its answer
    compared with the network's.

    Args:
        trained: the network.
        complex_: raw data; its cells are those of the program.
        out: the file, which usually ends in .pt2.

    Returns:
        Rank and name of each argument of the program, in order.

    Raises:
        SpecError: when torch.export cannot follow the network, with its reason.
        DataError: when the data differs from that of the training, or the file cannot be written.
    """
    ready = trained.prepare(complex_)
    names = getattr(type(trained.model), "names", {})
    chosen = [(rank, choose_name(ready, rank, names)) for rank in sorted(trained.reads.widths)]
    places = [(rank, name) for rank, name in chosen if name is not None]
    module = OnStructure(trained.model.eval(), ready, places).eval()
    features = tuple(ready[rank][name] for rank, name in places)
    with backend(REFERENCE), torch.no_grad():
        wanted = module(*features)  # derives the operators, so that they are constants of the program
        try:
            program = torch.export.export(module, features, strict=False)
            found = program.module()(*features)
        except (RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError, LookupError) as error:
            raise SpecError(
                f"{trained.spec.model} should be a fixed sequence of torch operations to be exported as a program, but "
                f"torch.export cannot follow it: {str(error).strip().splitlines()[0]:.200}; export the weights "
                "instead, with --out FILE.safetensors"
            ) from error
    if not torch.allclose(found, wanted, rtol=TOLERANCE, atol=TOLERANCE):
        raise SpecError(
            f"the exported program should answer as {trained.spec.model} does, but differs by "
            f"{float((found - wanted).abs().max()):.3g}; export the weights instead, with --out FILE.safetensors"
        )
    try:
        torch.export.save(program, str(out))
    except OSError as error:
        raise DataError(f"{out} should be a file that can be written, but is not ({error.strerror})") from error
    except RuntimeError as error:  # torch.export.save fails on constants without elements, as of ranks without cells
        raise SpecError(
            f"the program of {trained.spec.model} should be what torch.export saves, but it cannot ({error!s:.60}); "
            "give --data with cells of every rank that the network reads, or export the weights"
        ) from error
    return places
