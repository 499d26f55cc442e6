"""The original files: every count that the sources state, and the published splits."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cochain.complexes import Complex
from cochain.complexes.neighborhood import incident
from cochain.datasets import info, load, names, registry

REMOTE = [name for name in names() if not registry[name].embedded]
SLOW = (  # over two seconds each to read
    "collab", "reddit_binary", "coauthor_cs", "dblp_coauthorship", "tosca", "modelnet10", "esol", "lipo", "bbbp",
    "bace", "clintox", "sider", "tox21", "hiv", "pubmed_cocitation",
)  # fmt: skip
COUNTS: dict[str, tuple[int, ...]] = {  # cells of each rank, as the sources count them
    "amazon_photo": (7650, 119081), "amazon_cs": (13752, 245861), "coauthor_cs": (18333, 81894),
    "cora_ml": (2995, 8158),
    "dblp": (17716, 52867), "acm": (3025, 13128), "citeseer_full": (4230, 5337),
    "polblogs": (1490, 16715), "karate_club": (34, 78), "disease": (2665, 2664), "disease_tree": (1044, 1043),
    "airport": (3188, 18631 - 1),  # one loop
    "usair": (332, 2126), "netscience": (1589, 2742), "political_blogs": (1222, 16714), "yeast": (2375, 11693),
    "celegans": (297, 2148), "power": (4941, 6594), "router": (5022, 6258), "ecoli": (1805, 14660),
    "condmat": (23133, 93439), "phylo_tree": (344, 343), "small_tree": (40, 39), "csphd": (1025, 1043),
    "diseasome": (516, 1188), "bio_yeast": (1458, 1948), "web_edu": (3031, 6474), "power_grid": (4941, 6594),
    "grqc": (4158, 13428 - 6),  # six loops
    "california": (5925, 15770), "facebook": (4039, 88234), "wordnet": (74374, 75834),
    "cora_cocitation": (2708, 1579), "citeseer_cocitation": (3312, 1079), "cora_coauthorship": (2708, 1072),
    "pubmed_cocitation": (19717, 7963), "dblp_coauthorship": (41302, 22363), "house": (1290, 341),
    "senate": (282, 315), "walmart": (88860, 69906), "high_school_classes": (327, 7818),
    "primary_school_classes": (242, 12704), "senate_bills": (294, 29157), "congress_bills": (1718, 84799),
    "mathoverflow": (73851, 5446), "zoo": (101, 43), "20newsgroups": (16242, 100), "mushroom": (8124, 298),
    "ntu2012": (2012, 2012), "email_enron": (143, 10883), "email_eu": (998, 234760),
    "contact_high_school": (327, 172035), "contact_primary_school": (242, 106879), "ndc_classes": (1161, 49724),
    "ndc_substances": (5311, 112405), "tags_ask_ubuntu": (3029, 271233), "congress_bills_timed": (1718, 260851),
    "bitcoin_otc": (5881, 35592), "bitcoin_alpha": (3783, 24186), "wn18rr": (40943, 86835 + 3034 + 3134),
    "fb15k237": (14541, 272115 + 17535 + 20466), "forex": (18, 77, 99), "water_network": (114, 164),
    "coauthorship": (352, 1474, 3285, 5019, 5559, 4547, 2732, 1175, 343, 61, 5),
    "san_flow": (1200 * 186, 1200 * 527, 1200 * 340), "ocean_drifters": (339 * 133, 339 * 320, 339 * 186),
    "csl": (150 * 41, 150 * 82), "bunny": (35947,), "activities": (30000,), "darcy": (1050 * 256 + 50 * 1024,),
    "antiderivative": (1150 * 100,), "pde_ks": (513 * 201,), "pde_schroedinger": (256 * 201,),
}  # fmt: skip
COMPONENTS = {  # as the sources count them
    "zinc": 12000, "freesolv": 642, "esol": 1128, "lipo": 4200, "bbbp": 2050 - 11, "bace": 1513, "sider": 1427,
    "clintox": 1484 - 4, "tox21": 7831 - 8, "hiv": 41127 - 7, "sr16622": 2, "sr251256": 15, "sr261034": 10,
    "sr281264": 4, "sr291467": 41, "sr351668": 3854, "sr361446": 180, "exp": 1200, "cexp": 1200, "brec": 2 * 400,
    "graph6c": 112, "graph7c": 853, "graph8c": 11117, "mantra_type": 712, "pseudomanifolds": 8843, "simpcomp": 483,
    "tosca": 76, "modelnet10": 3991 + 908, "camel_gallop": 10, "isbi2012": 30, "betti_matching": 12,
    "topomortar": 10 + 6 + 22, "chickenpox": 521 - 4, "burgers": 800 + 400,
}  # fmt: skip
OPTIONAL = {
    "molecules:read": ("rdkit",),
    "images:usps": ("h5py",),
    **{f"images:{name}": ("PIL",) for name in ("cifar", "segmented", "masks")},
}
CLASSES = {
    "cora": [351, 217, 418, 818, 426, 298, 180],
    "texas": [33, 1, 18, 101, 30],
    "minesweeper": [8000, 2000],
    "tolokers": [9192, 2566],
}
PARTS = {  # training, validation, test of the first fold
    "cora": (140, 500, 1000),
    "citeseer": (120, 500, 1000),
    "texas": (87, 59, 37),
    "wisconsin": (120, 80, 51),
    "cornell": (87, 59, 37),
    "film": (3648, 2432, 1520),
    "chameleon": (1092, 729, 456),
    "squirrel": (2496, 1664, 1041),
    "zinc": (10000, 1000, 1000),
    "csl": (90, 30, 30),
    "wn18rr": (86835, 3034, 3134),
    "fb15k237": (272115, 17535, 20466),
    "countries_s3": (985, 24, 24),
}
AVERAGES = {  # graphs, nodes and edges of a graph, as published
    "mutag": (188, 17.93, 19.79),
    "ptc": (344, 25.56, 25.96),
    "proteins": (1113, 39.06, 72.82),
    "nci1": (4110, 29.87, 32.30),
    "nci109": (4127, 29.68, 32.13),
    "enzymes": (600, 32.63, 62.14),
    "dd": (1178, 284.32, 715.66),
    "imdb_binary": (1000, 19.77, 96.53),
    "imdb_multi": (1500, 13.00, 65.94),
    "collab": (5000, 74.49, 2457.5),
    "reddit_binary": (2000, 429.63, 497.75),
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept after reading is kept here, so that every test reads the original files."""
    monkeypatch.setenv("COCHAIN_CACHE", str(tmp_path))


