"""The examples run as they stand, and what they print is so."""

import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
MOST_LINES = 40


def printed(name: str) -> list[list[float]]:
    """Run an example and give the numbers behind the colon of each line.

    In a process of its own, as a reader runs it: without the checks of shapes that the tests switch on.
    """
    path = EXAMPLES / f"{name}.py"
    assert len(path.read_text().splitlines()) < MOST_LINES
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True)
    said = [line.rsplit(":", 1)[-1] for line in done.stdout.splitlines()]
    return [[float(number) for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", line)] for line in said]


def test_rings_tell_molecules_apart_that_bonds_do_not() -> None:
    (bonds,), (rings,) = printed("rings")
    assert bonds == 0.5
    assert rings == 1.0


def test_papers_say_more_than_pairs_of_authors() -> None:
    (pairs,), (papers,) = printed("coauthors")
    assert pairs == 0.5
    assert papers == 1.0


def test_the_current_around_an_island_is_found() -> None:
    (islands,), (planted, found), (difference,) = printed("map_flows")
    assert islands == 1
    assert planted == found == 5
    assert difference < 1e-4


def test_orientation_tells_a_torus_from_a_klein_bottle() -> None:
    two, three, (edges,), (triangles,) = printed("surfaces")
    assert two == [1, 2, 1, 1, 2, 1]
    assert three == [1, 2, 1, 1, 1, 0]
    assert edges <= 0.7
    assert triangles >= 0.9


def test_a_sheaf_hears_neighbours_of_another_class() -> None:
    (alone,), (averages,), (maps,) = printed("sheaf")
    assert averages < alone < maps
    assert maps >= 0.88
