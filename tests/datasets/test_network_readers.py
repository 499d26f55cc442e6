"""Networks, hypergraphs and counties, written by hand."""

import gzip
import io
import pickle
from dataclasses import replace

import numpy as np
import pytest
import scipy.io
import scipy.sparse
import torch

from cochain.datasets import counties, hyperedges, info, networks
from cochain.errors import DataError


def arrays(**named: object) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **named)  # type: ignore[arg-type]
    return stream.getvalue()


def holding(value: object) -> np.ndarray:
    array = np.empty((), dtype=object)
    array[()] = value
    return array


SMALL = replace(info("karate_club"), folds=3, classes=2)


def network(adjacency: object, y: np.ndarray, **more: object):
    return networks.attributed(SMALL, {"f.npz": arrays(adj_matrix=holding(adjacency), node_label=y, **more)})


def test_an_attributed_network() -> None:
    adjacency = scipy.sparse.csr_matrix(np.roll(np.eye(12), 1, axis=1))
    words = scipy.sparse.csr_matrix(np.arange(24.0).reshape(12, 2))
    c = network(adjacency, np.array([7, 9] * 6), node_attr=holding(words))
    assert c.sizes == (12, 12)
    assert c[0].y.tolist() == [0, 1] * 6
    torch.testing.assert_close(c[0].x[1], torch.tensor([0.4, 0.6]))
    assert [(c[0].split[:, 0] == part).sum().item() for part in (0, 1, 2)] == [4, 4, 4]


@pytest.mark.parametrize(
    ("adjacency", "y", "message"),
    [
        (scipy.sparse.csr_matrix((2, 3)), np.zeros(2, int), "a square sparse matrix, but holds csr_matrix"),
        (scipy.sparse.csr_matrix((3, 3)), np.zeros(2, int), "a square sparse matrix"),
        ({1: 2}, np.zeros(2, int), "a square sparse matrix, but holds dict"),
        (scipy.sparse.csr_matrix((2, 2)), np.zeros(2), "labels, but holds ndarray of shape"),
    ],
)
def test_networks_that_do_not_fit(adjacency: object, y: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=rf"f.npz should have {message}"):
        network(adjacency, y)


def test_lists_of_edges() -> None:
    c = networks.edge_list(info("condmat"), {"f.txt": b"10 20 1\n20 10 1\n30 30 1\n"})
    assert c.sizes == (3, 1)
    with pytest.raises(DataError, match=r"f.txt should have two nodes in a line, but has 1 entries"):
        networks.edge_list(info("condmat"), {"f.txt": b"10\n"})


def test_matrices_of_matlab() -> None:
    stream = io.BytesIO()
    scipy.io.savemat(stream, {"net": scipy.sparse.csc_matrix(np.array([[1.0, 1, 0], [1, 0, 1], [0, 1, 0]]))})
    assert networks.matlab(info("usair"), {"f.mat": stream.getvalue()}).sizes == (3, 2)
    for bad in (b"", stream.getvalue()[:150], b"\0" * 200):
        with pytest.raises(DataError, match=r"f.mat should hold net, but cannot be read"):
            networks.matlab(info("usair"), {"f.mat": bad})


def disease(labels: np.ndarray, edges: bytes = b"0,1\n1,2\n"):
    stream = io.BytesIO()
    np.save(stream, labels)
    x = scipy.sparse.csr_matrix(np.array([[0.0, 2], [0, 0], [3, 0]] + [[0, 1]] * 17))
    features = arrays(data=x.data, indices=x.indices, indptr=x.indptr, shape=np.array(x.shape))
    return networks.disease(
        info("disease"), {"d.edges.csv": edges, "d.feats.npz": features, "d.labels.npy": stream.getvalue()}
    )


def test_a_disease() -> None:
    c = disease(np.arange(20) % 2)
    assert c.sizes == (20, 2)
    assert c[0].x[:3].tolist() == [[0, 2], [0, 0], [3, 0]]
    with pytest.raises(DataError, match=r"d.labels.npy should have labels 0 and 1, but has others"):
        disease(np.arange(20))
    with pytest.raises(DataError, match=r"d.edges.csv should have nodes from 0 to 19, but has others"):
        disease(np.arange(20) % 2, b"0,20\n")


def test_airports() -> None:
    features, y = np.arange(100.0).reshape(20, 5), np.arange(20) % 4
    c = networks.airport(
        info("airport"), {"f.npz": arrays(features=features, edges=np.array([[0, 1], [2, 2]]), label_binned=y)}
    )
    assert (c.sizes, c[0].x.shape[1], c[0].population[1].item()) == ((20, 1), 4, 9.0)
    with pytest.raises(DataError, match=r"f.npz should have five numbers for each airport"):
        networks.airport(
            info("airport"), {"f.npz": arrays(features=features[:, :4], edges=np.zeros((0, 2), int), label_binned=y)}
        )


def test_neighbours_of_counties() -> None:
    text = b'"A, AL"\t01001\t"A, AL"\t01001\n\t\t"B, AL"\t01021\n"B, AL"\t01021\t"A, AL"\t01001\n'
    assert counties.parse_neighbours(text, "f").T.tolist() == [[1001, 1001], [1001, 1021], [1021, 1001]]
    with pytest.raises(DataError, match=r"f should have a county and its neighbours, but has none"):
        counties.parse_neighbours(b"\t\tB\t01021\n", "f")