def task(c: Complex, name: str) -> tuple[np.ndarray, np.ndarray]:
    cells = c.whole if info(name).target == "whole" else c[info(name).target]
    return cells.y.numpy(), cells.split.numpy()


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n in SLOW else ()) for n in REMOTE])
def test_the_record_tells_the_truth(name: str, mirror: Path) -> None:
    for library in OPTIONAL.get(info(name).reader, ()):
        pytest.importorskip(library, reason=f"{name} is read by {library}, which is optional")
    c, record = load(name, mirror), info(name)
    assert (c.domain, len(c), c.sizes) == (record.domain, record.components, record.sizes)
    assert ("x" in c[0]) == (record.channels > 0)
    if record.channels:
        assert c[0].x.shape == (record.sizes[0], record.channels)
    for rank in range(c.rank + 1):
        for key in c[rank].keys():  # noqa: SIM118 - cells are not iterable
            value = c[rank][key]
            assert key == "y" or not value.is_floating_point() or value.isfinite().all(), (rank, key)
    cells = c.whole if record.target == "whole" else c[record.target]
    assert ("y" in cells) == ("split" in cells) == (record.kind not in ("link", "structure"))
    if "y" in cells:
        check_task(c, name)
    if "row-normalised" in record.features:
        total = c[0].x.sum(dim=1)
        assert ((total - 1).abs().lt(1e-5) | total.eq(0)).all()
    if name in AVERAGES:
        graphs, nodes, edges = AVERAGES[name]
        assert len(c) == graphs
        assert (c.sizes[0] / graphs, c.sizes[1] / graphs) == pytest.approx((nodes, edges), abs=0.06)
    assert c.sizes == COUNTS.get(name, c.sizes)
    assert len(c) == COMPONENTS.get(name, len(c))


