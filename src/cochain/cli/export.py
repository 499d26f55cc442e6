"""`cochain export`."""

from pathlib import Path
from typing import Annotated

import typer

from cochain.cli.complete import complete_data
from cochain.cli.predict import Network
from cochain.cli.show import Json, complain, noting, print_json


def export(
    network: Network,
    out: Annotated[Path, typer.Option(help="FILE.safetensors for the weights, FILE.pt2 for a program.")],
    data: Annotated[
        str | None,
        typer.Option(help="For a program: the data whose cells it answers on.", autocompletion=complete_data),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a trained network for other programs.

    FILE.safetensors holds the weights, and in its header the spec, the schema and the model card. FILE.pt2 is a program
    of torch.export that needs no Cochain: its structure is that of DATA, its arguments are the features.
    """
    from cochain.errors import SpecError
    from cochain.experiments.exporting import export_program, export_weights
    from cochain.experiments.newdata import open_new
    from cochain.experiments.trained import read_trained

    trained = read_trained(network)
    if out.suffix == ".safetensors":
        export_weights(trained, network, out)
        arguments = []
    elif out.suffix != ".pt2":
        raise SpecError(f"out should end in .safetensors (weights) or .pt2 (a program), but is {out}")
    elif data is None:
        raise SpecError("a program should be given the cells that it answers on, but there are none; add --data DATA")
    else:
        with noting():
            arguments = export_program(trained, open_new(data, trained.reads).complex_, out)
    listed = [f"{name} on rank {rank}" for rank, name in arguments]
    if as_json:
        print_json({"out": str(out), "arguments": listed})
    else:
        complain(f"{out}: a program of {', '.join(listed)}" if listed else f"{out}: weights, spec, schema and card")
