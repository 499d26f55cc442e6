"""The time that is left, worked by hand."""

import pytest

from cochain.experiments.progress import Clock, Event


def told(*events: Event, jobs: int = 1) -> float | None:
    clock = Clock(jobs)
    for event in events:
        clock.tell(event)
    return clock.remaining()


PLAN = Event("plan", planned=(("a", 10), ("a", 10), ("b", 20)))


def epochs(model: str, *seconds: float, fold: int = 0) -> list[Event]:
    return [
        Event("start", model, fold),
        *(Event("epoch", model, fold, epoch=i + 1, seconds=s) for i, s in enumerate(seconds)),
    ]


def test_nothing_is_known_before_the_first_epoch() -> None:
    assert told(PLAN) is None
    assert told(PLAN, Event("start", "a")) is None


def test_median_times_epochs_to_come() -> None:
    # a: median 2 s, 20 - 3 epochs; b has no epoch yet and counts 2 s too, 20 epochs
    assert told(PLAN, *epochs("a", 1.0, 2.0, 9.0)) == pytest.approx(17 * 2 + 20 * 2)


def test_early_stopping_shortens_what_is_expected() -> None:
    # the first run of a took 3 epochs, so the second is taken for 3
    done = [*epochs("a", 2.0, 2.0, 2.0), Event("done", "a")]
    assert told(PLAN, *done) == pytest.approx(3 * 2 + 20 * 2)


def test_jobs_share_the_time() -> None:
    assert told(PLAN, *epochs("a", 1.0, 2.0, 9.0), jobs=2) == pytest.approx(74 / 2)


def test_the_end() -> None:
    events = [
        *epochs("a", 1.0),
        Event("done", "a"),
        *epochs("a", 1.0, fold=1),
        Event("failed", "a", 1),
        *epochs("b", 1.0),
        Event("done", "b"),
    ]
    assert told(PLAN, *events) == 0
