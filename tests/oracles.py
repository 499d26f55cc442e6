"""Dense definitions and comparisons that several tests share."""

import torch
from torch.testing import assert_close

import cochain as cc
from cochain.complexes import Neighborhood, adjacent, cofaces, faces, hodge, incident, laplacian, lower, self_, upper


def same(one: cc.Complex, other: cc.Complex) -> None:
    assert one.domain == other.domain
    assert one.sizes == other.sizes
    assert len(one) == len(other)
    for rank in range(one.rank + 1):
        assert_close(one.offsets(rank), other.offsets(rank))
        assert one[rank].keys() == other[rank].keys()
        for name in one[rank].keys():  # noqa: SIM118
            assert_close(one[rank][name], other[rank][name])
    for high, low in one._structure.stored:
        assert_close(one.faces(high, low).to_dense(), other.faces(high, low).to_dense())


def dense(c: cc.Complex, symbol: Neighborhood) -> torch.Tensor:
    """The definition, densely: sign or 0/1, self loops, power, scale."""
    if symbol.kind == "self":
        a = torch.eye(c.sizes[symbol.target], dtype=torch.float64)
    elif symbol.kind == "laplacian":
        r = symbol.target
        a = torch.zeros(c.sizes[r], c.sizes[r], dtype=torch.float64)
        if r > 0 and symbol.part != "up":
            b = c.boundary(r).to_dense().double()
            a += b.T @ b
        if r < c.rank and symbol.part != "down":
            b = c.boundary(r + 1).to_dense().double()
            a += b @ b.T
    elif symbol.kind == "adjacent":
        assert symbol.via is not None
        low, high = sorted((symbol.target, symbol.via))
        b = c.incidence(low, high).to_dense().double().abs()
        b = b if symbol.via > symbol.target else b.T
        a = ((b @ b.T) > 0).double()
        a.fill_diagonal_(0)
    else:
        low, high = sorted((symbol.target, symbol.source))
        a = c.incidence(low, high).to_dense().double()
        a = a if symbol.target < symbol.source else a.T
        a = a if symbol.sign else a.abs()
    a = a + symbol.loop * torch.eye(a.shape[0], a.shape[1], dtype=torch.float64) if symbol.loop else a
    a = torch.linalg.matrix_power(a, symbol.exponent) if symbol.exponent > 1 else a
    return scaled(c, a, symbol)


def inverse(d: torch.Tensor, exponent: float) -> torch.Tensor:
    return torch.where(d > 0, d.clamp(min=1e-300) ** -exponent, torch.zeros_like(d))


def scaled(c: cc.Complex, a: torch.Tensor, symbol: Neighborhood) -> torch.Tensor:
    rows, columns = a.abs().sum(1), a.abs().sum(0)
    if symbol.kind == "laplacian":
        rows = columns = a.diagonal()
    if symbol.scale == "sym":
        return inverse(rows, 0.5)[:, None] * a * inverse(columns, 0.5)[None]
    if symbol.scale == "row":
        return inverse(rows, 1.0)[:, None] * a
    if symbol.scale == "column":
        return a * inverse(columns, 1.0)[None]
    if symbol.scale == "spectral":
        out = a.clone()
        for k in range(len(c)):
            i, j = c.offsets(symbol.target)[k : k + 2].tolist()
            bound = a[i:j, i:j].abs().sum(1).max() if j > i else torch.tensor(0.0)
            out[i:j, i:j] = a[i:j, i:j] / bound if bound > 0 else 0
        return out
    return a


def symbols_of(c: cc.Complex) -> list[Neighborhood]:
    out = [self_(0), upper(0), upper(0).with_self().normalized("sym"), upper(0).power(2), upper(0).normalized("row")]
    out += [upper(0).normalized("column"), upper(0).normalized("spectral"), faces(1), cofaces(0), faces(1).normalized()]
    out += [adjacent(1, 0), lower(1).with_self(2.0)]
    if c.rank >= 2:
        out += [incident(0, 2), upper(1), lower(2), faces(2).normalized("row"), adjacent(0, 2)]
    if c.oriented:
        out += [
            faces(1).signed,
            cofaces(0).signed,
            hodge(0),
            hodge(1),
            lower(1).signed,
            hodge(1).normalized("spectral"),
        ]
        out += [laplacian(1, "down").normalized("sym"), laplacian(c.rank, "hodge").power(2)]
    return out