def check_task(c: Complex, name: str) -> None:
    record = info(name)
    y, split = task(c, name)
    assert split.shape == (len(y), record.folds)
    assert split.dtype == np.int8
    assert all((split == part).any(axis=0).all() for part in (0, 1, 2))
    if record.kind == "classification":
        assert np.unique(y[y >= 0]).tolist() == list(range(record.classes))
        return
    assert y.shape == (len(y), record.classes)
    assert (np.isfinite(y).any(axis=0)).all()
    if record.kind == "multilabel":
        assert np.isin(y[~np.isnan(y)], (0, 1)).all()


@pytest.mark.parametrize("name", PARTS)
def test_published_parts(name: str, mirror: Path) -> None:
    y, split = task(load(name, mirror), name)
    assert tuple((split[:, 0] == part).sum() for part in (0, 1, 2)) == PARTS[name]
    if name in CLASSES:
        assert np.bincount(y).tolist() == CLASSES[name]


@pytest.mark.parametrize("name", ["minesweeper", "tolokers"])
def test_published_classes(name: str, mirror: Path) -> None:
    assert np.bincount(task(load(name, mirror), name)[0]).tolist() == CLASSES[name]


def test_public_split_of_cora_is_balanced(mirror: Path) -> None:
    y, split = task(load("cora", mirror), "cora")
    assert np.bincount(y[split[:, 0] == 0]).tolist() == [20] * 7


def test_citeseer_has_fifteen_nodes_without_words_or_label(mirror: Path) -> None:
    c = load("citeseer", mirror)
    unknown = c[0].y == -1
    assert int(unknown.sum()) == 15
    assert c[0].x[unknown].eq(0).all()
    assert c[0].split[unknown].eq(-1).all()


def test_cornell_as_published_has_the_words_of_texas(mirror: Path) -> None:
    texas, cornell, corrected = (load(name, mirror) for name in ("texas", "cornell", "cornell_corrected"))
    torch.testing.assert_close(cornell[0].x, texas[0].x)
    assert (cornell[0].y == texas[0].y).all()
    assert not torch.equal(corrected[0].y, texas[0].y)
    assert corrected.sizes == cornell.sizes


@pytest.mark.parametrize("name", ["mutag", "proteins", "imdb_multi"])
def test_folds_of_graphs(name: str, mirror: Path) -> None:
    y, split = task(load(name, mirror), name)
    tests = (split == 2).sum(axis=1)
    assert (tests <= 1).all()
    assert tests.sum() == len(y) // 10 * 10
    assert (split >= 0).all()
    for k in range(10):
        share = np.bincount(y[split[:, k] == 1]) / (split[:, k] == 1).sum()
        np.testing.assert_allclose(share, np.bincount(y[split[:, k] != 2]) / (split[:, k] != 2).sum(), atol=0.06)
    assert info(name).protocols == ("validation", "xu")


def test_positions_of_atoms(mirror: Path) -> None:
    c = load("dhfr", mirror)
    torch.testing.assert_close(c[0].pos[0], torch.tensor([-2.902037, 0.281117, 0.395033]))


