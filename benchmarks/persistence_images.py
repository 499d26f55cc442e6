"""Persistence of images: one large, a batch, a volume; values alone, with the pixels of every bar, with gradients.

Rough images are noise, smooth ones noise under a Gaussian: their critical cells differ a hundredfold.
"""

from collections.abc import Callable
from typing import Any

from benchmarks.harness import Case, Goal

Work = Callable[[], object]
ROUGH, SMOOTH = 0.0, 4.0


def noise(shape: list[int], sigma: float) -> Any:
    """The same random images for everyone: float64, a batch of them along the first axis."""
    import numpy as np
    from scipy.ndimage import gaussian_filter

    images = np.random.default_rng(0).standard_normal(shape)
    return np.stack([gaussian_filter(image, sigma) for image in images]) if sigma else images


def total(diagram: Any) -> Any:
    """The squared length of all finite bars."""
    return sum((diagram[dim].lifetimes ** 2).sum() for dim in diagram.dimensions)


def squares(bars: Any) -> float:
    """The same from arrays of (birth, death)."""
    import numpy as np

    return float(sum(((bar[:, 1] - bar[:, 0])[np.isfinite(bar).all(axis=1)] ** 2).sum() for bar in bars))


def cochain_images(shape: list[int], sigma: float) -> Work:
    """Values and pixels of all bars; ours never has one without the other."""
    import torch

    from cochain.persistence import cubical

    images = torch.from_numpy(noise(shape, sigma))
    cubical(images[:1, :2, :2], construction="top")  # loads the engine, as an import does the peers'
    return lambda: float(total(cubical(images, construction="top")))


def cochain_gradients(shape: list[int], sigma: float) -> Work:
    """Bars, their squared lengths, and the way back to the pixels."""
    import torch

    from cochain.persistence import cubical

    images = torch.from_numpy(noise(shape, sigma)).requires_grad_()
    cubical(images[:1, :2, :2], construction="top")  # loads the engine, as an import does the peers'

    def work() -> float:
        images.grad = None
        loss = total(cubical(images, construction="top"))
        loss.backward()
        return float(loss.detach())

    return work


def gudhi_values(shape: list[int], sigma: float) -> Work:
    """GUDHI's class of scikit-learn's kind, whose engine for the plane gives values only."""
    from gudhi.sklearn.cubical_persistence import CubicalPersistence

    images = noise(shape, sigma)
    engine = CubicalPersistence(homology_dimensions=list(range(images.ndim - 1)))

    def work() -> float:
        return squares([bars for one in engine.fit_transform(images) for bars in one])

    return work


def gudhi_pixels(shape: list[int], sigma: float) -> Work:
    """GUDHI's complex, which tells the pixels of every pair."""
    import gudhi
    import numpy as np

    images = noise(shape, sigma)

    def work() -> float:
        answer = 0.0
        for image in images:
            grid = gudhi.CubicalComplex(top_dimensional_cells=image)
            grid.compute_persistence(homology_coeff_field=2)
            flat = image.ravel(order="F")
            pairs = np.concatenate(grid.cofaces_of_persistence_pairs()[0])
            answer += float(((flat[pairs[:, 1]] - flat[pairs[:, 0]]) ** 2).sum())
        return answer

    return work


def cubical_ripser(shape: list[int], sigma: float) -> Work:
    """CubicalRipser, which gives pixels with the values."""
    import numpy as np
    import tcripser

    images = noise(shape, sigma)

    def work() -> float:
        answer = 0.0
        for image in images:
            bars = tcripser.computePH(image, maxdim=image.ndim - 1)
            answer += squares([bars[bars[:, 2] < np.finfo(np.float64).max / 2, 1:3]])
        return answer

    return work


def torch_topological(shape: list[int], sigma: float) -> Work:
    """torch-topological's module, with the way back."""
    from types import SimpleNamespace

    import gudhi
    import torch
    from torch_topological.nn import CubicalComplex, cubical_complex

    def grid(dimensions: Any, top_dimensional_cells: Any) -> Any:
        # The module hands over tensors, which GUDHI no longer takes for lists of numbers.
        return gudhi.CubicalComplex(
            dimensions=list(dimensions), top_dimensional_cells=top_dimensional_cells.detach().numpy()
        )

    cubical_complex.gudhi = SimpleNamespace(CubicalComplex=grid)
    images = torch.from_numpy(noise(shape, sigma)).requires_grad_()
    engine = CubicalComplex(dim=2)

    def work() -> float:
        images.grad = None
        loss = images.new_zeros(())
        for image in images:
            for information in engine(image):
                bars = information.diagram
                bars = bars[torch.isfinite(bars).all(dim=1)]
                loss = loss + ((bars[:, 1] - bars[:, 0]) ** 2).sum()
        loss.backward()
        return float(loss.detach())

    return work


def cases(kind: str, sigma: float) -> list[Case]:
    """The goals' rows for rough or smooth images."""
    one, many, volume = [1, 512, 512], [64, 128, 128], [1, 64, 64, 64]
    return [
        Case(
            f"image_values_{kind}", f"512 x 512, {kind}, values", ours="cochain_images",
            peers={"gudhi": "gudhi_values"}, arguments={"shape": one, "sigma": sigma}, goals={"gudhi": Goal(1.0, 1.0)},
            agree=1e-9, rounds=9, quick=True,
        ),
        Case(
            f"image_pixels_{kind}", f"512 x 512, {kind}, with the pixels of every bar", ours="cochain_images",
            peers={"cripser": "cubical_ripser", "gudhi": "gudhi_pixels"}, arguments={"shape": one, "sigma": sigma},
            goals={"cripser": Goal(1.0, 1.0), "gudhi": Goal(1.0, 1.0)}, seconds=0.03,
        ),
        Case(
            f"batch_values_{kind}", f"64 images of 128 x 128, {kind}, values", ours="cochain_images",
            peers={"gudhi": "gudhi_values"}, arguments={"shape": many, "sigma": sigma}, goals={"gudhi": Goal(1.0, 1.0)},
            agree=1e-9, rounds=9, quick=True,
        ),
        Case(
            f"batch_gradients_{kind}", f"64 images of 128 x 128, {kind}, with gradients", ours="cochain_gradients",
            peers={"cripser": "cubical_ripser", "torch_topological": "torch_topological"},
            arguments={"shape": many, "sigma": sigma}, goals={"cripser": Goal(1.0, 1.0)}, seconds=0.06, rounds=3,
        ),
        Case(
            f"volume_pixels_{kind}", f"64 x 64 x 64, {kind}, with the pixels of every bar", ours="cochain_images",
            peers={"cripser": "cubical_ripser", "gudhi": "gudhi_pixels"}, arguments={"shape": volume, "sigma": sigma},
            goals={"cripser": Goal(1.0, 1.0), "gudhi": Goal(1.0, 1.0)}, seconds=0.12, rounds=3,
        ),
    ]  # fmt: skip


CASES = [*cases("rough", ROUGH), *cases("smooth", SMOOTH)]
