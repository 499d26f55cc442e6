"""`import cochain` is cheap: it imports neither torch nor numba, and stays under 0.3 seconds."""

import json
import subprocess
import sys

PROBE = """
import json, sys, time
start = time.perf_counter()
import cochain
seconds = time.perf_counter() - start
heavy = [name for name in ("torch", "numba", "scipy", "sklearn", "matplotlib") if name in sys.modules]
print(json.dumps({"seconds": seconds, "heavy": heavy}))
"""


def probe() -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_import_is_light() -> None:
    runs = [probe() for _ in range(3)]
    assert runs[0]["heavy"] == []
    assert min(run["seconds"] for run in runs) < 0.3
