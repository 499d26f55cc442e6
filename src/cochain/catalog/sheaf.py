"""Models published for sheaves."""

from cochain.catalog.record import GRAPHS, Entry

SHEAF: tuple[Entry, ...] = (
    Entry(
        "sheaf_nn", "cochain.models.sheaf.sheaf_nn:SheafNN", "hansen2020sheaf", "sheaf", GRAPHS, None,
        "X' = elu((I - Delta_F) (I x A) X B), F given on the edges", ("tests/models/test_sheaf_nn.py",),
    ),
    Entry(
        "nsd", "cochain.models.sheaf.nsd:NSD", "bodnar2022nsd", "sheaf", GRAPHS, None,
        "X' = (1 + tanh eps) X - elu(Delta_F (I x W_1) X W_2), F orthogonal, learned", ("tests/models/test_nsd.py",),
    ),
    Entry(
        "nsd_diagonal", "cochain.models.sheaf.nsd:NSD", "bodnar2022nsd", "sheaf", GRAPHS, None,
        "as nsd, F diagonal", ("tests/models/test_nsd.py",), options=(("maps", "diagonal"),),
    ),
    Entry(
        "nsd_general", "cochain.models.sheaf.nsd:NSD", "bodnar2022nsd", "sheaf", GRAPHS, None,
        "as nsd, F any matrices", ("tests/models/test_nsd.py",), options=(("maps", "general"),),
    ),
)  # fmt: skip
