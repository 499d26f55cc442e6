"""Models published for point clouds."""

from cochain.catalog.record import ANY, Entry

POINTCLOUD: tuple[Entry, ...] = (
    Entry(
        "deep_sets", "cochain.models.pointcloud.deep_sets:DeepSets", "zaheer2017deepsets", "points", ANY, None,
        "y = rho(sum of phi(h)); for points h' = relu(h Lambda + mean(h) Gamma + b)",
        ("tests/models/test_deep_sets.py",),
    ),
)  # fmt: skip
