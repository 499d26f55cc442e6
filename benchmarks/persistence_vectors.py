"""What is computed from diagrams: distances between many of them, and their vectors."""

from collections.abc import Callable
from typing import Any

from benchmarks.harness import Case, Goal

Work = Callable[[], object]


def parts(components: int, bars: int, seed: int = 0) -> list[Any]:
    """The same random diagrams for everyone: births in [0, 1], exponential lifetimes."""
    import numpy as np

    generator = np.random.default_rng(seed)
    births = generator.random((components, bars))
    return list(np.stack([births, births + generator.exponential(0.1, (components, bars))], axis=2))


def ours(components: int, bars: int, seed: int = 0, gradients: bool = False) -> tuple[Any, list[Any]]:
    """One union of them, and its leaves."""
    import torch

    from cochain.persistence import from_points

    leaves = [torch.tensor(part, requires_grad=gradients) for part in parts(components, bars, seed)]
    return from_points(leaves), leaves


def cochain_wasserstein(components: int, bars: int, order: float) -> Work:
    """All pairs in one call."""
    from cochain.persistence import wasserstein

    a, b = ours(components, bars)[0], ours(components, bars, 1)[0]
    wasserstein(a.select(0), b.select(0), 0)  # loads the kernels
    return lambda: wasserstein(a, b, 0, order, 2.0).tolist()


def cochain_wasserstein_gradients(components: int, bars: int, order: float) -> Work:
    """The same, with gradients to every bar."""
    import torch

    from cochain.persistence import wasserstein

    (a, leaves), b = ours(components, bars, gradients=True), ours(components, bars, 1)[0]

    wasserstein(a.select(0), b.select(0), 0)  # loads the kernels

    def work() -> list[float]:
        found = wasserstein(a, b, 0, order, 2.0)
        torch.autograd.grad(found.sum(), leaves, retain_graph=True)
        answer: list[float] = found.detach().tolist()
        return answer

    return work


def gudhi_wasserstein(components: int, bars: int, order: float) -> Work:
    """Hera, pair after pair, within 1 % of the distance, its default."""
    from gudhi.hera import wasserstein_distance

    pairs = list(zip(parts(components, bars), parts(components, bars, 1), strict=True))
    return lambda: [wasserstein_distance(a, b, order=order, internal_p=2.0) for a, b in pairs]


def persim_wasserstein(components: int, bars: int, order: float) -> Work:
    """persim, pair after pair; it knows the order 1 alone."""
    import persim

    pairs = list(zip(parts(components, bars), parts(components, bars, 1), strict=True))
    return lambda: [float(persim.wasserstein(a, b)) for a, b in pairs]


def torch_topological_wasserstein(components: int, bars: int, order: float) -> Work:
    """torch-topological, pair after pair."""
    import torch
    from torch_topological.nn import PersistenceInformation, WassersteinDistance

    def information(part: Any) -> Any:
        return [PersistenceInformation(torch.zeros(len(part), 2, dtype=torch.long), torch.tensor(part), 0)]

    distance = WassersteinDistance(p=2.0, q=order)
    pairs = zip(parts(components, bars), parts(components, bars, 1), strict=True)
    given = [(information(a), information(b)) for a, b in pairs]
    return lambda: [float(distance(a, b)) for a, b in given]


def cochain_bottleneck(components: int, bars: int) -> Work:
    """All pairs in one call, exact."""
    from cochain.persistence import bottleneck

    a, b = ours(components, bars)[0], ours(components, bars, 1)[0]
    bottleneck(a.select(0), b.select(0), 0)  # loads the kernels
    return lambda: bottleneck(a, b, 0).tolist()


def gudhi_bottleneck(components: int, bars: int) -> Work:
    """GUDHI, pair after pair, exact."""
    import gudhi

    pairs = list(zip(parts(components, bars), parts(components, bars, 1), strict=True))
    return lambda: [gudhi.bottleneck_distance(a, b, 0) for a, b in pairs]


def hera_bottleneck(components: int, bars: int) -> Work:
    """Hera, pair after pair, within 1 % of the distance, its default."""
    from gudhi.hera import bottleneck_distance

    pairs = list(zip(parts(components, bars), parts(components, bars, 1), strict=True))
    return lambda: [bottleneck_distance(a, b) for a, b in pairs]


def persim_bottleneck(components: int, bars: int) -> Work:
    """persim, pair after pair."""
    import persim

    pairs = list(zip(parts(components, bars), parts(components, bars, 1), strict=True))
    return lambda: [float(persim.bottleneck(a, b)) for a, b in pairs]


def cochain_sliced(components: int, bars: int, everything: bool) -> Work:
    """All in one call. 49 directions: GUDHI draws 50 and leaves out the last."""
    from cochain.persistence import sliced_wasserstein

    a, b = ours(components, bars)[0], ours(components, bars, 1)[0]
    return lambda: float(sliced_wasserstein(a, b, 0, 49, "all" if everything else "aligned").sum())


def gudhi_sliced(components: int, bars: int, everything: bool) -> Work:
    """gudhi.representations: pair after pair, or its matrix."""
    from gudhi.representations import SlicedWassersteinDistance, metrics

    a, b = parts(components, bars), parts(components, bars, 1)
    if everything:
        distance = SlicedWassersteinDistance(num_directions=50).fit(b)
        return lambda: float(distance.transform(a).sum())
    both = list(zip(a, b, strict=True))
    return lambda: float(sum(metrics._sliced_wasserstein_distance(x, y, num_directions=50) for x, y in both))


HIGH = 2.0


