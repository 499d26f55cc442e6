"""`cochain train`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cochain.cli.arguments import Data, Device, Epochs, Lift, Metric, Model, Precision, Target
from cochain.cli.live import Live
from cochain.cli.show import INTERRUPTED, Json, complain, noting, print_facts
from cochain.experiments.comparison import place_name

if TYPE_CHECKING:
    from cochain.experiments.training import Made


def train(
    data: Data,
    model: Model,
    out: Annotated[Path, typer.Option(help="Folder for the network; an interrupted training in it goes on.")],
    lift: Lift = None,
    target: Target = None,
    fold: Annotated[int, typer.Option(help="Which of the splits.")] = 0,
    seed: Annotated[int, typer.Option(help="Of everything that is random.")] = 0,
    epochs: Epochs = None,
    device: Device = "cpu",
    metric: Metric = None,
    precision: Precision = "32-true",
    option: Annotated[
        list[str] | None, typer.Option(help="field=value of the model or its training; again for more.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train one network and keep it in a folder, with everything that its use needs.

    The same command goes on where it was interrupted. Several processes share the work when torchrun starts them:
    torchrun --nproc-per-node 2 -m cochain train ...
    """
    from cochain.experiments.plan import parse_options
    from cochain.experiments.progress import Event
    from cochain.experiments.training import train_into

    options = parse_options(option or [])
    with noting(), Live(1) as live:
        live.tell(Event("plan", planned=((model, epochs or 0),)))

        def on_epoch(epoch: int, seconds: float, score: float | None) -> None:
            live.tell(Event("epoch", model, fold, seed, epoch, seconds, score))

        try:
            made = train_into(
                out, data, model, lift, target, fold, seed, epochs, device=device, options=options, metric=metric,
                precision=precision, on_epoch=on_epoch,
            )  # fmt: skip
        except KeyboardInterrupt:
            complain("interrupted: the same command goes on from here")
            raise typer.Exit(INTERRUPTED) from None
    if made.trained is not None:
        print_facts(_facts(made, out), as_json)


def _facts(made: "Made", out: Path) -> dict[str, Any]:
    spec, result = made.spec, made.finished.result
    facts: dict[str, Any] = {
        "network": str(out),
        "model": spec.model,
        "lift": spec.lift,
        "answers": f"{spec.kind} on {place_name(spec.target)}",
        f"test {spec.metric}": round(result.test_score, 6),
        f"validation {spec.metric}": None if result.validation_score is None else round(result.validation_score, 6),
        "epoch": result.best_epoch,
        "epochs": len(made.finished.curve.epoch),
        "parameters": result.parameters,
        "seconds": round(result.seconds, 2),
    }
    return facts | ({"warnings": list(result.warnings)} if result.warnings else {})
