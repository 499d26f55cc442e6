"""Arguments and options that several commands share, so that they read alike everywhere."""

from pathlib import Path
from typing import Annotated

import typer

from cochain.cli.complete import complete_data, complete_models

Data = Annotated[
    str,
    typer.Argument(
        help="A data set by name, or a file or folder: CSV, HIF, GraphML, meshes, SMILES, images, ...",
        autocompletion=complete_data,
    ),
]
Models = Annotated[
    str | None,
    typer.Option(help="Models, with commas between; default: some that suit the data.", autocompletion=complete_models),
]
Model = Annotated[str, typer.Option(help="A model of the catalog.", autocompletion=complete_models)]
Lift = Annotated[
    str | None, typer.Option(help="clique:2, cycles:6, khop:2, knn:8+clique:2; default: what a model needs.")
]
Target = Annotated[str | None, typer.Option(help="node, edge, face, whole, link or a rank; default: where labels are.")]
Epochs = Annotated[int | None, typer.Option(help="Most epochs.")]
Device = Annotated[str, typer.Option(help="cpu or cuda.")]
Runs = Annotated[Path, typer.Option(help="Folder of runs; what is there is not trained again.")]
Metric = Annotated[str | None, typer.Option(help="accuracy, f1_macro, roc_auc, average_precision, mae or rmse.")]
Precision = Annotated[str, typer.Option(help="32-true, 64-true, bf16-mixed or 16-mixed.")]
Format = Annotated[str | None, typer.Option(help="The format of the data, where name and content leave a choice.")]
