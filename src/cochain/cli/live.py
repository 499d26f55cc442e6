"""How far the trainings are."""

from typing import TYPE_CHECKING

from cochain.cli.show import console, duration

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from cochain.experiments.progress import Event


class Live:
    """A bar with the time that is left; nothing at all where the output is no terminal."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.bars: Bars | None = None
        self.task: TaskID | None = None
        self.runs = 0

    def __enter__(self) -> "Live":
        screen = console(stderr=True)
        if screen.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            from cochain.experiments.progress import Clock

            self.clock = Clock(self.jobs)
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[left]}"),
            )
            self.bars = Progress(*columns, console=screen, transient=True)
            self.task = self.bars.add_task("loading", total=None, left="")
            self.bars.start()
        return self

    def __exit__(self, *details: object) -> None:
        if self.bars is not None:
            self.bars.stop()

    def tell(self, event: "Event") -> None:
        """Show an event."""
        if self.bars is None or self.task is None:
            return
        self.clock.tell(event)
        if event.kind == "plan":
            self.bars.update(self.task, total=self.runs + len(event.planned))
            return
        if event.kind in ("done", "found", "failed"):
            self.runs += 1
        score = "" if event.score is None else f" {event.score:.3f}"
        text = f"{event.model} fold {event.fold} seed {event.seed}" + (
            f" epoch {event.epoch}{score}" if event.kind == "epoch" else ""
        )
        left = self.clock.remaining()
        self.bars.update(
            self.task, completed=self.runs, description=text, left="" if left is None else f"{duration(left)} left"
        )
