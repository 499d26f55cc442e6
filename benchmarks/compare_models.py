"""Scores of models by `cochain compare` on a few folds, one row a model: what `cochain describe MODEL` has measured.

    python -m benchmarks.compare_models karate --folds 3 --epochs 100 --models all

writes the rows to results/compare_karate_*.jsonl and gathers the rows of all data sets into the package.
"""

import argparse
import json
import platform
import sys
from pathlib import Path

import cochain as cc
from cochain import catalog
from cochain.experiments.comparison import Comparison
from cochain.experiments.execute import versions

RESULTS = Path(__file__).parent / "results"
GATHERED = Path(__file__).parents[1] / "src" / "cochain" / "catalog" / "scores.json"


def rows(found: Comparison, folds: int, epochs: int | None) -> list[dict[str, object]]:
    """Give one row for each model of a comparison."""
    each = {
        "dataset": found.dataset,
        "protocol": f"{found.protocol}, {folds} folds" + (f", at most {epochs} epochs" if epochs else ""),
        "metric": found.task.metric,
        "higher_is_better": found.task.higher_is_better,
        "command": found.command if len(found.command) < 300 else "cochain compare, all models of the catalog that fit",
        "hardware": f"{platform.machine()}, 1 thread",
        "date": found.finished[:10],
        "versions": versions(),
    }
    return [
        {
            "model": row.model, "lift": row.lift, "mean": round(row.mean, 4),
            "std": None if row.std is None else round(row.std, 4), "runs": len(row.scores),
            "parameters": row.parameters, "seconds": round(row.seconds, 1), **each,
        }
        for row in found.rows
        if len(row.scores) == folds  # a model that failed on a fold is compared with none
    ]  # fmt: skip


def suited(dataset: str) -> list[str]:
    """Give the models of the catalog that answer what a data set asks, as it is or by their lift."""
    complex_ = cc.datasets.load(dataset)
    task = {0: "node", 1: "edge", "whole": "whole"}[cc.datasets.info(dataset).target]
    return [
        row.name
        for row in catalog.CATALOG
        if task in row.tasks and (complex_.domain in row.domains or (row.lift and complex_.domain == "graph"))
    ]


def gather() -> str:
    """Give what the package holds of all rows: per model its scores, each with its place among the models."""
    found: dict[str, list[dict[str, object]]] = {}
    for path in sorted(RESULTS.glob("compare_*.jsonl")):
        told = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for row in told:
            sign = 1 if row["higher_is_better"] else -1
            better = sum(sign * other["mean"] > sign * row["mean"] for other in told)
            kept = {key: row[key] for key in ("dataset", "lift", "metric", "mean", "std", "runs", "protocol")}
            found.setdefault(row["model"], []).append({**kept, "place": better + 1, "of": len(told)})
    lines = ",\n".join(f' "{model}": {json.dumps(found[model])}' for model in sorted(found))
    return "{\n" + lines + "\n}\n"


def main() -> None:
    """Run the comparison and write its rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset")
    parser.add_argument("--models", help="names with commas, or all; by default those that the library chooses")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--runs", default="runs")
    given = parser.parse_args()
    models = suited(given.dataset) if given.models == "all" else given.models
    found = cc.compare(given.dataset, models, folds=given.folds, epochs=given.epochs, runs=given.runs)
    for failure in found.failures:
        sys.stderr.write(f"{failure.model}: {failure.message}\n")
    name = f"compare_{given.dataset}_{platform.machine()}_1thread_torch{versions()['torch'].split('+')[0]}.jsonl"
    lines = [json.dumps(row) for row in rows(found, given.folds, given.epochs)]
    (RESULTS / name).write_text("\n".join(lines) + "\n", "utf-8")
    GATHERED.write_text(gather(), "utf-8")
    sys.stderr.write(f"{len(lines)} rows: {name}\n")


if __name__ == "__main__":
    main()
