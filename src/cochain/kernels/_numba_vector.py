"""What numba cannot say by itself: fetch memory ahead of its use, add and exponentiate eight numbers at once.

Rows of a dense matrix that a sparse one reads lie anywhere in memory. The processor waits for each of them, unless it
was told early which one comes; a loop over eight channels that LLVM guards against overlapping arrays spends more
on the guard than on the sums; and the exponential of the system's library takes one number at a time.
"""

# numba makes functions of what stands here as classes, and has no types of its own.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, import-untyped, var-annotated, unreachable"

import math
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

AHEAD = 16
"""Nonzeros between the one whose row is fetched and the one that is used: some 100 ns of arithmetic on 64 channels."""
LINE = 64
"""Bytes of a cache line."""
MOST_LINES = 8
"""Lines of a row that are fetched by name; those after them the processor sees coming."""
LANES = 8
_BYTE, _INT = ir.IntType(8), ir.IntType(32)


def _address(context: Any, builder: Any, kind: Any, array: Any, place: Any) -> Any:
    """Point to an entry of a flat contiguous array."""
    return builder.gep(make_array(kind)(context, builder, array).data, [place])


@intrinsic
def _fetch(typing_context, array, place):
    """Bring the cache line of array[place] closer; any place will do, none is read."""

    def generate(context, builder, signature, arguments):
        pointer = _address(context, builder, signature.args[0], *arguments)
        declared = ir.FunctionType(ir.VoidType(), [_BYTE.as_pointer(), _INT, _INT, _INT])
        function = builder.module.declare_intrinsic("llvm.prefetch", [_BYTE.as_pointer()], declared)
        read, keep, data = (ir.Constant(_INT, n) for n in (0, 3, 1))
        builder.call(function, [builder.bitcast(pointer, _BYTE.as_pointer()), read, keep, data])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


def _adder(count: int) -> Any:
    """Make the function that adds a multiple of some numbers to as many others, in one register."""

    def add_lanes(typing_context, out, at, weight, x, source):
        def generate(context, builder, signature, arguments):
            number = context.get_value_type(signature.args[0].dtype)
            lanes = ir.VectorType(number, count)
            size = context.get_abi_sizeof(number)

            def view(kind, array, place):
                return builder.bitcast(_address(context, builder, kind, array, place), lanes.as_pointer())

            target = view(signature.args[0], arguments[0], arguments[1])
            read = builder.load(view(signature.args[3], arguments[3], arguments[4]), align=size)
            undefined = ir.Constant(lanes, ir.Undefined)
            one = builder.insert_element(undefined, arguments[2], ir.Constant(_INT, 0))
            factor = builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(_INT, count), [0] * count))
            product = builder.fmul(factor, read, flags=("contract",))
            total = builder.fadd(product, builder.load(target, align=size), flags=("contract",))
            builder.store(total, target, align=size)
            return context.get_dummy_value()

        return types.void(out, types.intp, out.dtype, x, types.intp), generate

    return intrinsic(add_lanes)