def test_columns_of_counties() -> None:
    table = b'name, code ,income\nx,20,"1,500"\ny,10,\n'
    codes, values = counties.read_columns(table, "f", "code", ("income",))
    assert codes.tolist() == [10, 20]
    np.testing.assert_array_equal(values, [[np.nan], [1500]])
    with pytest.raises(DataError, match=r"f should have the columns code, wealth, but has not"):
        counties.read_columns(table, "f", "code", ("wealth",))
    with pytest.raises(DataError, match=r"f should have the columns code, name, but has not"):
        counties.read_columns(table, "f", "code", ("name",))


def test_labelled_hyperedges() -> None:
    record = replace(info("house"), channels=4)
    files = {"a/hyperedges-a.txt": b"1,2,2\n3,4,1\n", "a/node-labels-a.txt": b"5\n7\n5\n7\n"}
    c = hyperedges.labelled(record, files)
    assert c.sizes == (4, 2)
    assert c.cells(1).pattern.degrees.tolist() == [2, 3]
    assert c[0].y.tolist() == [0, 1, 0, 1]
    assert c[0].x.shape == (4, 4)
    with pytest.raises(DataError, match=r"a/hyperedges-a.txt should have nodes from 0 to 3, but has others"):
        hyperedges.labelled(record, {**files, "a/hyperedges-a.txt": b"1,5\n"})
    with pytest.raises(DataError, match=r"a/node-labels-a.txt should have one class in each line, but has others"):
        hyperedges.labelled(record, {**files, "a/node-labels-a.txt": b"5\n7,5\n5\n7\n"})


def test_the_most_frequent_of_several_labels() -> None:
    record = replace(info("mathoverflow"), classes=2)
    files = {"a/hyperedges-a.txt": b"1,2\n3,4\n", "a/node-labels-a.txt": b"1,3\n3\n2,3\n2\n"}
    assert hyperedges.labelled(record, files)[0].y.tolist() == [[1, 0], [1, 0], [1, 1], [0, 1]]  # labels 3 and 2


def test_noise_is_the_same_every_time_and_centred_on_the_class() -> None:
    nodes = 2000
    record = replace(info("house"), channels=5)
    files = {"a/hyperedges-a.txt": b"1,2\n", "a/node-labels-a.txt": b"1\n2\n" * (nodes // 2)}
    x = hyperedges.labelled(record, files)[0].x
    torch.testing.assert_close(x, hyperedges.labelled(record, files)[0].x)
    torch.testing.assert_close(x[::2].mean(dim=0), torch.tensor([1.0, 0, 0, 0, 0]), atol=0.12, rtol=0)
    torch.testing.assert_close(x.std(dim=0)[2:], torch.ones(3), atol=0.06, rtol=0)


def timed(sizes: bytes = b"2\n3\n", members: bytes = b"7\n9\n9\n8\n9\n", times: bytes = b"50\n40\n"):
    parts = {"nverts": sizes, "simplices": members, "times": times}
    return hyperedges.timed(
        info("email_enron"), {f"a/a-{key}.txt.gz": gzip.compress(text) for key, text in parts.items()}
    )


def test_hyperedges_in_time() -> None:
    c = timed()
    assert c.sizes == (3, 2)
    assert c[1].time.tolist() == [50, 40]
    assert c.cells(1).pattern.degrees.tolist() == [2, 2]  # a node counts once
    with pytest.raises(DataError, match=r"a-simplices.txt.gz should have 5 nodes, but has 4"):
        timed(members=b"7\n9\n9\n8\n")
    with pytest.raises(DataError, match=r"should have a size and a time of each simplex, but has not"):
        timed(times=b"50\n")
    with pytest.raises(DataError, match=r"a-nverts.txt.gz should be a gzip file, but cannot be read"):
        hyperedges.timed(
            info("email_enron"), {"a-nverts.txt.gz": b"no", "a-simplices.txt.gz": b"", "a-times.txt.gz": b""}
        )


def cited(edges: object, labels: object, split: object):
    record = replace(info("cora_cocitation"), folds=1)
    contents = {"hypergraph": edges, "labels": labels, "1": split, "features": scipy.sparse.eye(10, 3, format="csr")}
    return hyperedges.cited(record, {f"f/{name}.pickle": pickle.dumps(value) for name, value in contents.items()})


def test_a_hypergraph_of_citations() -> None:
    split = {"train": list(range(5)), "test": [8, 9]}
    c = cited({"a": {1, 2}, 5: [3, 4, 3]}, [0, 1] * 5, split)
    assert c.sizes == (10, 2)
    assert c[0].split.flatten().tolist().count(1) == 1
    assert c[0].split[5:].flatten().tolist() == [-1, -1, -1, 2, 2]
    with pytest.raises(DataError, match=r"f/hypergraph.pickle should have nodes from 0 to 9, but has others"):
        cited({"a": {1, 20}}, [0, 1] * 5, split)
    with pytest.raises(DataError, match=r"f/labels.pickle should have classes, but has others"):
        cited({"a": {1, 2}}, ["x"] * 10, split)
    with pytest.raises(DataError, match=r"f/1.pickle should have train and test, but holds list"):
        cited({"a": {1, 2}}, [0, 1] * 5, [1])
    with pytest.raises(DataError, match=r"f/hypergraph.pickle should have sets of nodes by hyperedge"):
        cited([1, 2], [0, 1] * 5, split)
