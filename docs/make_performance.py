"""Write the tables of docs/performance.md from the rows of the benchmarks; a test keeps the page as this gives it.

python docs/make_performance.py
"""

import json
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "performance.md"
ROWS = Path(__file__).parent.parent / "benchmarks" / "results"
BEGIN, END = "<!-- from benchmarks/results -->", "<!-- end -->"
TOPICS = {
    "lifting": "Lifts, operators and batches",
    "training": "Training steps on graphs",
    "epochs": "Whole epochs on NCI1",
    "sheaf": "Sheaf diffusion",
    "higher_order": "Training steps of higher-order models",
    "persistence_graphs": "Persistence of graphs",
    "persistence_points": "Persistence of batches of clouds",
    "persistence_large": "Persistence of one large cloud",
    "persistence_images": "Persistence of images",
    "persistence_vectors": "Distances and vectorisations",
    "startup": "Starting",
}


def table() -> str:
    """Give all topics that have rows, a table each."""
    parts = [BEGIN]
    for topic, title in TOPICS.items():
        for path in sorted(ROWS.glob(f"{topic}_*threads_torch*.jsonl")):
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            parts += [f"\n### {title}\n", f"`python -m benchmarks {topic}`, {_where(rows[0])}.\n", *_lines(rows)]
    return "\n".join([*parts, "", END])


def _where(row: dict[str, Any]) -> str:
    return f"{row['threads']} threads, {row['machine']}, torch {row['torch']}"


def _lines(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| work | ours | peer | its time | ratio (goal) | our memory / its (goal) |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    ours: dict[str, Any] = {}
    for row in rows:
        if row["contestant"] == "cochain":
            ours = row
            alone = not any(other["case"] == row["case"] and other is not row for other in rows)
            if alone:
                lines.append(f"| {row['what']} | {_own(row)} | | | | |")
            continue
        goal = row.get("goal") or {}
        ratio = "" if row["ratio"] is None else f"**{row['ratio']:.3g}**{_goal(goal.get('ratio'))}"
        memory = "" if row["memory_ratio"] is None else f"{row['memory_ratio']:.2f}{_goal(goal.get('memory'))}"
        time = row["failure"] or _time(row["median_s"])
        lines.append(f"| {row['what']} | {_own(ours)} | {row['contestant']} | {time} | {ratio} | {memory} |")
    return lines


def _own(row: dict[str, Any]) -> str:
    if row["median_s"] is None:
        return str(row["failure"])
    goal = (row.get("goal") or {}).get("seconds")
    return _time(row["median_s"]) + (f" (goal {_time(goal)})" if goal else "")


def _goal(value: float | None) -> str:
    return "" if value is None else f" ({value:g})"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def render() -> str:
    """Give the page with its table made anew."""
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    return before + table() + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(render())
