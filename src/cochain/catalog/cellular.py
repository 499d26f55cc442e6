"""Models published for cell complexes."""

from cochain.catalog.record import Entry

CELLULAR: tuple[Entry, ...] = (
    Entry(
        "cin", "cochain.models.cellular.cin:CIN", "bodnar2021cin", "cell",
        ("simplicial", "cell", "combinatorial"), "cycles",
        "h' = U(MLP(h + faces) || MLP(h + sum over upper of M(h_y, h_u)))", ("tests/models/test_cin.py",),
    ),
    Entry(
        "can", "cochain.models.cellular.can:CAN", "giusti2023can", "cell", ("simplicial", "cell"), "cycles",
        "h_e' = relu(h_e W + softmax over lower of h W + softmax over upper of h W)", ("tests/models/test_can.py",),
    ),
)  # fmt: skip