def test_betti_numbers_of_the_surfaces_are_those_of_the_complexes(mirror: Path) -> None:
    c = load("mantra_betti", mirror)
    for k in range(0, len(c), 89):
        assert tuple(c.select([k]).betti(p=3)) == tuple(c.whole.betti[k].tolist())
    orientable = load("mantra_orientable", mirror).whole.y
    assert (orientable == c.whole.betti[:, 2]).all()
    assert torch.bincount(load("mantra_type", mirror).whole.y).tolist() == [73, 120, 154, 193, 133, 37, 2]
    edges = c.resolve(incident(1, 2)).matrix.pattern.degrees
    assert (edges == 2).all()  # closed: every edge lies in two triangles


def test_published_betti_numbers_of_named_manifolds_and_of_masks(mirror: Path) -> None:
    c = load("simpcomp", mirror)
    for k in range(0, len(c), 60):
        found = torch.tensor(c.select([k]).betti(p=101), dtype=torch.float32)
        expected = c.whole.y[k].nan_to_num(0) + torch.tensor([1.0, 0, 0, 0, 0])  # the file's are reduced
        torch.testing.assert_close(found, expected)
    pytest.importorskip("PIL", reason="masks are read by Pillow, which is optional")
    masks = load("topomortar_masks", mirror)
    for k in (0, 8):
        assert tuple(masks.select([k]).betti()[:2]) == tuple(masks.whole.y[k].tolist())


def test_links_of_pseudomanifolds_count_all_vertices(mirror: Path) -> None:
    c = load("pseudomanifolds", mirror)
    assert (c.whole.y.sum(dim=1) == 9).all()


def test_strongly_regular_graphs_are_regular(mirror: Path) -> None:
    c = load("sr251256", mirror)
    degrees = c.resolve(incident(0, 1)).matrix.pattern.degrees
    assert (degrees == 12).all()


def test_exchange_rates_are_free_of_arbitrage(mirror: Path) -> None:
    c = load("forex", mirror)
    around = c.coboundary(1).to_dense().to(c[1].y.dtype) @ c[1].y
    assert around.abs().max() < 1e-3 < c[1].y.abs().mean()
    assert c.is_odd(1, "x")
    shown = c[1].split[:, 0] < 0
    torch.testing.assert_close(c[1].x[shown], c[1].y[shown])
    assert (c[1].x[~shown] == 0).all()


def test_water_that_flows_into_a_junction_is_its_demand(mirror: Path) -> None:
    c = load("water_network", mirror)
    flow = c[1].y / c[1].y.abs().mean()
    into = c.boundary(1).to_dense().to(flow.dtype) @ flow
    demand = c[0].x[:, :1]
    torch.testing.assert_close(into / into.abs().max(), demand / demand.abs().max(), atol=1e-5, rtol=1e-5)


def test_citations_are_known_or_missing(mirror: Path) -> None:
    c = load("coauthorship", mirror)
    known = [int(((c[rank].split == 0) | (c[rank].split == 1)).sum()) for rank in range(4)]
    assert known == [246, 1031, 2299, 3513]
    for rank in range(c.rank + 1):
        unhurt = c[rank].split[:, 0] < 2
        torch.testing.assert_close(c[rank].x[unhurt], c[rank].y[unhurt])


def test_positives_of_the_published_parts(mirror: Path) -> None:
    c = load("bitcoin_otc", mirror)
    assert float((c[1].y == 1).float().mean()) == pytest.approx(0.8999, abs=1e-4)
    assert (c[1].time[c[1].split[:, 0] == 0].max() <= c[1].time[c[1].split[:, 0] == 2].min()).all()
    cifar = info("cifar10")
    assert cifar.components == 10 * (50 + 25)


@pytest.mark.slow
def test_positives_of_the_scaffold_split(mirror: Path) -> None:
    pytest.importorskip("rdkit", reason="molecules are read by rdkit, which is optional")
    y, split = task(load("hiv", mirror), "hiv")
    assert [int(y[split[:, 0] == part].sum()) for part in (0, 1, 2)] == [1232, 81, 130]
