"""Laws of repetition: the same again, from a file, from a seed, after another run; and the input as it was."""

import copy

import safetensors.torch
import torch
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import LawError
from cochain.laws.result import LawResult
from cochain.laws.running import answer, attempt, describe_difference, drawn_from
from cochain.laws.specimen import places_of, tensor_at
from cochain.laws.strips import strip


def saving(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    """Check that a model whose `state_dict` went through a safetensors file gives the same answer, bit for bit.

    The file is read into a copy whose parameters, buffers and other tensors were overwritten, so that whatever is not
    in the file is missed. Buffers that are declared not persistent stay: the constructor makes them. There is no
    tolerance, since nothing is computed anew.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: of what the copy is overwritten with.

    Raises:
        LawError: when the state cannot be saved, does not fit, or gives another answer.
    """
    model = copy.deepcopy(model).eval()
    expected = answer(model, complex)
    other = copy.deepcopy(model)
    with drawn_from(seed):
        _scramble(other)
    try:
        file = safetensors.torch.save({name: value.contiguous() for name, value in model.state_dict().items()})
        other.load_state_dict(safetensors.torch.load(file))
    except (RuntimeError, ValueError, AttributeError, TypeError) as error:
        raise LawError(f"saving: the state should go through a safetensors file, but raised {error}") from error
    found = attempt(other, complex, "saving", "reloaded weights")
    if not torch.equal(found, expected):
        raise LawError(
            "saving: a reloaded model should give the same answer, but the answer "
            f"{describe_difference(found, expected)}; a tensor is neither a parameter nor a buffer"
        )
    return LawResult("saving", True, f"the same answer from {len(file):,} bytes")


def determinism(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    """Check that the same seed gives the same answer, bit for bit, and that no run leaves anything behind.

    Twice in training mode (dropout, batch statistics) on the complex and a strip from one seed, and in evaluation mode
    before and after running on another complex. There is no tolerance: kernels repeat bit for bit.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: the seed.

    Raises:
        LawError: when two answers differ.
    """
    other = strip(complex, 14, seed)
    batch = Complex.union([complex, other])
    trained = []
    for _ in range(2):
        fresh = copy.deepcopy(model).train()
        with drawn_from(seed):
            trained.append(attempt(fresh, batch, "determinism", "a batch in training mode"))
    if not _same(*trained):
        raise LawError(
            "determinism: the same seed should give the same answer while training, but the answer "
            f"{describe_difference(*trained)}; draw from torch's generator alone"
        )
    still = copy.deepcopy(model).eval()
    first = answer(still, complex)
    attempt(still, other, "determinism", "a strip")
    again = answer(still, complex)
    if not _same(again, first):
        raise LawError(
            "determinism: a run on another complex should change nothing, but the answer "
            f"{describe_difference(again, first)}; the model keeps something between runs, or draws while evaluating"
        )
    return LawResult("determinism", True, "the same answers, bit for bit")


def input_unchanged(model: nn.Module, complex: Complex, seed: int = 0) -> LawResult:
    """Check that a step of training changes no tensor of the complex: neither features, nor incidences, nor operators.

    Compared bit for bit, and by torch's count of changes in place, which also sees a change that is taken back.

    Args:
        model: maps a complex to a tensor.
        complex: what it reads.
        seed: of dropout.

    Raises:
        LawError: with the tensor that changed.
    """
    batch = Complex.union([complex, strip(complex, 14, seed)])
    model = copy.deepcopy(model).train()
    for step in range(2):  # the second step finds the operators that the first has derived
        held = _tensors(batch)
        before = {what: (value.clone(), value._version) for what, value in held.items()}
        with drawn_from(seed + step), torch.enable_grad():
            y = model(batch)
        _compare(held, before)  # first, since torch refuses to go backward through what was overwritten
        if y.requires_grad:
            y.sum().backward()
        _compare(held, before)
    return LawResult("input_unchanged", True, f"{len(held)} tensors are as they were")


def _compare(held: dict[str, Tensor], before: dict[str, tuple[Tensor, int]]) -> None:
    for what, value in held.items():
        old, version = before[what]
        if value._version != version or not _same(value, old):
            raise LawError(
                f"input_unchanged: {what} should stay as it is, but the model changed it; copy before writing"
            )


def _same(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.equal(a.nan_to_num(), b.nan_to_num())


def _scramble(model: nn.Module) -> None:
    """Overwrite all tensors that a file has to bring back, and those that hide from it."""
    with torch.no_grad():
        for module in model.modules():
            hidden = [value for value in vars(module).values() if isinstance(value, Tensor)]
            kept = [
                b for name, b in module.named_buffers(recurse=False) if name not in module._non_persistent_buffers_set
            ]
            for tensor in (*module.parameters(recurse=False), *kept, *hidden):
                tensor.copy_(torch.rand(tensor.shape) + 0.5)


def _tensors(complex_: Complex) -> dict[str, Tensor]:
    structure = complex_._structure
    found = {f"'{name}' on {place}": tensor_at(complex_, place, name) for place, name in places_of(complex_)}
    for high, low in structure.stored:
        matrix = structure.faces(high, low)
        found[f"the incidence of ranks {low} and {high}"] = matrix.pattern.indices
        if matrix.values is not None:
            found[f"the signs of ranks {low} and {high}"] = matrix.values
    for (symbol, dtype), operator in structure._cache.items():
        if operator.matrix.values is not None:
            found[f"{symbol} in {dtype}"] = operator.matrix.values
    return found
