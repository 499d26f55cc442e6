"""One browser for all tests of the page."""

from collections.abc import Iterator

import pytest

from report.browser import Browser, started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found
