"""Flows, trajectories, networks in time and knowledge graphs, written by hand."""

import io
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from cochain.datasets import flows, info, knowledge, temporal, trajectories
from cochain.errors import DataError

NET = b"<NUMBER OF LINKS> 4\n<END OF METADATA>\n~\tinit\tterm\tcapacity\t;\n" + b"".join(
    b"\t%d\t%d\t%d\t9\t;\n" % row for row in ((1, 2, 10), (2, 1, 20), (2, 3, 30), (3, 3, 5))
)
FLOW = b"From\tTo\tVolume\tCost\n1\t2\t5.0\t1\n2\t1\t8.5\t1\n2\t3\t1.5e0\t1\n3\t3\t7\t1\n"


def roads(net: bytes = NET, flow: bytes = FLOW):
    return flows.traffic(info("anaheim"), {"a_flow.tntp": flow, "a_net.tntp": net})


def test_traffic_is_the_difference_of_both_ways() -> None:
    c = roads()
    assert c.simplices(1).tolist() == [[0, 1], [1, 2]]
    assert c.is_odd(1, "y")
    assert c.is_odd(1, "x")
    torch.testing.assert_close(c[1].y, torch.tensor([[-3.5], [1.5]]) / 2.5)  # divided by the mean size
    torch.testing.assert_close(c[1].weight, torch.tensor([30.0, 30.0]))


