"""The sparse approximation: its factor, its size, gradients."""

import math

import gudhi
import numpy as np
import pytest
import torch

from cochain.persistence import rips


def circle(points: int, rng: np.random.Generator) -> torch.Tensor:
    angle = rng.random(points) * 2 * math.pi
    return torch.tensor(np.stack([np.cos(angle), np.sin(angle)], 1) * (1 + 0.1 * rng.random((points, 1))))


def log_bars(bars: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(bars, 1e-12))


@pytest.mark.parametrize("error", [0.2, 0.5, 1.0])
def test_bars_are_within_the_factor(error: float, rng: np.random.Generator) -> None:
    for _ in range(5):
        points = circle(50, rng)
        near, exact = rips(points, sparse=error), rips(points)
        # in logarithms a factor is a distance; components all begin at 0, so their deaths are matched in order
        both = [np.sort(d[0].deaths.numpy()) for d in (near, exact)]
        count = min(len(both[0]), len(both[1]))
        assert np.abs(np.log(both[0][-count:] / both[1][-count:])).max() <= math.log(1 + error) + 1e-9
        distance = gudhi.bottleneck_distance(log_bars(near[1].as_array()), log_bars(exact[1].as_array()))
        assert distance <= math.log(1 + error) + 1e-9
        assert len(near.essential[0]) == 1
        assert len(near.essential[1]) == 0


def test_a_small_error_is_no_error(rng: np.random.Generator) -> None:
    points = circle(30, rng)
    near, exact = rips(points, 2, sparse=1e-3), rips(points)
    for dim in (0, 1):
        a, b = near[dim].as_array(), exact[dim].as_array()
        np.testing.assert_allclose(a[np.lexsort(a.T)], b[np.lexsort(b.T)], rtol=1e-12)


def test_far_fewer_edges_on_large_clouds(rng: np.random.Generator) -> None:
    from cochain.persistence.clouds import read_clouds
    from cochain.persistence.guard import farthest
    from cochain.persistence.sparse_rips import _Capped, _edges

    counts = []
    for n in (400, 800):
        clouds = read_clouds(circle(n, rng))
        values = _Capped(clouds, farthest(clouds, None).numpy(), 1.0)
        counts.append(len(_edges(clouds.points.numpy(), values.cap, 1.0, math.inf)[0]))
    assert counts[1] < 3 * counts[0]
    assert counts[1] < 0.1 * 800 * 799 / 2


def test_gradients_are_finite_differences(rng: np.random.Generator) -> None:
    points = circle(25, rng).requires_grad_()

    def total(x: torch.Tensor) -> torch.Tensor:
        d = rips(x, sparse=0.7)
        return torch.cat([d[dim].deaths ** 2 + 0.5 * d[dim].births for dim in (0, 1)]).sum()

    assert torch.autograd.gradcheck(total, (points,))


def test_threshold_batches_and_the_smallest_clouds(rng: np.random.Generator) -> None:
    points = circle(40, rng)
    d = rips(points, threshold=0.8, sparse=0.5)
    assert len(d.essential[1]) == 1
    assert float(d[0].deaths.max()) <= 0.8
    clouds = [points[:20], points[:0], points[:1], points[20:]]
    batch = rips(clouds, sparse=0.5)
    for k, cloud in enumerate(clouds):
        torch.testing.assert_close(batch.select(k)[1].points, rips(cloud, sparse=0.5)[1].points)
    assert batch.essential[0].component.tolist() == [0, 2, 3]
    assert rips(points, 0, sparse=0.5).dimensions == (0,)
