"""What it costs to begin: `import cochain` where torch is imported already, and the command that lists the catalog."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import Case

SAY = "sys.stdout.write('.'); sys.stdout.flush()"
PROBE = f"import torch, sys; {SAY}; sys.stdin.readline() or sys.exit(); import cochain; {SAY}"


def cochain_import() -> Callable[[], None]:
    """Prepare processes that have imported torch and wait: the work lets one of them import us, too."""

    def ready() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROBE]
        waiting = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert waiting.stdout is not None
        waiting.stdout.read(1)
        return waiting

    crew = [ready() for _ in range(10)]

    def work() -> None:
        one = crew.pop()
        assert one.stdin is not None
        assert one.stdout is not None
        one.stdin.write("\n")
        one.stdin.flush()
        one.stdout.read(1)

    return work


def cochain_catalog() -> Callable[[], int]:
    """Prepare the command, timed from the start of its process to its end; it answers with the number of lines."""
    command = [str(Path(sys.executable).parent / "cochain"), "catalog"]

    def work() -> int:
        return len(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines())

    return work


CASES = [
    Case("import", "import cochain, after torch", ours="cochain_import", seconds=0.3, quick=True),
    Case("catalog", "the command cochain catalog, as a process", ours="cochain_catalog", seconds=0.25, quick=True),
]
