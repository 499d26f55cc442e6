"""Contestants of every kind, for the test of the harness."""

import sys
import time

from benchmarks.harness import Case, Goal


def ours(size):
    def work():
        time.sleep(0.01)
        return float(size)

    return work


def slower(size):
    def work():
        time.sleep(0.05)
        return size * (1 + 1e-9)

    return work


def wrong(size):
    return lambda: size + 1.0


def absent(size):
    import no_such_package  # noqa: F401

    return ours(size)


def broken(size):
    raise ValueError("a peer may fail")


def endless(size):
    return lambda: time.sleep(60)


def hungry(size):
    import numpy as np

    return lambda: float(np.ones(2**28).sum())


def talkative(size):
    sys.stdout.write("a peer may print\n")
    return ours(size)


PEERS = {name: name for name in ("slower", "wrong", "absent", "broken", "endless", "hungry", "talkative")}
CASES = [
    Case(
        "one", "every kind of contestant", "ours", PEERS, {"size": 3}, {"slower": Goal(2.0), "wrong": Goal(1e9)},
        rounds=3, agree=1e-6, limit_gb=1.0, timeout=10.0,
    )
]  # fmt: skip
