r"""Whether a step of training fits the memory, told before it is tried, and what would fit.

Every layer keeps at least one tensor for the way back, so a step over $n$ cells of the ranks that are read takes at
least

$$n \cdot \mathrm{hidden} \cdot \mathrm{layers} \cdot \mathrm{bytes}$$

More is needed in truth: messages, operators, gradients. A step that does not fit by this count is refused; one that
does fit by it and still runs out of memory ends with the same error, with what was asked for in place of the estimate.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from cochain.catalog import entry
from cochain.complexes import Complex
from cochain.errors import SpecError
from cochain.experiments.lifting import JOIN, parse_lift
from cochain.experiments.memory import available_bytes
from cochain.experiments.spec import RunSpec
from cochain.models.build import model_class

SPARE = 0.8
"""Share of the memory that a proposal may fill."""
LOWERED = ("max_rank", "max_length", "k", "max_edges")
"""Arguments of lifts that make fewer cells when they are lower, and the least that each may be."""
SIGNS = ("can't allocate memory", "not enough memory", "out of memory", "Cannot allocate memory")
"""What torch and the system say when memory is out."""


def step_bytes(spec: RunSpec, complex_: Complex) -> int:
    """Give the least that a step of training takes."""
    config = _config(spec)
    width, layers = int(config.get("hidden", 1)), int(config.get("layers", 1))
    bytes_each = 8 if spec.precision == "64-true" else 4 if spec.precision == "32-true" else 2
    return _cells_in_step(spec, complex_) * width * layers * bytes_each


def _config(spec: RunSpec) -> dict[str, Any]:
    defaults = vars(model_class(entry(spec.model)).Config())
    return {**defaults, **spec.options}


def _cells_in_step(spec: RunSpec, complex_: Complex) -> int:
    """Give the cells of the largest step: the largest components come together, or there is one alone."""
    ranks = [rank for rank in model_class(entry(spec.model)).ranks if rank <= complex_.rank]
    if len(complex_) == 1:
        return sum(complex_.sizes[rank] for rank in ranks)
    sizes = sum(complex_.offsets(rank).diff() for rank in ranks)
    assert isinstance(sizes, torch.Tensor)
    return int(sizes.sort(descending=True).values[: spec.training.batch_size].sum())


def check_step(spec: RunSpec, complex_: Complex, available: int | None = None) -> None:
    """Check that a step of training can fit.

    Args:
        spec: the run.
        complex_: what the model reads.
        available: bytes that may be taken; by default what the machine tells.

    Raises:
        SpecError: when it cannot, with what could.
    """
    if available is None:
        available = available_bytes(complex_.device)
    need = step_bytes(spec, complex_)
    if available is None or need <= available:
        return
    raise SpecError(
        f"a step of {spec.model} should fit the {_size(available)} of memory that are to be had, but takes at least "
        f"{_size(need)}; {proposal(spec, complex_, available / need)}"
    )


def proposal(spec: RunSpec, complex_: Complex | None, ratio: float) -> str:
    """Say what would fit, if a step is to become smaller by a ratio: each remedy alone, with its number."""
    found = []
    size = spec.training.batch_size
    ratio = SPARE * ratio
    if (complex_ is None or len(complex_) > 1) and size > 1:
        found.append(f"batches of {max(1, int(size * ratio))} in place of {size} (--option batch_size=...)")
    hidden = int(_config(spec).get("hidden", 1))
    if int(hidden * ratio) >= 1:
        found.append(f"{int(hidden * ratio)} channels in place of {hidden} (--option hidden=...)")
    lower = _lower(spec.lift)
    if lower:
        found.append(f"a lift that makes fewer cells (--lift {lower})")
    return "take " + ", or ".join(found) if found else "take a machine with more memory, or leave this model out"


def _lower(lift: str) -> str:
    """Give a lift with its last argument of size one lower; empty where there is none."""
    words = []
    changed = False
    for name, arguments in reversed(parse_lift(lift)) if lift else ():
        values = dict(arguments)
        for key in LOWERED:
            least = {"max_length": 4, "max_rank": 2}.get(key, 1)
            if not changed and isinstance(values.get(key), int) and values[key] > least:
                values[key] -= 1
                changed = True
        words.append(":".join([name, *(f"{key}={value}" for key, value in values.items())]))
    return JOIN.join(reversed(words)) if changed else ""


@contextmanager
def within_memory(spec: RunSpec, complex_: Complex | None = None) -> Iterator[None]:
    """Turn running out of memory into our error, with a proposal.

    Raises:
        SpecError: when memory ran out.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not any(sign in str(error) for sign in SIGNS):
            raise
        if spec.device == "cuda":
            torch.cuda.empty_cache()
        first = next(iter(str(error).splitlines()), "") or "no more could be had"
        raise SpecError(
            f"memory should hold {'a step of' if complex_ is not None else 'the data of'} {spec.model}, but ran out "
            f"({first.strip()}); {proposal(spec, complex_, 0.5)}"
        ) from error


def _size(count: int) -> str:
    """Give bytes in a unit that reads well."""
    size = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"
