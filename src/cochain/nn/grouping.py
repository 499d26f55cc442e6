"""Hyperedges that features make: every node with its nearest ones, and clusters. Nothing differentiable."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Complex
from cochain.kernels import Pattern
from cochain.nn.pool import pool


def nearest_groups(complex_: Complex, x: Float[Tensor, "nodes channels"], size: int) -> Pattern:
    """Group every node with the nodes of its component that are nearest to it in features.

    Args:
        complex_: whose components nodes do not leave.
        x: features; nodes with equal ones are interchangeable, so that features, and not names, decide.
        size: nodes of a group, the node itself among them; fewer in a smaller component.

    Returns:
        Rows are groups, one for each node, columns nodes.

    Cost:
        a k-d tree on the CPU, from scipy: fast in few dimensions only.
    """
    from scipy.spatial import cKDTree

    nodes = len(x)
    component = complex_.component_of(0)
    points = x.detach().cpu().double()
    # A further coordinate keeps components further apart than any two of their nodes.
    apart = 2 * float((points - points.mean(dim=0)).square().sum(dim=1).max().sqrt()) + 1.0 if nodes else 1.0
    points = torch.cat([4 * apart * component.cpu()[:, None], points], dim=1)
    count = min(size, nodes)
    if not count:
        return Pattern.from_coo(component, component, (0, 0))[0]
    found = torch.from_numpy(cKDTree(points.numpy()).query(points.numpy(), k=range(1, count + 1))[1]).to(x.device)
    rows = torch.arange(nodes, device=x.device).repeat_interleave(count)
    columns = found.flatten()
    inside = component[rows] == component[columns]
    return Pattern.from_coo(rows[inside], columns[inside], (nodes, nodes))[0]


def cluster_groups(complex_: Complex, x: Float[Tensor, "nodes channels"], clusters: int, rounds: int = 5) -> Pattern:
    r"""Cluster the nodes of every component by k-means.

    Begins with the mean of the component, then with the nodes farthest from all centres so far (their mean, where
    several are equally far); so no chance and no name of a node enters.

    Args:
        complex_: whose components are clustered one by one, all at once.
        x: features.
        clusters: per component.
        rounds: of assigning nodes and moving centres.

    Returns:
        Rows are clusters, `clusters` for each component, some of them empty, columns nodes.

    Source:
        Lloyd, 1982, "Least Squares Quantization in PCM"; Gonzalez, 1985, "Clustering to Minimize the Maximum
        Intercluster Distance" (the beginning).
    """
    component, x = complex_.component_of(0).long(), x.detach()
    centres = pool(complex_, 0, x, "mean")[:, None]
    for _ in range(clusters - 1):
        distance = _distances(x, centres[component]).amin(dim=1, keepdim=True)
        far = (distance == pool(complex_, 0, distance, "max")[component]).to(x.dtype)
        farthest = pool(complex_, 0, far * x) / pool(complex_, 0, far).clamp(min=1)
        centres = torch.cat([centres, farthest[:, None]], dim=1)
    nearest = _distances(x, centres[component]).argmin(dim=1)
    for _ in range(rounds):
        chosen = torch.nn.functional.one_hot(nearest, clusters).to(x.dtype)
        total = pool(complex_, 0, (chosen[:, :, None] * x[:, None, :]).flatten(1)).view(-1, clusters, x.shape[1])
        count = pool(complex_, 0, chosen)[:, :, None]
        centres = torch.where(count > 0, total / count.clamp(min=1), centres)
        nearest = _distances(x, centres[component]).argmin(dim=1)
    rows = component * clusters + nearest
    return Pattern.from_coo(rows, torch.arange(len(x), device=x.device), (len(complex_) * clusters, len(x)))[0]


def _distances(x: Tensor, centres: Tensor) -> Tensor:
    """Give (nodes, centres): squared distances, subtracted first so that equal ones come out equal."""
    return (x[:, None, :] - centres).square().sum(dim=2)
