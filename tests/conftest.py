"""What every test shares: seeds, threads, hypothesis profiles, and the data mirror that may not be skipped in CI."""

import os
import random
from pathlib import Path

import hypothesis
import numpy as np
import pytest
import torch

hypothesis.settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
hypothesis.settings.register_profile("thorough", max_examples=500, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

torch.set_num_threads(2)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Every test starts from the same random state, whatever ran before it."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - libraries under test may draw from the global state
    torch.manual_seed(0)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of original datasets; without it a test is skipped, or fails under COCHAIN_REQUIRE_DATA=1."""
    root = os.environ.get("COCHAIN_DATA")
    if root and Path(root).is_dir():
        return Path(root)
    reason = "the data mirror is not here: COCHAIN_DATA should name its folder"
    if os.environ.get("COCHAIN_REQUIRE_DATA") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """With COCHAIN_REQUIRE_DATA=1, a test that skips because of missing data fails instead."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("COCHAIN_REQUIRE_DATA") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if "COCHAIN_DATA" in reason or "mirror" in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped although COCHAIN_REQUIRE_DATA=1 forbids it: {reason}"
    return report
