"""Scales, ticks and axes: where a number stands in a picture."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cochain.report.markup import Html, fill, join


@dataclass(frozen=True)
class Scale:
    """A map from numbers to coordinates."""

    low: float
    """The number at `start`."""
    high: float
    """The number at `end`; larger than `low`."""
    start: float
    """Coordinate of `low`."""
    end: float
    """Coordinate of `high`."""
    logarithmic: bool = False
    """Equal factors, not equal differences, are equally far apart; `low` is positive."""

    def __call__(self, value: float) -> float:
        """Give the coordinate of a number, that of the nearer end for one outside."""
        value = min(max(value, self.low), self.high)
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def ticks(self, count: int = 5) -> list[float]:
        """Give about `count` round numbers within the scale."""
        if not self.logarithmic:
            return linear_ticks(self.low, self.high, count)
        low, high = self.low, self.high
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for digits in ((1, 2, 5), (1, 3), (1,)):
            found = [d * 10.0**p for p in powers for d in digits if low <= d * 10.0**p <= high]
            if len(found) < 3 and digits == (1, 2, 5):
                return next(t for n in (count - 1, count, 2 * count, 9) if len(t := linear_ticks(low, high, n)) > 1)
            if len(found) <= count:
                return found
        return found[:: math.ceil(len(found) / count)]


def linear_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Give round numbers in [low, high], with a step of 1, 2 or 5 times a power of ten.

    >>> linear_ticks(0.0, 1.0, 5)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= 0.75 * raw)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step)))
    return [round(i * step, decimals) for i in range(first, last + 1)]


def scale(values: Iterable[float], start: float, end: float, logarithmic: bool = False, pad: float = 0.06) -> Scale:
    """Make a scale that holds all finite values with some room at its ends, and is never empty."""
    known = [v for v in values if math.isfinite(v) and (v > 0 or not logarithmic)]
    low, high = (min(known), max(known)) if known else (1.0, 10.0) if logarithmic else (0.0, 1.0)
    if logarithmic:
        room = (high / low) ** pad if high > low * 1.01 else 2.0
        return Scale(low / room, high * room, start, end, True)
    room = pad * (high - low) if high > low else 0.05 * abs(high) or 0.5
    return Scale(low - room, high + room, start, end)


def tick_label(value: float) -> str:
    """Give a short label.

    >>> tick_label(0.25), tick_label(20000.0), tick_label(3.0)
    ('0.25', '20k', '3')
    """
    size = abs(value)
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size >= limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.3g}" if size >= 1e-3 or value == 0 else f"{value:.0e}".replace("e-0", "e-")


def _ticks(scale: Scale, factor: float, count: int, whole: bool) -> list[float]:
    """Give the ticks of an axis; only whole numbers where nothing lies between them."""
    found = Scale(scale.low * factor, scale.high * factor, scale.start, scale.end, scale.logarithmic).ticks(count)
    return [value for value in found if value == int(value)] if whole else found


def bottom_axis(
    x: Scale,
    top: float,
    bottom: float,
    title: str,
    factor: float = 1.0,
    count: int = 6,
    grid: bool = True,
    whole: bool = False,
) -> Html:
    """Draw vertical grid lines with labels below, and a title under them; labels show `factor` times the value."""
    parts = []
    for value in _ticks(x, factor, count, whole):
        at = x(value / factor)
        if grid:
            parts.append(fill('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>', at, at, top, bottom))
        parts.append(fill('<text class="tick" x="{}" y="{}">{}</text>', at, bottom + 15, tick_label(value)))
    middle = (x.start + x.end) / 2
    parts.append(fill('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>', x.start, x.end, bottom, bottom))
    if title:
        parts.append(fill('<text class="title" x="{}" y="{}">{}</text>', middle, bottom + 33, title))
    return join(parts)


def left_axis(
    y: Scale, left: float, right: float, title: str, factor: float = 1.0, count: int = 4, whole: bool = False
) -> Html:
    """Draw horizontal grid lines with labels to the left, and a title above them."""
    parts = []
    for value in _ticks(y, factor, count, whole):
        at = y(value / factor)
        parts.append(fill('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>', left, right, at, at))
        parts.append(fill('<text class="tick end" x="{}" y="{}">{}</text>', left - 6, at + 4, tick_label(value)))
    if title:
        parts.append(fill('<text class="title start" x="{}" y="{}">{}</text>', 4.0, y.end - 13, title))
    return join(parts)
