"""Edge flows on a map: a current around an island, found by its harmonic part.

A square sea of triangles with an island, a hole, in its middle. A flow on its edges is a sum of three: down a slope
(gradient), around triangles (curl), and around the island (harmonic), which neither slopes nor whirls explain.
"""

import numpy as np
import torch

import cochain as cc

SIDE = 9
number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
corners = [number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:]]
sea = [not (3 <= k // (SIDE - 1) < 5 and 3 <= k % (SIDE - 1) < 5) for k in range((SIDE - 1) ** 2)]
a, b, c, d = (each.ravel()[sea] for each in corners)
chart = cc.Complex.simplicial(np.concatenate([np.stack([a, b, c], 1), np.stack([b, c, d], 1)]))
print("islands on the chart:", chart.betti()[1])

generator = torch.Generator().manual_seed(0)
slope = chart.boundary(1).T @ torch.randn(chart.sizes[0], 1, generator=generator)
whirls = chart.boundary(2) @ torch.randn(chart.sizes[2], 1, generator=generator)
eigenvalues, vectors = torch.linalg.eigh(chart.laplacian(1).to_dense())
around = 5 * vectors[:, :1] * vectors[:, 0].sum().sign()  # the one flow without slope and whirl
flow = slope + whirls + around

# Remove what slopes and whirls explain, by least squares on the boundary matrices.
gradient = torch.cat([chart.boundary(1).to_dense().T, chart.boundary(2).to_dense()], dim=1)
harmonic = flow - gradient @ torch.linalg.lstsq(gradient, flow, driver="gelsd").solution
print(f"strength around the island: planted {around.norm():.3f}, found {harmonic.norm():.3f}")
print(f"difference: {(harmonic - around).abs().max():.0e}")
