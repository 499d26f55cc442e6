"""`python -m benchmarks`: list the topics, run some, print the table and write the rows.

python -m benchmarks                      what there is
python -m benchmarks training lifting     run topics
python -m benchmarks training:gcn_large   run one case
python -m benchmarks --quick              the short cases of all topics, goals reported, nothing written
"""

import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.harness import RESULTS, Case, Result, cases, environment, rows, run

TOPICS = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if "\nCASES" in path.read_text() and path.stem != "harness"
)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show(case: Case, results: list[Result]) -> bool:
    """Print a case's table; true when all its goals are reached."""
    say(f"\n{case.name}: {case.what}")
    ours, reached = results[0], not results[0].failure
    for result in results:
        if result.failure:
            say(f"  {result.contestant:>18}  {result.failure}")
        if result.seconds:
            line = f"  {result.contestant:>18}  {_time(result.median)}  {result.memory_mb:7.0f} MB"
            verdict, good = _own(case, result) if result is ours else _against(case, ours, result)
            reached &= good
            say(line + verdict + ("" if good else "   MISSED"))
    return reached


def _own(case: Case, ours: Result) -> tuple[str, bool]:
    if case.seconds is None:
        return "", True
    return f"   goal {_time(case.seconds).strip()}", ours.median <= case.seconds


def _against(case: Case, ours: Result, peer: Result) -> tuple[str, bool]:
    ratio, memory = peer.median / ours.median, ours.memory_mb / max(peer.memory_mb, 1e-9)
    text, goal = f"   ratio {ratio:7.2f}, memory {memory:5.2f}", case.goals.get(peer.contestant)
    if goal is None or not ours.seconds:
        return text, True
    text += f"   goal {goal.ratio:g}" + ("" if goal.memory is None else f" at {goal.memory:g} of the memory")
    light = goal.memory is None or memory <= goal.memory or ours.memory_mb < 1
    return text, ratio >= goal.ratio and light


def _time(seconds: float) -> str:
    if math.isnan(seconds):
        return "        -   "
    return f"{seconds:9.3f} s " if seconds >= 1 else f"{seconds * 1e3:9.3f} ms"


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("topics", nargs="*", metavar="TOPIC[:CASE]")
    parser.add_argument("--quick", action="store_true", help="short cases only; writes nothing")
    parser.add_argument("--rounds", type=int, help="timed runs per contestant, instead of the case's own")
    parser.add_argument("--topics", action="store_true", dest="names", help="print the names of all topics")
    asked = parser.parse_args()
    if asked.names:
        say(" ".join(TOPICS))
        return 0
    if not asked.topics and not asked.quick:
        return _list()
    missed = 0
    for entry in asked.topics or TOPICS:
        topic, _, name = entry.partition(":")
        if topic not in TOPICS:
            parser.error(f"no topic is called {topic!r}; there are {', '.join(TOPICS)}")
        if name and name not in [case.name for case in cases(topic)]:
            parser.error(f"{topic} has no case {name!r}; it has {', '.join(case.name for case in cases(topic))}")
        missed += _run(topic, name, asked.quick, asked.rounds)
    say(f"\n{missed} cases below a goal" if missed else "\nall goals reached")
    return 0  # a figure below its goal is reported; on a noisy machine it is no failure


def _list() -> int:
    for topic in TOPICS:
        for case in cases(topic):
            say(f"{topic + ':' + case.name:44} {case.what}" + ("  (quick)" if case.quick else ""))
    return 0


def _run(topic: str, name: str, quick: bool, rounds: int | None) -> int:
    """Run a topic's cases and give the number of those below a goal."""
    written: list[dict[str, object]] = []
    missed = 0
    for case in cases(topic):
        if name in ("", case.name) and (case.quick or not quick):
            case = replace(case, rounds=rounds or case.rounds)
            results = run(topic, case)
            missed += not show(case, results)
            written += rows(topic, case, results)
    if not quick:
        _write(topic, written, whole=not name)
    return missed


def _write(topic: str, written: list[dict[str, object]], whole: bool) -> None:
    """Write a topic's rows; a single case replaces its own rows only."""
    where = environment()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{topic}_{where['machine']}_{where['threads']}threads_torch{where['torch']}.jsonl"
    names = {row["case"] for row in written}
    kept = []
    if path.exists() and not whole:
        kept = [row for row in map(json.loads, path.read_text().splitlines()) if row["case"] not in names]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*kept, *written]))


if __name__ == "__main__":
    sys.exit(main())