@pytest.mark.parametrize(
    ("net", "flow", "message"),
    [
        (NET, FLOW[:40], r"a_flow.tntp should have the links, but has others"),
        (b"nothing\n", FLOW, r"a_net.tntp should have lines of two nodes and a number"),
        (NET, FLOW.replace(b"2\t3", b"2\t4"), r"a_flow.tntp should have the links"),
    ],
)
def test_tables_of_roads_that_do_not_fit(net: bytes, flow: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        roads(net, flow)


def exchange(boundary: list[list[int]], flow: list[list[float]]):
    data = pickle.dumps(((np.array(boundary), np.zeros((1, 1))), (np.zeros(1),), np.array(flow)), protocol=4)
    return flows.exchange(info("forex"), {"f.pkl": data})


def test_rates_turn_with_the_edge() -> None:
    # columns: 0 -> 1, 2 -> 1, 0 -> 2; the second runs against the order of the nodes
    c = exchange([[-1, 0, -1], [1, 1, 0], [0, -1, 1]], [[1.0], [-2.0], [3.0]])
    assert c.sizes == (3, 3, 1)
    assert c[1].y.flatten().tolist() == [1.0, 3.0, 2.0]  # edges 01, 02, 12
    with pytest.raises(DataError, match=r"f.pkl should have edges of two nodes, but has others"):
        exchange([[-1, 0], [1, 1], [0, 1]], [[1.0], [2.0]])
    with pytest.raises(DataError, match=r"f.pkl should have flows, but has not"):
        exchange([[-1], [1]], [[1.0], [2.0]])


def test_half_of_the_flows_is_shown_and_never_asked_for() -> None:
    boundary = np.zeros((21, 20), dtype=int)
    boundary[np.arange(20), np.arange(20)], boundary[np.arange(1, 21), np.arange(20)] = -1, 1
    c = exchange(boundary.tolist(), [[float(k + 1)] for k in range(20)])
    shown = c[1].x[:, 0] != 0
    assert int(shown.sum()) == 10
    assert (c[1].split[shown] == -1).all()
    assert [int((c[1].split[~shown] == part).sum()) // 10 for part in (0, 1, 2)] == [4, 2, 4]


def arrays(**named: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **named)
    return stream.getvalue()


def test_where_a_buoy_goes_next() -> None:
    # two triangles 012 and 123; buoy 0 goes 0 1 3, buoy 1 goes 2 0
    data = arrays(
        edges=np.array([[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]), triangles=np.array([[0, 1, 2], [1, 2, 3]]),
        coords=np.zeros((4, 2)), traj_nodes=np.array([0, 1, 3, 2, 0]), traj_offsets=np.array([0, 3, 5]),
    )  # fmt: skip
    c = trajectories.steps(info("ocean_drifters"), {"f.npz": data})
    assert c.sizes == (8, 10, 4)
    assert c[1].x.flatten().tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]  # the last step is not told
    assert c[0].y.tolist() == [0, -1, 0, 1, 1, 0, -1, 0]
    assert (c[0].split[c[0].y < 0] == -1).all()
    short = arrays(**{**dict(np.load(io.BytesIO(data))), "traj_offsets": np.array([0, 4, 5])})
    with pytest.raises(DataError, match=r"f.npz should have paths of 2 nodes or more, but has not"):
        trajectories.steps(info("ocean_drifters"), {"f.npz": short})


def test_flows_of_trajectories_follow_the_order_of_the_edges() -> None:
    # edges 12, 01, 02 in the file's order
    named = {
        "B1": np.array([[0, -1, -1], [-1, 1, 0], [1, 0, 1]]), "B2": np.array([[1], [1], [-1]]),
        "X_train": np.array([[1.0, 2, 3]] * 10), "y_train": np.arange(10) % 2,
        "X_val": np.array([[4.0, 5, 6]]), "y_val": np.array([1]),
    }  # fmt: skip
    c = trajectories.classes(info("san_flow"), {"f.npz": arrays(**named)})
    assert c.sizes == (33, 33, 11)
    assert c[1].x[-3:].flatten().tolist() == [5, 6, 4]
    assert c.whole.split[-1].tolist() == [2]
    named["y_val"] = np.array([1, 0])
    with pytest.raises(DataError, match=r"f.npz should have flows on the edges, but has others"):
        trajectories.classes(info("san_flow"), {"f.npz": arrays(**named)})


def test_messages_become_arcs() -> None:
    c = temporal.messages(info("college_messages"), {"f.txt": b"5 9 10\n9 5 11\n5 9 30\n5 5 40\n"})
    assert c.domain == "digraph"
    assert (c[1].time.tolist(), c[1].last.tolist(), c[1].weight.tolist()) == ([10, 11], [30, 11], [2.0, 1.0])


def test_ratings_are_split_in_time() -> None:
    rows = b"".join(b"%d,%d,%d,%d.5\n" % (k, k + 1, (-1) ** k * 3, 100 - k) for k in range(20))
    c = temporal.ratings(info("bitcoin_otc"), {"f.csv": b"from,to,feature,time\n" + rows})
    assert c[1].y.tolist() == [1, 0] * 10
    assert c[1].split.flatten().tolist() == [2] * 3 + [1] * 3 + [0] * 14  # the first arcs are the last ratings
    with pytest.raises(DataError, match=r"f.csv should have one rating for each pair, but has several"):
        temporal.ratings(info("bitcoin_otc"), {"f.csv": b"h\n1,2,3,4\n1,2,3,5\n"})


def test_four_weeks_foretell_the_fifth() -> None:
    values = np.arange(40.0).reshape(20, 2)
    c = temporal.chickenpox(
        info("chickenpox"), {"f.json": json.dumps({"FX": values.tolist(), "edges": [[0, 1], [1, 1]]}).encode()}
    )
    assert (c.sizes, len(c)) == ((32, 16), 16)
    assert c[0].x[3].tolist() == [3.0, 5.0, 7.0, 9.0]  # node 1 in the second window
    assert c[0].y[3].tolist() == [11.0]
    assert c.whole.time.tolist()[0] == 4
    assert c[0].split[::2].flatten().tolist() == [0] * 11 + [1] * 2 + [2] * 3
    with pytest.raises(DataError, match=r"f.json should have nodes from 0 to 1, but has others"):
        temporal.chickenpox(
            info("chickenpox"), {"f.json": json.dumps({"FX": values.tolist(), "edges": [[0, 2]]}).encode()}
        )
    with pytest.raises(DataError, match=r"f.json should be JSON, but cannot be read"):
        temporal.chickenpox(info("chickenpox"), {"f.json": b"{"})
    with pytest.raises(DataError, match=r"f.json should have a table 'FX', but has none"):
        temporal.chickenpox(info("chickenpox"), {"f.json": b"{}"})


def test_hours_of_buses_are_standardised() -> None:
    rng = np.random.default_rng(0)
    nodes = [{"bus_stop": number, "y": rng.integers(9, size=30).tolist()} for number in (70, 50)]
    text = json.dumps({"nodes": nodes, "links": [{"source": 50, "target": 70}]}).encode()
    c = temporal.buses(replace(info("montevideo_bus"), options=("hours=12",)), {"f.json": text})
    assert (c.sizes, len(c)) == ((24, 12), 12)
    with pytest.raises(DataError, match=r"f.json should hold stops and links"):
        temporal.buses(info("montevideo_bus"), {"f.json": text.replace(b'"source": 50', b'"source": 51')})


def test_triples_keep_their_direction() -> None:
    parts = {
        f"g/{part}.txt": text
        for part, text in (("train", b"b\tr\ta\na\tq\tb\n"), ("valid", b"a\tr\ta\n"), ("test", b"b\tr\tc\n"))
    }
    c = knowledge.named(info("wn18rr"), parts)
    assert c.sizes == (3, 4)
    assert c[1].y.tolist() == [1, 0, 1, 1]
    assert c[1].forward.tolist() == [0, 1, 1, 1]
    assert c[1].split.flatten().tolist() == [0, 0, 1, 2]
    with pytest.raises(DataError, match=r"g/train.txt should have three names in a line"):
        knowledge.named(info("wn18rr"), {**parts, "g/train.txt": b"a\tb\n"})


def test_numbered_triples() -> None:
    parts = {
        f"g/{part}2id.txt": text
        for part, text in (("train", b"1\n2 0 5\n"), ("valid", b"1\n0 1 5\n"), ("test", b"1\n1 2 0\n"))
    }
    c = knowledge.numbered(info("fb15k237"), parts)
    assert (c[1].y.tolist(), c[1].forward.tolist()) == ([5, 5, 0], [0, 1, 1])
    with pytest.raises(DataError, match=r"g/train2id.txt should have nodes from 0"):
        knowledge.numbered(info("fb15k237"), {**parts, "g/train2id.txt": b"1\n-2 0 5\n"})
