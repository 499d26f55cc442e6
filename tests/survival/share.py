"""One process of several that train together: `torchrun ... share.py ORDER`, where ORDER is a file of JSON.

The script of the tests: each process writes what it got to OUT.RANK, so that the tests see that all agree.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "experiments")]

import torch  # noqa: E402
from made import cycles_and_paths, ring_of_nodes  # noqa: E402

from cochain.errors import CochainError  # noqa: E402
from cochain.experiments.execute import Data, train_one  # noqa: E402
from cochain.experiments.parallel import joined  # noqa: E402
from cochain.experiments.spec import RunSpec  # noqa: E402
from cochain.experiments.store import Store  # noqa: E402
from cochain.experiments.tasks import infer_task  # noqa: E402


class EndedError(Exception):
    """Stands for whatever ends a process."""


def main() -> None:
    """Train as ordered."""
    order = json.loads(Path(sys.argv[1]).read_text())
    rank = os.environ.get("RANK", "0")
    torch.set_num_threads(1)
    with joined():  # processes meet once; a second meeting at the same port may miss
        train_all(order, rank)


def train_all(order: list[dict[str, Any]], rank: str) -> None:
    """Train one run after another."""
    for number, each in enumerate(order):
        c = ring_of_nodes() if each.get("single") else cycles_and_paths()
        if not each.get("single"):  # where nodes are alike, batch normalisation makes what it will of rounding
            x = torch.randn(c.sizes[0], 3, generator=torch.Generator().manual_seed(0))
            c = c.with_cochain(0, "x", torch.cat([c[0].x, x], dim=1))
        if each.get("labels") == "numbers":
            columns = torch.randn(len(c), 2, generator=torch.Generator().manual_seed(0))
            columns[::3, 0] = torch.nan
            c = c.with_cochain("whole", "y", columns)
        spec = RunSpec.model_validate(each["spec"])
        store = Store(each["runs"]) if "runs" in each else None

        def tell(epoch: int, seconds: float, score: float | None, stop: int = each.get("stop", 0)) -> None:
            if epoch == stop:
                raise EndedError

        try:
            found = train_one(spec, Data(c, infer_task(c, spec.target)), store, tell)
            answer = found.model_dump_json()
        except CochainError as error:
            answer = json.dumps({"error": str(error)})
        Path(f"{each['out']}.{rank}").write_text(answer)
        sys.stderr.write(f"{rank} done with {number}\n")


if __name__ == "__main__":
    main()
