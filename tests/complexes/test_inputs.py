"""Every valid input makes a complex that validates; every broken one is refused with a message that says why."""

import pytest
from hypothesis import given

import cochain as cc
from strategies import DOMAINS, Broken, broken_inputs, complexes, unions, with_features


@given(with_features(complexes()))
def test_valid_inputs_validate(c: cc.Complex) -> None:
    assert c.validate() is c
    assert all(c[k].x.shape == (n, 3) for k, n in enumerate(c.sizes))


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_is_drawn(domain: str) -> None:
    @given(unions(domain))
    def check(c: cc.Complex) -> None:
        assert c.domain == domain
        c.validate()

    check()


@given(broken_inputs())
def test_broken_inputs_are_refused(broken: Broken) -> None:
    with pytest.raises(cc.CochainError, match=broken.match):
        broken.build()