def cochain_image(components: int, bars: int, size: int) -> Work:
    """One call for the union."""
    from cochain.persistence import persistence_image

    d = ours(components, bars)[0]
    return lambda: float(persistence_image(d, 0, (0.0, HIGH), (0.0, HIGH), (size, size), 0.1).sum())


def gudhi_image(components: int, bars: int, size: int) -> Work:
    """gudhi.representations, with the same weight, at the centres of the same pixels, times their area."""
    from gudhi.representations import PersistenceImage

    step = HIGH / size
    span = [step / 2, HIGH - step / 2] * 2
    made = PersistenceImage(0.1, weight=lambda p: min(p[1] / HIGH, 1.0), resolution=[size, size], im_range=span)
    given = parts(components, bars)
    return lambda: float(made.fit_transform(given).sum()) * step**2


def persim_image(components: int, bars: int, size: int) -> Work:
    """persim, whose Gaussian is integrated over the pixels too."""
    from persim import PersistenceImager

    made = PersistenceImager((0.0, HIGH), (0.0, HIGH), HIGH / size, kernel_params={"sigma": [[0.01, 0.0], [0.0, 0.01]]})
    given = parts(components, bars)
    return lambda: float(sum(image.sum() for image in made.transform(given))) / HIGH


def cochain_landscape(components: int, bars: int, steps: int) -> Work:
    """One call for the union."""
    import torch

    from cochain.persistence import landscape

    d = ours(components, bars)[0]
    grid = torch.linspace(0, HIGH, steps, dtype=torch.float64)
    landscape(d.select(0), 0, grid, 5)  # loads the kernels
    return lambda: float(landscape(d, 0, grid, 5).sum()) * 2**0.5


def gudhi_landscape(components: int, bars: int, steps: int) -> Work:
    """gudhi.representations, which scales by the square root of 2."""
    import numpy as np
    from gudhi.representations import Landscape

    made = Landscape(num_landscapes=5, resolution=steps, sample_range=np.array([0.0, HIGH]), keep_endpoints=True)
    given = parts(components, bars)
    return lambda: float(made.fit_transform(given).sum())


HUNDRED = {"components": 100, "bars": 100}
CASES = [
    Case(
        "wasserstein_100", "2-Wasserstein distances of 100 pairs of diagrams of 100 points", ours="cochain_wasserstein",
        peers={"gudhi": "gudhi_wasserstein", "torch_topological": "torch_topological_wasserstein"},
        arguments={**HUNDRED, "order": 2.0}, goals={"gudhi": Goal(10.0)}, agree=0.02, quick=True,
    ),
    Case(
        "wasserstein_100_order_1", "1-Wasserstein distances of 100 pairs of diagrams of 100 points",
        ours="cochain_wasserstein", peers={"gudhi": "gudhi_wasserstein", "persim": "persim_wasserstein"},
        arguments={**HUNDRED, "order": 1.0}, goals={"gudhi": Goal(3.0), "persim": Goal(10.0)},
    ),
    Case(
        "wasserstein_100_gradients", "2-Wasserstein distances of 100 pairs of 100 points, and their gradients",
        ours="cochain_wasserstein_gradients", peers={"gudhi_values_only": "gudhi_wasserstein"},
        arguments={**HUNDRED, "order": 2.0}, goals={"gudhi_values_only": Goal(3.0)}, agree=0.02,
    ),
    Case(
        "bottleneck_1000", "bottleneck distance of two diagrams of 1,000 points, exact", ours="cochain_bottleneck",
        peers={"gudhi": "gudhi_bottleneck", "hera": "hera_bottleneck"}, arguments={"components": 1, "bars": 1000},
        goals={"gudhi": Goal(10.0), "hera": Goal(3.0)}, agree=0.01, quick=True,
    ),
    Case(
        "bottleneck_100", "bottleneck distances of 100 pairs of diagrams of 100 points", ours="cochain_bottleneck",
        peers={"gudhi": "gudhi_bottleneck", "persim": "persim_bottleneck"}, arguments=HUNDRED, rounds=3,
        goals={"gudhi": Goal(10.0), "persim": Goal(10.0)}, agree=1e-6,
    ),
    Case(
        "sliced_100", "sliced Wasserstein distances of 100 pairs of diagrams of 100 points, some 50 lines",
        ours="cochain_sliced", peers={"gudhi": "gudhi_sliced"}, arguments={**HUNDRED, "everything": False},
        goals={"gudhi": Goal(1.0)}, agree=0.05, quick=True,
    ),
    Case(
        "sliced_matrix", "sliced Wasserstein distances of all 100 x 100 pairs of diagrams of 100 points",
        ours="cochain_sliced", peers={"gudhi": "gudhi_sliced"}, arguments={**HUNDRED, "everything": True},
        goals={"gudhi": Goal(1.0)}, agree=0.05,
    ),
    Case(
        "images_1000", "persistence images of 1,000 diagrams of 100 points, 20 x 20 pixels", ours="cochain_image",
        peers={"gudhi": "gudhi_image", "persim": "persim_image"}, agree=0.02, quick=True,
        arguments={"components": 1000, "bars": 100, "size": 20}, goals={"gudhi": Goal(3.0), "persim": Goal(3.0)},
    ),
    Case(
        "landscapes_1000", "five landscapes of 1,000 diagrams of 100 points on 100 values", ours="cochain_landscape",
        peers={"gudhi": "gudhi_landscape"}, arguments={"components": 1000, "bars": 100, "steps": 100},
        goals={"gudhi": Goal(3.0)}, agree=1e-6,
    ),
]  # fmt: skip
