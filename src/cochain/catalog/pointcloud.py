"""Models published for point clouds."""

from cochain.catalog.record import ANY, Entry

POINTCLOUD: tuple[Entry, ...] = (
    Entry(
        "deep_sets", "cochain.models.pointcloud.deep_sets:DeepSets", "zaheer2017deepsets", "points", ANY, None,
        "y = rho(sum of phi(h)); for points h' = relu(h Lambda + mean(h) Gamma + b)",
        ("tests/models/test_deep_sets.py",),
    ),
    Entry(
        "mlp", "cochain.models.pointcloud.mlp:MLP", "rumelhart1986backprop", "points", ANY, None,
        "h' = relu(h W + b), every node alone", ("tests/models/test_mlp.py",),
    ),
)  # fmt: skip
