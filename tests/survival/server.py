"""A process that has loaded everything, forks children that compare, and kills them when it is told to.

An interpreter with torch takes seconds to start, a fork milliseconds. It never trains itself, and has one thread, so
its children are as good as fresh. One line of JSON in, one out.
"""

import json
import os
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # a test process that merely collects this file keeps its threads
    os.environ.update(OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1", NUMBA_THREADING_LAYER="workqueue")
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "experiments")]

from made import cycles_and_paths  # noqa: E402

from cochain.catalog import entry  # noqa: E402
from cochain.experiments import Comparison, Event, checkpoint, compare, train  # noqa: E402
from cochain.models.build import model_class  # noqa: E402

EPOCHS, MODELS = 8, ["gin", "cin", "gcn"]
DATA = cycles_and_paths()
LOADED = [model_class(entry(name)) for name in MODELS]  # here, so that no child spends its time on it


def compared(folder: str, log: Any, **changes: Any) -> Comparison:
    """Compare on the data of this test, with a log of the epochs that begin and of the runs that are done."""
    descend = train._Loop._descend

    def logged(loop: Any) -> float:
        log(f"begin {loop.spec.folder} {loop.epoch + 1}")
        return float(descend(loop))

    def tell(event: Event) -> None:
        if event.kind == "done":
            log(f"done {event.model} {event.fold}")

    train._Loop._descend = logged  # type: ignore[method-assign]
    checkpoint.SHARE = float("inf")  # every epoch, however short
    options: dict[str, Any] = {"*": {"hidden": 8, "batch_size": 4, "dropout": 0.3}}
    return compare(DATA, MODELS, epochs=EPOCHS, runs=folder, options=options, progress=tell, **changes)


def child(folder: str, log_path: str, answer: str) -> None:
    """Compare until killed, or to the end."""
    handle = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    warnings.simplefilter("error", UserWarning)  # a warning of the store would be a promise broken
    found = compared(folder, lambda text: os.write(handle, f"{os.getpid()} {text}\n".encode()))
    Path(answer).write_text(found.to_json())


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Fork a child and kill it after so many seconds, unless it has ended by then."""
    begin = time.monotonic()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
            child(order["folder"], order["log"], order["answer"])
            code = 0
        except BaseException:  # noqa: BLE001 - a fork must not run into the code of its parent
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    end = begin + order["seconds"]
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - begin}
        if time.monotonic() >= end:
            break
        time.sleep(min(0.001, max(0.0, end - time.monotonic())))
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - begin}


def main() -> None:
    """Serve until there is no more to read."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
