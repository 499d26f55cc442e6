"""Where nodes are drawn: distances on the page like distances in the graph, from a spectral start."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, shortest_path

from cochain.report.sketch import Sketch

Float = npt.NDArray[np.float64]


def layout(part: Sketch) -> Float:
    """Place the nodes in the unit square, or, for a surface, in a cube: (nodes, 2 or 3), third the height.

    Positions that the complex brings are used as they are. Otherwise the sum over pairs of (|x_i - x_j| / d_ij - 1)^2,
    with d the distance in the graph, is made small by majorisation, from the first eigenvectors of the graph's
    Laplacian. Hyperedges take part as points of their own, half a step from their nodes. There is nothing random in it.
    """
    places = part.position
    if places is None:
        places = _by_distance(part, 3 if _is_surface(part) else 2)
    if places.shape[1] == 3:
        places = _turn(places)
    return _into_unit(places)


def _is_surface(part: Sketch) -> bool:
    """Whether polygons are more than fit in a plane side by side, each edge in at most two of them."""
    if len(part.polygons) < 1.2 * part.nodes:
        return False
    ends = np.concatenate([np.stack([w, np.roll(w, -1)], axis=1) for w in part.polygons])
    _, counts = np.unique(np.sort(ends, axis=1), axis=0, return_counts=True)
    return bool((counts <= 2).all() and (counts == 2).mean() > 0.9)


def _by_distance(part: Sketch, dimensions: int) -> Float:
    rows = [part.edges[:, 0], *(group for group in part.groups)]
    columns = [part.edges[:, 1], *(np.full(len(g), part.nodes + i) for i, g in enumerate(part.groups))]
    row, column = np.concatenate(rows), np.concatenate(columns)
    size = part.nodes + len(part.groups)
    weights = np.where(column >= part.nodes, 0.5, 1.0)
    links = coo_array((weights, (row, column)), shape=(size, size)).tocsr()
    distance = shortest_path(links, directed=False)
    pieces = connected_components(links, directed=False, return_labels=False)
    if pieces > 1:
        near = distance[np.isfinite(distance)].max(initial=1.0)
        distance = np.where(np.isfinite(distance), distance, max(1.5, 0.5 * near + 1.0))
    if size < 3 or (pieces == size):
        return _circle(size, dimensions)[: part.nodes]
    return _majorise(distance, _spectral(distance, dimensions))[: part.nodes]


def _circle(size: int, dimensions: int) -> Float:
    angle = 2 * np.pi * np.arange(size) / max(size, 1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.pad(ring, ((0, 0), (0, dimensions - 2)))


def _spectral(distance: Float, dimensions: int) -> Float:
    """Take the first eigenvectors of the Laplacian of nearness, each with the sign of its largest entry positive."""
    nearness = np.exp(-distance)
    np.fill_diagonal(nearness, 0.0)
    laplacian = np.diag(nearness.sum(axis=1)) - nearness
    vectors = np.linalg.eigh(laplacian)[1][:, 1 : dimensions + 1]
    if vectors.shape[1] < dimensions:
        vectors = np.pad(vectors, ((0, 0), (0, dimensions - vectors.shape[1])))
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], axis=0)
    # Equal nodes get equal coordinates; a turn of the golden angle each keeps them from staying on one spot.
    angle = 2.399963 * np.arange(len(vectors))
    apart = np.pad(np.stack([np.cos(angle), np.sin(angle)], axis=1), ((0, 0), (0, dimensions - 2)))
    start: Float = vectors * np.sign(largest + 1e-12) * distance.max() + 0.01 * apart
    return start


def _majorise(distance: Float, places: Float, steps: int = 250) -> Float:
    """Minimise the stress with weights d^-2; every step solves one linear system, and none makes it larger."""
    size = len(distance)
    off = ~np.eye(size, dtype=bool)
    weights = np.zeros_like(distance)
    weights[off] = distance[off] ** -2
    inverse = np.linalg.pinv(np.diag(weights.sum(axis=1)) - weights)
    pull = weights * distance
    for _ in range(steps):
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)
        ratio = np.divide(pull, apart, out=np.zeros_like(pull), where=apart > 1e-9)
        moved: Float = inverse @ (ratio.sum(axis=1)[:, None] * places - ratio @ places)
        change = np.abs(moved - places).max()
        places = moved
        if change < 1e-4 * distance.max():
            break
    return places


def _turn(places: Float) -> Float:
    """Look at a body from above its two longest axes, tilted so that holes and heights are seen."""
    centred: Float = places - places.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    if len(axes) < 3:
        return centred
    axes = axes * np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1))
    if np.linalg.det(axes) < 0:
        axes[2] = -axes[2]
    tilt, turn = np.deg2rad(52.0), np.deg2rad(24.0)
    about_z = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    turned: Float = centred @ axes.T @ about_z.T @ about_x.T
    return turned


def _into_unit(places: Float) -> Float:
    """Shift and scale all axes alike, so that the larger side of the picture is 1 and its middle 0.5."""
    low, high = places.min(axis=0), places.max(axis=0)
    size = float((high - low)[:2].max())
    placed: Float = (places - (low + high) / 2) / (size if size > 1e-12 else 1.0) + 0.5
    return placed
