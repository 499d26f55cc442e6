"""Models published for combinatorial complexes."""

from cochain.catalog.record import Entry

COMBINATORIAL: tuple[Entry, ...] = (
    Entry(
        "hmc", "cochain.models.combinatorial.hmc:HMC", "hajij2022hmc", "combinatorial",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h_k' = relu(sum over neighbourhoods of softmax(LeakyReLU(a W_t h_x + b W_s h_y)) W_s h_y), twice",
        ("tests/models/test_hmc.py",),
    ),
)  # fmt: skip
