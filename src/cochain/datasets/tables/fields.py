"""Functions on grids, and the operators between them."""

from cochain.datasets.records import Dataset

_LI = "Li et al., 2021, Fourier Neural Operator for Parametric Partial Differential Equations"
_RAISSI = "Raissi, Perdikaris, Karniadakis, 2019, Physics-informed Neural Networks"
_LU = "Lu et al., 2021, Learning Nonlinear Operators via DeepONet"
_XDE = "Lu et al., 2021, DeepXDE: A Deep Learning Library for Solving Differential Equations"


def _operator(
    name: str, title: str, components: int, sizes: tuple[int], folds: int, features: str, protocol: str, licence: str,
    citation: str, reader: str, *files: str,
) -> Dataset:  # fmt: skip
    return Dataset(
        name=name,
        title=title,
        domain="points",
        target=0,
        kind="regression",
        classes=1,
        components=components,
        sizes=sizes,
        channels=1,
        folds=folds,
        features=f"{features}; pos is the place from 0 to 1",
        protocol=protocol,
        metric="rmse",
        licence=licence,
        citation=citation,
        reader=reader,
        files=files,
    )


def _solution(
    name: str, title: str, file: str, sizes: tuple[int], keys: tuple[str, str, str], parts: int = 1
) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        domain="points",
        target=0,
        kind="regression",
        classes=parts,
        components=1,
        sizes=sizes,
        channels=2,
        folds=5,
        features="place and time from 0 to 1, also as pos",
        protocol="five draws from a seed: 10% of the points train, 10% validate, 80% test",
        metric="rmse",
        licence="LGPL-2.1 (repository)" if file.startswith("pde_deepxde") else "MIT (repository)",
        citation=_XDE if file.startswith("pde_deepxde") else _RAISSI,
        reader="fields:solution",
        files=(file,),
        options=keys,
    )


_PUBLISHED = "the published test part; a tenth of the training part validates"

FIELDS = (
    _operator(
        "darcy", "Flow through a porous square: pressure from permeability", 1100, (320000,), 2,
        "permeability, 0 or 1",
        "1,000 published fields of 16 x 16 points train, a tenth of them validates; fold 0 tests on "
        "50 fields of 16 x 16 points, fold 1 on 50 of 32 x 32", "MIT (repository)", _LI, "fields:darcy",
        *(f"neuralop_small/darcy_{part}.npz" for part in ("train_16", "test_16", "test_32")),
    ),
    _operator(
        "burgers", "Burgers' equation on a circle: the last state from the first", 1200, (19200,), 1, "the first state",
        _PUBLISHED, "MIT (repository)", _LI, "fields:burgers",
        *(f"neuralop_small/burgers_{part}_16.npz" for part in ("train", "test")),
    ),
    _operator(
        "antiderivative", "Random functions on an interval: their integral", 1150, (115000,), 1, "the function",
        _PUBLISHED, "LGPL-2.1 (repository)", _LU, "fields:antiderivative",
        *(f"deeponet_antiderivative/antiderivative_aligned_{part}.npz" for part in ("train", "test")),
    ),
    _solution("pde_allen_cahn", "A solution of the Allen-Cahn equation", "pde_pinns/AC.mat", (102912,), ("x", "tt",
        "uu")),
    _solution("pde_burgers", "A shock of Burgers' equation", "pde_pinns/burgers_shock.mat", (25600,), ("x", "t",
        "usol")),
    _solution("pde_kdv", "A solution of the Korteweg-de Vries equation", "pde_pinns/KdV.mat", (102912,), ("x", "tt",
        "uu")),
    _solution(
        "pde_ks", "A solution of the Kuramoto-Sivashinsky equation", "pde_pinns/KS.mat", (103113,), ("x", "tt", "uu")
    ),
    _solution(
        "pde_schroedinger", "A solution of the nonlinear Schroedinger equation", "pde_pinns/NLS.mat", (51456,),
        ("x", "tt", "uu"), parts=2,
    ),
    _solution(
        "pde_allen_cahn_coarse", "A solution of the Allen-Cahn equation", "pde_deepxde/Allen_Cahn.mat", (20301,),
        ("x", "t", "u"),
    ),
)  # fmt: skip