_add_eight, _add_four = _adder(LANES), _adder(LANES // 2)


@intrinsic
def _dot_lanes(typing_context, left, at, right, source, steps):
    """Sum left[at : at + 8 steps] right[source : source + 8 steps], two flat arrays of one type."""

    def generate(context, builder, signature, arguments):
        number = context.get_value_type(signature.args[0].dtype)
        lanes = ir.VectorType(number, LANES)
        size = context.get_abi_sizeof(number)
        bases = [_address(context, builder, signature.args[n], arguments[n], arguments[n + 1]) for n in (0, 2)]
        total = cgutils.alloca_once_value(builder, ir.Constant(lanes, [0.0] * LANES))
        with cgutils.for_range(builder, arguments[4]) as loop:
            step = builder.mul(loop.index, ir.Constant(loop.index.type, LANES))
            sides = [builder.bitcast(builder.gep(base, [step]), lanes.as_pointer()) for base in bases]
            product = builder.fmul(*(builder.load(side, align=size) for side in sides), flags=("contract",))
            builder.store(builder.fadd(product, builder.load(total), flags=("contract",)), total)
        parts = builder.load(total)
        width = LANES
        while width > 1:  # halves are added to halves
            width //= 2
            half = [ir.Constant(ir.VectorType(_INT, width), list(range(first, first + width))) for first in (0, width)]
            undefined = ir.Constant(parts.type, ir.Undefined)
            parts = builder.fadd(*(builder.shuffle_vector(parts, undefined, places) for places in half))
        return builder.extract_element(parts, ir.Constant(_INT, 0))

    return left.dtype(left, types.intp, right, types.intp, types.intp), generate


# Per floating type: bits, those of the mantissa, the degree of the Taylor polynomial of exp that is exact to rounding
# on [-log(2) / 2, log(2) / 2], the least argument whose exponential is a normal number, and log(2) in two parts, of
# which n times the first is exact.
_EXPONENTIAL: dict[Any, tuple[int, int, int, float, float, float]] = {
    types.float32: (32, 23, 7, -87.0, 0.693359375, math.log(2) - 0.693359375),
    types.float64: (64, 52, 13, -708.0, 0.693147180369123816490, 1.90821492927058770002e-10),
}


@intrinsic
def _exp_lanes(typing_context, array, at):
    """array[at : at + 8] = exp(array[at : at + 8]) for numbers up to 88; 0 where it would not be a normal number.

    exp(x) = 2^n exp(x - n log 2), n the nearest integer to x / log 2: adding 1.5 2^mantissa rounds to n, and leaves it
    in the last bits, from where it is shifted into the exponent.
    """
    bits, mantissa, degree, least, high, low = _EXPONENTIAL[array.dtype]

    def generate(context, builder, signature, arguments):
        number, whole = context.get_value_type(array.dtype), ir.IntType(bits)
        lanes, integers = ir.VectorType(number, LANES), ir.VectorType(whole, LANES)

        def constant(value, kind=lanes):
            return ir.Constant(kind, [value] * LANES)

        def fused(a, b, c):
            return builder.fadd(builder.fmul(a, b, flags=("contract",)), c, flags=("contract",))

        place = _address(context, builder, signature.args[0], *arguments)
        place = builder.bitcast(place, lanes.as_pointer())
        x = builder.load(place, align=bits // 8)
        magic = constant(1.5 * 2.0**mantissa)
        shifted = fused(x, constant(1 / math.log(2)), magic)
        n = builder.fsub(shifted, magic)
        rest = fused(n, constant(-low), fused(n, constant(-high), x))
        power = constant(1 / math.factorial(degree))
        for k in reversed(range(degree)):
            power = fused(power, rest, constant(1 / math.factorial(k)))
        exponent = builder.shl(builder.bitcast(shifted, integers), constant(mantissa, integers))
        exponent = builder.add(exponent, constant((2 ** (bits - mantissa - 2) - 1) << mantissa, integers))
        power = builder.fmul(power, builder.bitcast(exponent, lanes))
        power = builder.select(builder.fcmp_ordered("<", x, constant(least)), constant(0.0), power)
        power = builder.select(builder.fcmp_unordered("uno", x, x), x, power)
        builder.store(power, place, align=bits // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


@numba.njit(fastmath=False)  # said aloud: numba lends the caller's options, and reordered sums would round wrongly
def exponentials(array, count):
    """Replace the first `count` numbers, none above 88, by their exponentials, up to the next multiple of 8."""
    for at in range(0, count, LANES):
        _exp_lanes(array, at)


@numba.njit
def longest_row(indptr, first, last):
    """Count the nonzeros of the longest of some rows."""
    longest = 0
    for i in range(first, last):
        longest = max(longest, indptr[i + 1] - indptr[i])
    return longest


@numba.njit
def fetch_row(flat, row, width, lines):
    """Fetch the first lines of a row that will be read; `flat` is a matrix of this width, written as one row."""
    step = LINE // flat.itemsize
    for line in range(lines):
        _fetch(flat, row * width + line * step)


@numba.njit
def lines_of(flat, width):
    """Count the cache lines of a row that are fetched by name."""
    return min(MOST_LINES, (width * flat.itemsize + LINE - 1) // LINE)


@numba.njit
def add_scaled(out, at, weight, x, source, count):
    """out[at : at + count] += weight x[source : source + count], two flat arrays that do not overlap."""
    done = count - count % LANES
    for c in range(0, done, LANES):
        _add_eight(out, at + c, weight, x, source + c)
    if count - done >= LANES // 2:
        _add_four(out, at + done, weight, x, source + done)
        done += LANES // 2
    for c in range(done, count):
        out[at + c] += weight * x[source + c]


@numba.njit
def dot(left, at, right, source, count):
    """Sum left[at : at + count] right[source : source + count], two flat arrays."""
    steps = count // LANES
    total = _dot_lanes(left, at, right, source, steps)
    for c in range(steps * LANES, count):
        total += left[at + c] * right[source + c]
    return total
